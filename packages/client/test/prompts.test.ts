import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPromptory } from '../src/create-promptory.ts';
import { isPromptoryError } from '../src/errors/promptory-error.ts';
import type { PromptEvent, PromptsOptions } from '../src/registry/prompts-options.ts';
import { givenPrompt } from './given-prompt.ts';
import { type Instead, Refusal, stubPromptory } from './stub-promptory.ts';

const apiKey = 'pty_live_x';
const MINUTE = 60_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});
const pass = (ms: number) => vi.setSystemTime((vi.getMockedSystemTime()?.getTime() ?? 0) + ms);

/** A client, its server and the events of its prompts; `down` lets the server give no answer. */
function given(options: PromptsOptions & { maxUrlLength?: number } = {}, refs: Record<string, object> = {}) {
  const server = { down: false };
  const instead: Instead = () => (server.down ? new TypeError('fetch failed') : undefined);
  const stub = stubPromptory({ instead });
  for (const [ref, prompt] of Object.entries({ 'greet@production': givenPrompt(), ...refs })) {
    stub.state.prompts.set(ref, prompt);
  }
  const events: PromptEvent[] = [];
  const prompts = { patienceMs: 100_000, onEvent: (event: PromptEvent) => events.push(event), ...options };
  const promptory = createPromptory({ ...stub, apiKey, retry: false, prompts });
  const happened = () => events.splice(0).map(({ type, ref }) => `${type} ${ref}`);
  return { promptory, stub, server, happened, asked: () => stub.requests.splice(0).map(({ paths }) => paths.join()) };
}

const codeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'ok',
    (error: unknown) => (isPromptoryError(error) ? error.code : error),
  );

