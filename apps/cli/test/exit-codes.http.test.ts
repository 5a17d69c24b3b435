import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PASSWORD } from '@promptory/api/testing';
import { createPromptory } from '@promptory/client';
import type { Command } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import { ExitCode } from '../src/failure.ts';
import { programOf } from '../src/program.ts';
import type { Surroundings } from '../src/surroundings.ts';
import { givenSite, type Someone } from './given-site.ts';
import { run } from './run-in-process.ts';

const { app, url, someone } = await givenSite();
const ann = await someone('ann');
const { promptory } = ann;

const { id } = await promptory.prompts.create.mutate({ title: 'A', slug: 'a', content: 'Say {{ word }}.' });
await promptory.prompts.update.mutate({ id, content: 'Say {{ word }} to {{ whom }}.' });
await promptory.labels.move.mutate({ id, label: 'production', version: 1 });
for (const label of ['canary', 'gone']) await promptory.labels.move.mutate({ id, label, version: 1 });
const overtaken = await promptory.labels.history.query({ id, label: 'canary', limit: 1 });
await promptory.labels.move.mutate({ id, label: 'canary', version: 2, acceptBreaking: true, reason: 'Known' });
const released = async (label: string) =>
  (await promptory.releases.create.mutate({ label, prompts: [{ promptId: id, version: 1 }] })).id ?? '';
const undone = await released('undone');
await promptory.releases.undo.mutate({ id: undone });
const release = await released('released');
const nowhere = '00000000-0000-7000-8000-000000000000';
const breaking = ['a@latest', 'production'];

const leaver = await someone('leaver');
/** That of the plan by which an account would be deleted. */
async function revisionOf({ person }: Someone): Promise<string> {
  const own = createPromptory({ url, session: 'token', retry: false });
  await own.$signIn({ email: person.email, password: PASSWORD });
  return (await own.me.deletion.query({})).revision;
}
const revisions = [await revisionOf(ann), await revisionOf(leaver)];
const passwordOf = ({ person }: Someone) => ['--email', person.email, '--password-stdin'];

const cwd = await mkdtemp(join(tmpdir(), 'promptory-cli-'));
afterAll(() => rm(cwd, { recursive: true, force: true }));
const files = {
  'good.csv': 'title,content\nB,Text\n',
  'bad.csv': 'title,content\n,Text\n',
  'faulty/a.prompt.md': '---\n: :\n',
  'changed/a.prompt.md': '---\ntitle: A\n---\nMine\n',
};
for (const [name, text] of Object.entries(files)) {
  await mkdir(join(cwd, name, '..'), { recursive: true });
  await writeFile(join(cwd, name), text);
}

/** Of each command a right call, and what makes it end otherwise. */
const commands: Readonly<
  Record<
    string,
    {
      right: string[];
      ends?: Partial<Record<1 | 4 | 5, string[]>>;
      isLocal?: true;
      /** By a password, whatever key is kept. */
      signsIn?: true;
    }
  >
> = {
  login: { right: ['--key-stdin'] },
  logout: { right: [], isLocal: true },
  whoami: { right: [] },
  list: { right: [] },
  search: { right: ['say'] },
  get: { right: ['a'], ends: { 1: ['No Slug'], 4: ['nothing'] } },
  render: { right: ['a', 'word=x'], ends: { 1: ['a', 'wrod=x'], 4: ['a@staging'] } },
  diff: { right: ['a'], ends: { 1: ['No Slug'], 4: ['a#1', 'a#9'] } },
  types: { right: [], ends: { 1: ['--check', '--out', 'missing.d.ts'], 4: ['--group', nowhere] } },
  pull: { right: ['--dry-run'], ends: { 1: ['--folder', 'faulty'], 4: ['nothing'], 5: ['--folder', 'changed'] } },
  push: { right: ['--dry-run'], ends: { 1: ['--folder', 'faulty'], 4: ['nothing'], 5: ['--folder', 'changed'] } },
  'label list': { right: ['a'], ends: { 1: ['No Slug'], 4: ['nothing'] } },
  'label move': { right: ['a#1', 'fresh'], ends: { 1: ['a#1', 'NO'], 4: ['a#9', 'production'], 5: breaking } },
  'label check': { right: ['a#1', 'fresh'], ends: { 1: ['a#1', 'NO'], 4: ['a#9', 'production'], 5: breaking } },
  'label history': { right: ['a', 'production'], ends: { 1: ['a', 'NO'], 4: ['nothing', 'production'] } },
  'label undo': {
    right: ['a', 'canary'],
    ends: { 1: ['a', 'NO'], 4: ['a', 'never'], 5: ['a', 'canary', overtaken.items[0]?.id ?? ''] },
  },
  'label remove': { right: ['a', 'gone'], ends: { 1: ['a', 'NO'], 4: ['a', 'never'] } },
  'label protect': { right: ['a', 'kept'], ends: { 1: ['a', 'NO'], 4: ['nothing', 'kept'] } },
  'label unprotect': { right: ['a', 'kept'], ends: { 1: ['a', 'NO'], 4: ['nothing', 'kept'] } },
  'release make': {
    right: ['next', 'a#1'],
    ends: { 1: ['NO', 'a#1'], 4: ['next', 'nothing@latest'], 5: ['production', 'a#2'] },
  },
  'release list': { right: [], ends: { 1: ['--prompt', 'No Slug'], 4: ['--prompt', 'nothing'] } },
  'release undo': { right: [release], ends: { 1: ['no-id'], 4: [nowhere], 5: [undone] } },
  import: { right: ['good.csv', '--dry-run'], ends: { 1: ['bad.csv'] } },
  export: { right: ['--out', 'out.jsonl'], ends: { 1: ['--out', 'good.csv/out.jsonl'], 5: ['--out', 'good.csv'] } },
  'account export': {
    right: [...passwordOf(ann), '--out', 'account.jsonl'],
    ends: {
      1: [...passwordOf(ann), '--out', 'good.csv/account.jsonl'],
      5: [...passwordOf(ann), '--out', 'good.csv'],
    },
    signsIn: true,
  },
  'account plan-deletion': { right: passwordOf(ann), signsIn: true },
  'account delete': {
    right: [...passwordOf(leaver), '--revision', revisions[1] ?? ''],
    ends: { 5: [...passwordOf(leaver), '--revision', revisions[0] ?? ''] },
    signsIn: true,
  },
  completion: { right: ['bash'], isLocal: true },
};

