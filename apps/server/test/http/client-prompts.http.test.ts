import { givenPerson } from '@promptory/api/testing';
import { createPromptory, isPromptoryError, unlisted } from '@promptory/client';
import { type BundleKeys, openBundle } from '@promptory/client/bundle';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { givenApp } from '../harness/boot.ts';

// The client renders by itself what the server renders too, and keeps what it has fetched.

const server = await givenApp();
const ann = await givenPerson(server.services);
const key = (await server.as.key(ann))['x-api-key'];
const promptory = createPromptory({ url: await server.url(), apiKey: key, retry: false });

const outcomeOf = (rendering: Promise<{ text: string | null; messages: unknown }>): Promise<unknown> =>
  rendering.then(
    ({ text, messages }) => ({ text, messages }),
    (error: unknown) => {
      if (!isPromptoryError(error)) throw error;
      const errors = error.errors.toSorted((one, other) => one.path.localeCompare(other.path));
      const { fault } = error.details as { fault?: { code: string; line: number; messageIndex: number } };
      return { code: error.code, errors, fault: fault && [fault.code, fault.line, fault.messageIndex] };
    },
  );

const chat = [
  { role: 'system', content: 'Be {{ tone | default: "kind" }}.' },
  { type: 'placeholder', name: 'history' },
  {
    role: 'user',
    content: [
      { type: 'text', text: '{{ user.name }}' },
      { type: 'image', url: '{{ photo }}' },
    ],
  },
] as const;

await promptory.prompts.create.mutate({
  ...{ title: 'Tone', slug: 'tone', content: 'Be {{ mood }} to {{ of }}.' },
  inputSchema: { properties: { mood: { enum: ['good', 'bad'] } } },
});

describe('a prompt by its reference', () => {
  it.each<[string, object, object]>([
    [
      'a text',
      { content: '{% for a in list %}{{ forloop.index }}{{ a.b }}{% endfor %}' },
      { list: [{ b: 1 }, { b: '{{' }] },
    ],
    ['defaults', { content: '{{ a }}', inputSchema: { properties: { a: { default: 'x' } } } }, {}],
    ['every fault', { content: '{{ a.b }}{{ c | plus: 1 }}' }, { a: {}, c: [], d: 1 }],
    [
      'rules',
      {
        content: '{{ a }}{{ b }}',
        inputSchema: { properties: { a: { enum: ['x'] }, b: { type: 'string', minLength: 3 } } },
      },
      { a: 'y', b: 'z' },
    ],
    ['what it includes', { content: "{% render 'tone@latest', of: name %} {{ name }}" }, { name: 'A', mood: 'good' }],
    ['a wrong value for what it includes', { content: "{% render 'tone@latest', of: name %}" }, { mood: 'none' }],
    ['an include that is not there', { content: "Now\n{% render 'nothing@latest' %}" }, {}],
    ['no template', { content: 'One\n{{ a b }}' }, {}],
    ['a limit', { content: '{% for a in (1..9000) %}{% for b in (1..9000) %}{% endfor %}{% endfor %}' }, {}],
    [
      'a chat',
      { kind: 'chat', messages: chat },
      { user: { name: 'A' }, photo: 'x', history: [{ role: 'user', content: 'H' }] },
    ],
    ['a chat with faults', { kind: 'chat', messages: chat }, { user: 'A', history: [{ role: 'root', content: 'H' }] }],
    [
      'no template in a chat',
      {
        kind: 'chat',
        messages: [
          { role: 'user', content: 'a' },
          { role: 'user', content: '{% x %}' },
        ],
      },
      {},
    ],
  ])('is rendered as the server does it: %s', async (title, parts, inputs) => {
    const { id, ref } = await promptory.prompts.create.mutate({ title, ...parts } as {
      title: string;
      content: string;
    });
    for (const lenient of [false, true]) {
      const here = promptory.prompt(unlisted(`${ref}@latest`), { lenient }).render({ ...inputs });
      const there = promptory.prompts.render.mutate({ id, inputs: { ...inputs }, lenient });
      const [own, servers] = await Promise.all([here, there].map(outcomeOf));
      expect(own).toEqual(servers);
    }
  });

  it('is found by its label and its number, and refused as the server says it', async () => {
    const { id, slug } = await promptory.prompts.create.mutate({ title: 'Labelled', content: 'One' });
    const refusal = await promptory
      .prompt(slug)
      .get()
      .catch((error) => error);
    expect(refusal).toMatchObject({ code: 'label.not_found', status: 404 });
    await promptory.labels.move.mutate({ id, label: 'production', version: 1 });
    promptory.$forgetPrompts();
    const found = await Promise.all([slug, `${slug}#1`, `${slug}@latest`].map((ref) => promptory.prompt(ref).get()));
    expect(found.map(({ version, origin }) => `${version} ${origin}`)).toEqual(Array(3).fill('1 server'));
    const missing = [`${slug}#9`, 'no/such', 'Not a reference', '\ud800'].map((ref) =>
      promptory
        .prompt(ref)
        .get()
        .catch((error) => error.code),
    );
    expect(await Promise.all(missing)).toEqual([
      ...['prompt.version_not_found', 'prompt.not_found', 'request.invalid', 'request.invalid'],
    ]);
  });
});

describe('a prompt that is kept', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is another one after its label was moved, and none after it was deleted', async () => {
    const events: string[] = [];
    const onEvent = ({ type }: { type: string }) => events.push(type);
    const program = createPromptory({
      url: await server.url(),
      apiKey: key,
      retry: false,
      prompts: { onEvent, freshMs: 1_000 },
    });
    const { id, slug } = await promptory.prompts.create.mutate({ title: 'Kept', content: 'One' });
    const prompt = program.prompt(unlisted(`${slug}@latest`));
    expect((await prompt.render()).text).toBe('One');
    await promptory.prompts.update.mutate({ id, content: 'Two' });
    expect((await prompt.render()).text).toBe('One');
    vi.setSystemTime((vi.getMockedSystemTime()?.getTime() ?? 0) + 2_000);
    expect((await prompt.render()).text).toBe('One');
    await expect.poll(() => events).toContain('revalidated');
    expect((await prompt.render()).text).toBe('Two');
    await promptory.prompts.delete.mutate({ id });
    vi.setSystemTime((vi.getMockedSystemTime()?.getTime() ?? 0) + 2_000);
    await prompt.render();
    await expect.poll(() => events).toContain('removed');
    expect(await prompt.render().catch((error) => error.code)).toBe('prompt.not_found');
  });
});

it('opens the bundle that the server exports, by the keys that it shows, and no changed one', async () => {
  await promptory.prompts.create.mutate({ title: 'Bundled', slug: 'bundled', content: 'Hi {{ name }}, ünïcödé' });
  const url = await server.url();
  const headers = { 'x-api-key': key, accept: 'text/plain' };
  const text = await (await fetch(`${url}/prompts/export/bundle`, { headers })).text();
  const keys = (await (await fetch(`${url}/.well-known/promptory-bundle-keys.json`)).json()) as BundleKeys;
  const bundle = await openBundle(text, keys);
  const failing = async () => Promise.reject(new TypeError('fetch failed'));
  const offline = createPromptory({ url, apiKey: key, retry: false, fetch: failing, prompts: { bundle } });
  const said = await offline.prompt('bundled@latest').render({ name: 'Ann' });
  expect(said).toMatchObject({ text: 'Hi Ann, ünïcödé', version: 1, origin: 'bundle' });
  const refused = await openBundle(text.replace('Bundled', 'bundled'), keys).catch((error) => error.code);
  expect(refused).toBe('client.bundle_invalid');
});