describe('a prompt by its reference', () => {
  it('renders in this process, and says of which version and with which settings', async () => {
    const outputSchema = { type: 'object', properties: { mood: { enum: ['good', 'bad'] } }, required: ['mood'] };
    const { promptory } = given(
      {},
      { 'greet@production': givenPrompt({ outputSchema, config: { model: 'm' }, version: 4 }) },
    );
    const rendered = await promptory.prompt('greet').render({ name: '{{ x }}' });
    expect(rendered).toMatchObject({
      ...{ ref: 'ann/greet', version: 4, kind: 'text', text: 'Hello {{ x }}!', messages: null },
      ...{ config: { model: 'm' }, outputSchema, origin: 'server' },
    });
    expect(rendered.parse('So:\n```json\n{ "mood": "good" }\n```')).toEqual({ mood: 'good' });
    expect(await promptory.prompt('greet').parse('{"mood":"bad"}')).toEqual({ mood: 'bad' });
  });

  it('renders chats, with parts and the caller’s messages', async () => {
    const messages = [
      { role: 'system', content: 'Be {{ tone }}.' },
      { type: 'placeholder', name: 'history' },
      {
        role: 'user',
        content: [
          { type: 'text', text: '{{ question }}' },
          { type: 'image', url: '{{ photo }}' },
        ],
      },
    ];
    const { promptory } = given({}, { 'chat@latest': givenPrompt({ messages, kind: 'chat', content: 'as text' }) });
    const history = [{ role: 'assistant', content: 'Yes?' }];
    const inputs = { tone: 'kind', history, question: 'What is it?', photo: 'https://example.org/1.png' };
    const rendered = await promptory.prompt('chat@latest').render(inputs);
    expect(rendered).toMatchObject({ kind: 'chat', text: null });
    expect(rendered.messages).toEqual([
      { role: 'system', content: 'Be kind.' },
      { role: 'assistant', content: 'Yes?' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is it?' },
          { type: 'image', url: 'https://example.org/1.png' },
        ],
      },
    ]);
  });

  it('renders what it includes, without asking for that', async () => {
    const [tone, word] = [
      { promptId: 'tone', version: 2 },
      { promptId: 'word', version: 1 },
    ];
    const { promptory, asked } = given(
      {},
      {
        'greet@production': givenPrompt({
          content: "{% render 'tone', of: name %}",
          signature: {
            inputs: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
            output: null,
          },
          templateFault: null,
          includes: [{ name: 'tone', ...tone }],
          included: [
            {
              ...tone,
              ref: 'ann/tone',
              content: "Be kind to {{ of }}{% render 'word' %}",
              includes: [{ name: 'word', ...word }],
            },
            { ...word, ref: 'ann/word', content: '!', includes: [] },
          ],
        }),
      },
    );
    expect((await promptory.prompt('greet').render({ name: 'Bob' })).text).toBe('Be kind to Bob!');
    expect(asked()).toEqual(['prompts.resolve']);
  });

  it('refuses wrong inputs with every fault by path, and takes them where the caller is lenient', async () => {
    const { promptory } = given(
      {},
      { 'greet@production': givenPrompt({ content: '{{ user.name }}{{ b | plus: 1 }}' }) },
    );
    const inputs = { user: {}, b: [], extra: 1 };
    const refused = await promptory
      .prompt('greet')
      .render(inputs)
      .catch((error) => error);
    expect(refused).toMatchObject({ code: 'prompt.inputs_invalid', status: null });
    expect(refused.errors.map((fault: { path: string; code: string }) => `${fault.path} ${fault.code}`).sort()).toEqual(
      ['inputs.b invalid_type', 'inputs.extra unrecognized_key', 'inputs.user.name required'],
    );
    expect((await promptory.prompt('greet', { lenient: true }).render({ b: 1, extra: 1 })).text).toBe('2');
  });

  it.each([
    ['its own', { content: 'One\n{{ name' }, { code: 'unclosed', line: 2, column: 1, messageIndex: null }],
    [
      'what the server found',
      { templateFault: { code: 'schema', message: 'no', line: null, column: null, messageIndex: null } },
      { code: 'schema' },
    ],
  ])('says where a text is no template: %s', async (_, parts, fault) => {
    const { promptory } = given({}, { 'greet@production': givenPrompt(parts) });
    const refused = await promptory
      .prompt('greet')
      .render({})
      .catch((error) => error);
    expect(refused).toMatchObject({ code: 'prompt.template_invalid', details: { fault } });
  });

  it('is asked for once, however many callers want it, by both of its names', async () => {
    const { promptory, asked } = given();
    const all = ['greet', 'greet@production', 'greet'].map((ref) => promptory.prompt(ref).render({ name: 'A' }));
    expect((await Promise.all(all)).map(({ text }) => text)).toEqual(Array(3).fill('Hello A!'));
    expect(asked()).toEqual(['prompts.resolve']);
  });

  it('is asked for together with others of the tick, a hundred at most, each with its own answer', async () => {
    const refs = Array.from({ length: 150 }, (_, index) => `p${index}@production`);
    const { promptory, stub } = given({}, Object.fromEntries(refs.slice(1).map((ref) => [ref, givenPrompt({ ref })])));
    const answers = await Promise.allSettled(refs.map((ref) => promptory.prompt(ref).get()));
    expect(answers[0]).toMatchObject({ status: 'rejected', reason: { code: 'prompt.not_found' } });
    expect(answers.slice(1).map((answer) => answer.status === 'fulfilled' && answer.value.ref)).toEqual(refs.slice(1));
    expect(stub.requests.flatMap(({ paths }) => paths)).toEqual(['prompts.resolveMany', 'prompts.resolveMany']);
  });

  it('is asked for alone where an answer had no room for it', async () => {
    const { promptory, stub, asked } = given({}, { 'a@production': givenPrompt({ ref: 'a' }) });
    stub.state.prompts.set('b@production', new Refusal('answer.too_large', 422));
    const both = [promptory.prompt('a').get(), promptory.prompt('b').get()];
    const late = Promise.allSettled(both);
    await both[0];
    stub.state.prompts.set('b@production', givenPrompt({ ref: 'b' }));
    expect(await late).toMatchObject([{ value: { ref: 'a' } }, { value: { ref: 'b' } }]);
    expect(asked()).toEqual(['prompts.resolveMany', 'prompts.resolve']);
  });

  it('is frozen, so that no caller changes it for another', async () => {
    const { promptory } = given({}, { 'greet@production': givenPrompt({ config: { stop: ['a'] } }) });
    const { config } = await promptory.prompt('greet').get();
    expect(() => (config.stop as string[]).push('b')).toThrow(TypeError);
  });

  it('lets one caller give up, and others have their answer', async () => {
    const { promptory } = given();
    const leaving = new AbortController();
    const [left, stayed] = [promptory.prompt('greet').get({ signal: leaving.signal }), promptory.prompt('greet').get()];
    leaving.abort();
    expect(await codeOf(left)).toBe('client.aborted');
    expect(await codeOf(stayed)).toBe('ok');
  });
});

