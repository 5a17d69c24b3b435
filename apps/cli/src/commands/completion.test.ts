import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { givenFolder, run } from '../../test/run-in-process.ts';

afterEach(() => vi.restoreAllMocks());

/** What a shell would offer for the last word. The library writes to the console. */
async function offered(words: readonly string[], cwd = '/nowhere'): Promise<string[]> {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  expect((await run(['complete', '--', ...words], { cwd })).code).toBe(0);
  return lines.filter((line) => !line.startsWith(':')).map((line) => line.split('\t')[0] ?? '');
}

it('offers commands, what is below them, and their options', async () => {
  expect(await offered(['l'])).toEqual(['login', 'logout', 'list', 'label']);
  expect(await offered(['label', 'm'])).toEqual(['move']);
  expect(await offered(['types', '--w'])).toEqual(['--watch']);
  expect(await offered(['completion', ''])).toEqual(['zsh', 'bash', 'fish', 'powershell']);
});

it('offers the references that the files of a project name, and files', async () => {
  const cwd = givenFolder();
  mkdirSync(join(cwd, 'prompts'));
  const reference = (name: string) => `    ${JSON.stringify(name)}: { inputs: A.Inputs; output: A.Output };\n`;
  writeFileSync(
    join(cwd, 'promptory.d.ts'),
    ['support/triage', 'support/triage@staging', 'chat'].map(reference).join(''),
  );
  writeFileSync(
    join(cwd, 'prompts/promptory.lock.json'),
    JSON.stringify({ url: 'x', prompts: { 'support/tone': {} } }, null, 2),
  );
  expect(await offered(['get', 'support/t'], cwd)).toEqual([
    'support/triage',
    'support/triage@staging',
    'support/tone',
  ]);
  for (const command of [
    'render',
    'label list',
    'label move',
    'label remove',
    'label undo',
    'label check',
    'release make live',
    'pull',
  ]) {
    expect(await offered([...command.split(' '), 'support/to'], cwd), command).toEqual(['support/tone']);
  }
  expect(await offered(['import', 'prom'], cwd)).toEqual(expect.arrayContaining(['promptory.d.ts', 'prompts/']));
  expect(await offered(['import', 'prompts/'], cwd)).toEqual(['prompts/promptory.lock.json']);
});

it.each(['bash', 'zsh', 'fish'])('writes a script for %s', async (shell) => {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  expect((await run(['completion', shell])).code).toBe(0);
  expect(lines.join('\n')).toContain('promptory complete --');
});
