import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { givenSite } from './given-site.ts';
import { givenFolder } from './run-in-process.ts';

const { someone } = await givenSite();
const ann = await someone('ann');
const { promptory, run } = ann;

const { id } = await promptory.prompts.create.mutate({
  title: 'Support triage',
  slug: 'support/triage',
  content: 'Sort this: {{ ticket }}\nKindly.',
  tags: ['support'],
});
await promptory.prompts.update.mutate({
  id,
  content: 'Sort this for {{ product }}: {{ ticket }}\nKindly.',
  config: { temperature: 0 },
});
await promptory.labels.move.mutate({ id, label: 'production', version: 1 });
await promptory.prompts.create.mutate({
  title: 'A chat',
  slug: 'chat',
  kind: 'chat',
  messages: [
    { role: 'system', content: 'Be kind. \u001b[2J' },
    { role: 'user', content: '{{ question }}' },
  ],
});

describe('list and search', () => {
  it('show the prompts that one may read, as text and as JSON, and where they go on', async () => {
    const listed = await run(['list', '--limit', '1']);
    expect(listed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ann\/chat +#1 .*\n$/) });
    const [, cursor = ''] = /--cursor (\S+)/.exec(listed.stderr) ?? [];
    const rest = await run(['list', '--cursor', cursor, '--json']);
    expect(rest.json()).toMatchObject({ items: [{ slug: 'support/triage' }], nextCursor: null });
    expect((await run(['list', '--tag', 'support', '--json'])).json<{ items: object[] }>().items).toHaveLength(1);
    expect(await run(['search', 'suport', 'triage'])).toMatchObject({
      stdout: expect.stringMatching(/^ann\/support\/triage +#2/),
      stderr: '',
    });
    expect(await run(['search', 'nothing at all'])).toMatchObject({ code: 0, stdout: '', stderr: 'No prompts.\n' });
  });

  it('page through more than the server gives at once', async () => {
    const many = await someone('many');
    await many.promptory.prompts.createMany.mutate({
      prompts: Array.from({ length: 100 }, (_, at) => ({ title: `No. ${at}`, content: 'x' })),
    });
    await many.promptory.prompts.createMany.mutate({
      prompts: Array.from({ length: 30 }, (_, at) => ({ title: `More ${at}`, content: 'x' })),
    });
    const all = (await many.run(['list', '--limit', '1000', '--json'])).json<{
      items: { id: string }[];
      nextCursor: null;
    }>();
    expect([new Set(all.items.map((item) => item.id)).size, all.nextCursor]).toEqual([130, null]);
    const some = (await many.run(['list', '--limit', '105', '--json'])).json<{ items: object[]; nextCursor: string }>();
    expect([some.items.length, some.nextCursor]).toEqual([105, expect.any(String)]);
  });
});

describe('get and render', () => {
  it('print what a reference names', async () => {
    expect(await run(['get', 'support/triage'])).toMatchObject({
      code: 0,
      stdout: 'Sort this: {{ ticket }}\nKindly.\n',
    });
    expect((await run(['get', 'support/triage@latest', '--json'])).json()).toMatchObject({
      version: 2,
      label: 'latest',
    });
    expect(await run(['get', 'support/triage@staging'])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('support/triage@latest'),
    });
    expect((await run(['get', 'nothing'])).code).toBe(4);
    expect((await run(['get', 'No Slug'])).code).toBe(1);
  });

  it('put values in, from arguments, files and standard input', async () => {
    expect(await run(['render', 'support/triage', 'ticket=a=b'])).toMatchObject({
      code: 0,
      stdout: 'Sort this: a=b\nKindly.\n',
    });
    const cwd = givenFolder();
    await writeFile(join(cwd, 'values.json'), '{"ticket":"t","product":"p"}');
    const given = await run(['render', 'support/triage#2', '--inputs', 'values.json', 'product=q'], { cwd });
    expect(given.stdout).toBe('Sort this for q: t\nKindly.\n');
    const piped = await run(['render', 'chat@latest', '--inputs', '-', '--json'], { stdin: '{"question":"why?"}' });
    expect(piped.json()).toMatchObject({ messages: [{}, { role: 'user', content: 'why?' }] });
  });

  it('list every fault of the values', async () => {
    const refused = await run(['render', 'support/triage@latest', 'tickte=x']);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr.trim().split('\n').length).toBeGreaterThan(2);
    expect((await run(['render', 'support/triage', 'ticket'])).code).toBe(2);
    expect((await run(['render', 'support/triage', 'ticket:={'])).code).toBe(2);
    expect((await run(['render', 'support/triage', '--lenient'])).stdout).toBe('Sort this: \nKindly.\n');
  });

  it('let no prompt write to a terminal what it would obey', async () => {
    const shown = await run(['get', 'chat@latest'], { isTerminal: true });
    expect(shown.stdout).not.toContain('\u001b[2J');
    expect(shown.stdout).toContain('Be kind.');
  });
});

describe('diff', () => {
  it('shows what the latest version changes in production, and what of it breaks callers', async () => {
    const { code, stdout } = await run(['diff', 'support/triage']);
    expect(code).toBe(0);
    expect(stdout).toBe(`ann/support/triage #1 → #2

content
- Sort this: {{ ticket }}
+ Sort this for {{ product }}: {{ ticket }}
  Kindly.

config
  /temperature: added
+ 0

Moving production to #2 breaks its callers:
  input /product is new and must be given
`);
    expect((await run(['diff', 'support/triage#1', 'support/triage#1'])).stdout).toContain('Nothing differs.');
    expect((await run(['diff', 'support/triage#1', 'chat@latest'])).code).toBe(2);
  });

  it('is coloured on a terminal, unless somebody wants none', async () => {
    const colored = await run(['diff', 'support/triage'], { isTerminal: true });
    expect(colored.stdout).toContain('\u001b[31m');
    const plain = await run(['diff', 'support/triage'], { isTerminal: true, env: { NO_COLOR: '1' } });
    expect(plain.stdout).not.toContain('\u001b[');
    expect((await run(['diff', 'support/triage'], { env: { FORCE_COLOR: '1' } })).stdout).toContain('\u001b[31m');
  });
});

describe('the command line', () => {
  it.each([
    [['lst']],
    [['list', '--limit', '0']],
    [['list', '--limit', '1001']],
    [['list', '--wrong']],
    [['get']],
    [['get', 'a', 'b']],
  ])('that is wrong ends with 2: %j', async (args) => {
    expect(await run(args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^promptory: /) });
  });

  it('that asks for help or the version is answered on standard output', async () => {
    expect(await run(['--help'])).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('whoami') });
    expect(await run(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  it('answers failures as JSON where JSON is asked for', async () => {
    const { stderr, stdout, code } = await run(['get', 'nothing', '--json']);
    expect({ stdout, code }).toEqual({ stdout: '', code: 4 });
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'prompt.not_found', exitCode: 4, requestId: expect.any(String) },
    });
  });
});