describe('what is kept', () => {
  it('is served without asking while it is fresh, then once more while it is asked for again', async () => {
    const { promptory, stub, happened, asked } = given();
    const text = async () => (await promptory.prompt('greet').render({ name: 'A' })).text;
    await text();
    stub.state.prompts.set('greet@production', givenPrompt({ version: 2, content: 'Bye {{ name }}!' }));
    pass(MINUTE - 1);
    expect(await text()).toBe('Hello A!');
    expect(happened()).toEqual(['miss greet@production', 'hit greet@production']);
    expect(asked()).toHaveLength(1);
    pass(1);
    expect(await Promise.all([text(), text()])).toEqual(['Hello A!', 'Hello A!']);
    await expect.poll(happened).toContain('revalidated greet@production');
    expect(await text()).toBe('Bye A!');
    expect(asked()).toHaveLength(1);
  });

  it('is served while no server answers, which is asked again from time to time, and no longer than it may', async () => {
    const { promptory, server, happened, asked } = given({ staleMs: 10 * MINUTE, missingMs: 5_000 });
    await promptory.prompt('greet').get();
    server.down = true;
    asked();
    pass(2 * MINUTE);
    expect(await codeOf(promptory.prompt('greet').get())).toBe('ok');
    await expect.poll(happened).toContain('error greet@production');
    expect(await codeOf(promptory.prompt('greet').get())).toBe('ok');
    expect(asked()).toHaveLength(1);
    pass(5_000);
    expect(await codeOf(promptory.prompt('greet').get())).toBe('ok');
    await expect.poll(happened).toContain('error greet@production');
    expect(asked()).toHaveLength(1);
    pass(9 * MINUTE);
    expect(await codeOf(promptory.prompt('greet').get())).toBe('client.network');
    server.down = false;
    expect(await codeOf(promptory.prompt('greet').get())).toBe('ok');
  });

  it.each([
    ['deleted', new Refusal('prompt.not_found', 404)],
    ['forbidden', new Refusal('auth.scope_missing', 403, { scope: 'prompts:read' })],
    ['without its label', new Refusal('label.not_found', 404)],
  ])('stops being served once it is %s', async (_, refusal) => {
    const { promptory, stub, happened } = given();
    await promptory.prompt('greet').get();
    stub.state.prompts.set('greet@production', refusal);
    pass(2 * MINUTE);
    expect(await codeOf(promptory.prompt('greet').get())).toBe('ok');
    await expect.poll(happened).toContain('removed greet@production');
    expect(await codeOf(promptory.prompt('greet').get())).toBe(refusal.code);
  });

  it('is for a moment also that there is nothing', async () => {
    const { promptory, stub, asked } = given();
    expect(await codeOf(promptory.prompt('none').get())).toBe('prompt.not_found');
    stub.state.prompts.set('none@production', givenPrompt());
    expect(await codeOf(promptory.prompt('none').get())).toBe('prompt.not_found');
    expect(asked()).toHaveLength(1);
    pass(5_000);
    expect(await codeOf(promptory.prompt('none').get())).toBe('ok');
  });

  it('is a version for longer, unless it includes what a label names', async () => {
    const named = (name: string) => [{ name, promptId: 'tone', version: 2 }];
    const { promptory, asked } = given(
      {},
      {
        'greet#1': givenPrompt({ includes: named('tone') }),
        'bye#1': givenPrompt({ includes: named('tone@production') }),
      },
    );
    const get = () => Promise.all(['greet#1', 'bye#1'].map((ref) => promptory.prompt(ref).get()));
    await get();
    asked();
    pass(2 * MINUTE);
    await get();
    await expect.poll(asked).toEqual(['prompts.resolve']);
  });

  it('is bounded in number and in bytes, the oldest first', async () => {
    const big = givenPrompt({ content: 'x'.repeat(10_000) });
    const { promptory, asked } = given(
      { maxEntries: 2, maxBytes: 45_000 },
      { 'a@latest': big, 'b@latest': big, 'c@latest': givenPrompt() },
    );
    const get = (ref: string) => promptory.prompt(ref).get();
    for (const ref of ['c@latest', 'greet', 'c@latest', 'a@latest', 'a@latest']) await get(ref);
    expect(asked()).toHaveLength(3);
    await get('b@latest');
    await get('a@latest');
    expect(asked()).toHaveLength(2);
  });

  it('is forgotten when it is told to, and with the session', async () => {
    const { promptory, asked } = given();
    await promptory.prompt('greet').get();
    promptory.$forgetPrompts('greet');
    await promptory.prompt('greet').get();
    promptory.$forgetPrompts();
    await promptory.prompt('greet').get();
    expect(asked()).toHaveLength(3);
    const stub = stubPromptory();
    stub.state.prompts.set('greet@production', givenPrompt());
    const person = createPromptory({ ...stub, session: 'token' });
    await person.$signIn({ email: 'ann@example.org', password: stub.state.password });
    await person.prompt('greet').get();
    stub.state.prompts.delete('greet@production');
    await person.$signIn({ email: 'bob@example.org', password: stub.state.password });
    expect(await codeOf(person.prompt('greet').get())).toBe('prompt.not_found');
  });

  it('is not fresh after the clock was set back', async () => {
    const { promptory, asked } = given();
    await promptory.prompt('greet').get();
    pass(-MINUTE);
    await promptory.prompt('greet').get();
    expect(asked()).toHaveLength(2);
  });

  it('does not suffer from a listener that throws, and neither does the process', async () => {
    const said = vi.spyOn(console, 'error').mockReturnValue();
    const fault = new Error('of the listener');
    const onEvent = () => {
      throw fault;
    };
    const { promptory } = given({ onEvent });
    expect(await codeOf(promptory.prompt('greet').get())).toBe('ok');
    expect(said).toHaveBeenCalledWith(expect.stringContaining('onEvent'), fault);
    said.mockRestore();
  });

  it('is by default what is undefined, and nothing where nothing may be kept', async () => {
    const settings = { freshMs: undefined, staleMs: undefined, maxEntries: undefined, bundle: undefined };
    const usual = given(settings);
    for (let call = 0; call < 2; call += 1) await usual.promptory.prompt('greet').get();
    expect(usual.asked()).toHaveLength(1);
    for (const none of [{ maxEntries: 0 }, { maxBytes: 0 }, { maxEntries: 0.5 }]) {
      const { promptory, asked } = given(none);
      for (let call = 0; call < 2; call += 1) await promptory.prompt('greet').get();
      expect(asked()).toHaveLength(2);
    }
    const endless = given({ maxEntries: Infinity, maxBytes: Infinity, freshMs: Infinity });
    for (let call = 0; call < 2; call += 1) await endless.promptory.prompt('greet').get();
    expect(endless.asked()).toHaveLength(1);
    for (const wrong of [{ freshMs: -1 }, { maxEntries: Number.NaN }, { staleMs: '1' as never }]) {
      expect(() => given(wrong)).toThrow(/`prompts\.\w+` must be a number/);
    }
  });
});

