import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');

/** The arguments of `pnpm lint` to the linter, of each of its runs. */
function runsOfLint(): string[][] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return scripts.lint.split(' && ').map((run: string) => run.split(' ').slice(1));
}

/** The lines of a source in which the linter finds errors, as `pnpm lint` runs it, by what it says of them. */
function linesFound(code: string): Record<'Await it' | 'floating', number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'promptory-lint-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { plugins, linter } = JSON.parse(readFileSync(join(ROOT, 'biome.json'), 'utf8'));
  const given = { plugins: plugins.map((plugin: string) => join(ROOT, plugin)), linter };
  writeFileSync(join(folder, 'biome.json'), JSON.stringify(given));
  const ofPromises = 'packages/tools/statements/promises.json';
  cpSync(join(ROOT, ofPromises), join(folder, ofPromises));
  writeFileSync(join(folder, 'given.ts'), code);
  const biome = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
  const lines = runsOfLint().flatMap((run) => {
    const { stdout, status } = spawnSync(process.execPath, [biome, ...run, '--reporter=github', 'given.ts'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(status, run.join(' ')).toBe(1);
    return stdout.split('\n').filter((line) => line.startsWith('::error'));
  });
  const of = (words: string) =>
    lines.filter((line) => line.includes(words)).map((line) => Number(/line=(\d+)/.exec(line)?.[1]));
  return { 'Await it': of('Await it'), floating: of('floating') };
}

it('finds what nobody awaits: statements of both libraries, and promises of our own', () => {
  const source = `async function secure(trx) {
  trx.deleteFrom('sessions').where('id', '=', 1).execute();
  sql\`DELETE FROM sessions\`.execute(trx);
  trx.selectFrom('sessions').select('id').executeTakeFirst();
  client.query('BEGIN');
  await trx.deleteFrom('sessions').execute();
  return client.query('COMMIT');
}
async function all(trx) {
  await secure(trx);
  secure(trx);
}
export { all };
`;
  expect(linesFound(source)).toEqual({ 'Await it': [2, 3, 4, 5], floating: [11] });
});