const names = Object.keys(commands);
const asking = names.filter((name) => commands[name]?.isLocal !== true);
const line = (name: string, args: readonly string[]) => [...name.split(' '), ...args];
const env = { PROMPTORY_URL: url, PROMPTORY_API_KEY: ann.apiKey };
const stdinOf = (name: string) => (commands[name]?.signsIn === true ? PASSWORD : ann.apiKey);
const rightOf = (name: string) => line(name, commands[name]?.right ?? []);

/** How each of these commands ends. */
async function endsOf(those: readonly string[], end: (name: string) => Promise<{ code: number }>) {
  const codes = await Promise.all(those.map(async (name) => [name, (await end(name)).code] as const));
  return Object.fromEntries(codes);
}
const all = (those: readonly string[], code: number) => Object.fromEntries(those.map((name) => [name, code]));

describe('every command', () => {
  it('is known here, and stands in the readme with how it ends', async () => {
    const { program } = programOf([], {} as Surroundings);
    const leaves = (command: Command, path: string[]): string[] =>
      command.commands.length === 0 || command.name() === 'completion'
        ? [path.join(' ')]
        : command.commands.flatMap((inner) => leaves(inner, [...path, inner.name()]));
    const declared = leaves(program as unknown as Command, []).filter((name) => name !== 'complete');
    expect(declared.toSorted()).toEqual(names.toSorted());
    const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8');
    const rows = Array.from(readme.matchAll(/^\| `([a-z -]+)` \|(.*)\|(.*)\|(.*)\|$/gm), ([, name = '', ...cells]) => [
      name,
      [1, 4, 5].filter((_, at) => cells[at]?.trim() !== ''),
    ]);
    const shown = Object.entries(commands).map(([name, { ends = {} }]) => [name, Object.keys(ends).map(Number)]);
    expect(rows).toEqual(shown);
  });

  it('ends with 2 where its line is wrong', async () => {
    expect(await endsOf(names, (name) => run([...rightOf(name), '--wrong'], { cwd, env }))).toEqual(
      all(names, ExitCode.usage),
    );
  });

  it('ends with 3 where nobody is signed in, and where the key is not valid', async () => {
    const others = asking.filter((name) => name !== 'login' && commands[name]?.signsIn !== true);
    expect(await endsOf(others, (name) => run(rightOf(name), { cwd }))).toEqual(all(others, ExitCode.notSignedIn));
    const apiKey = `${ann.apiKey.slice(0, -4)}AAAA`;
    const wrong = { cwd, home: cwd, stdin: apiKey, env: { ...env, PROMPTORY_API_KEY: apiKey } };
    expect(await endsOf(asking, (name) => run(rightOf(name), wrong))).toEqual(all(asking, ExitCode.notSignedIn));
  });

  it('ends with 6 where the key may not do that', async () => {
    const { 'x-api-key': apiKey } = await app.as.key(ann.person, { scopes: ['usage:read'] });
    // These say of any key what they may.
    const others = asking.filter((name) => !['login', 'whoami'].includes(name) && commands[name]?.signsIn !== true);
    const narrow = { cwd, env: { ...env, PROMPTORY_API_KEY: apiKey } };
    expect(await endsOf(others, (name) => run(rightOf(name), narrow))).toEqual(all(others, ExitCode.forbidden));
  });

  it('ends with 7 where nobody answers', async () => {
    const gone = { cwd, home: cwd, stdin: ann.apiKey, env: { ...env, PROMPTORY_URL: 'http://127.0.0.1:9' } };
    expect(await endsOf(asking, (name) => run(rightOf(name), gone))).toEqual(all(asking, ExitCode.unavailable));
  });

  it.each(
    Object.entries(commands).flatMap(([name, { ends = {} }]) =>
      Object.entries(ends).map(([code, args]) => ({ name, line: line(name, args), code: Number(code) })),
    ),
  )('ends with $code: $line', async ({ name, line: args, code }) => {
    expect(await run(args, { cwd, env, stdin: stdinOf(name) })).toMatchObject({ code });
  });

  // What completion prints goes past what a test reads.
  it.each(names.filter((name) => name !== 'completion'))('ends with 0 where it is done: %s', async (name) => {
    expect(await run(rightOf(name), { cwd, home: cwd, stdin: stdinOf(name), env })).toMatchObject({
      code: ExitCode.done,
    });
  });
});