describe('what stands in', () => {
  const fallback = { content: 'Hi {{ name }}.', config: { model: 'f' } };

  it('is a fallback of the code where no server answers, or has no such prompt', async () => {
    const { promptory, server, happened } = given();
    const prompt = promptory.prompt('none', { fallback });
    const expected = { text: 'Hi A.', promptId: null, version: null, origin: 'fallback', config: { model: 'f' } };
    expect(await prompt.render({ name: 'A' })).toMatchObject(expected);
    server.down = true;
    expect(await promptory.prompt('greet', { fallback }).render({ name: 'A' })).toMatchObject(expected);
    expect(happened().filter((event) => event.startsWith('fallback'))).toEqual([
      ...['fallback none@production', 'fallback greet@production'],
    ]);
    expect(await codeOf(prompt.render({ nmae: 'A' }))).toBe('prompt.inputs_invalid');
    const refs = ['none', 'greet', 'none'].map(async (ref) => (await promptory.prompt(ref, { fallback }).get()).ref);
    expect(await Promise.all(refs)).toEqual(['none', 'greet', 'none']);
  });

  it('is not asked for anew by each caller while no server answers, and by those who need the answer always', async () => {
    const { promptory, server, asked } = given();
    server.down = true;
    for (let call = 0; call < 5; call++) await promptory.prompt('greet', { fallback }).get();
    expect(asked()).toHaveLength(1);
    expect(await codeOf(promptory.prompt('greet').get())).toBe('client.network');
    expect(asked()).toHaveLength(1);
    pass(5_000);
    server.down = false;
    expect(await promptory.prompt('greet', { fallback }).get()).toMatchObject({ origin: 'server' });
  });

  it('serves who would wait too long, and has the answer kept once it comes', async () => {
    const answering = Promise.withResolvers<undefined>();
    const stub = stubPromptory({ instead: () => answering.promise });
    stub.state.prompts.set('greet@production', givenPrompt());
    const promptory = createPromptory({ ...stub, apiKey, retry: false, prompts: { patienceMs: 1 } });
    const get = () => promptory.prompt('greet', { fallback }).get();
    expect(await get()).toMatchObject({ origin: 'fallback' });
    answering.resolve(undefined);
    await expect.poll(async () => (await get()).origin).toBe('server');
  });

  it('hides no fault of the caller', async () => {
    const { promptory, stub } = given();
    stub.state.prompts.set('Not@production', new Refusal('request.invalid', 400));
    expect(await codeOf(promptory.prompt('Not', { fallback }).get())).toBe('request.invalid');
    promptory.$close();
    expect(await codeOf(promptory.prompt('greet', { fallback }).get())).toBe('client.aborted');
  });

  it('is the bundle before the fallback, yet not for what the server says is gone', async () => {
    const bundle = {
      find: (ref: string) => (ref === 'other@production' ? undefined : givenPrompt({ content: `Old ${ref}` })),
    };
    const { promptory, server, stub, happened } = given({ bundle });
    server.down = true;
    expect(await promptory.prompt('greet', { fallback }).get()).toMatchObject({
      content: 'Old greet@production',
      origin: 'bundle',
    });
    expect(await promptory.prompt('other', { fallback }).get()).toMatchObject({ origin: 'fallback' });
    expect(happened()).toContain('bundle greet@production');
    server.down = false;
    stub.state.prompts.delete('greet@production');
    pass(5_000);
    expect(await codeOf(promptory.prompt('greet').get())).toBe('prompt.not_found');
  });
});
