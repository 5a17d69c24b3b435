import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');

/** The lines of a source in which the linter, as this repository sets it, finds something, by what it says of them. */
function linesFound(code: string): Record<'Await it' | 'floating', number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'promptory-lint-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { plugins, linter } = JSON.parse(readFileSync(join(ROOT, 'biome.json'), 'utf8'));
  const given = { plugins: plugins.map((plugin: string) => join(ROOT, plugin)), linter };
  writeFileSync(join(folder, 'biome.json'), JSON.stringify(given));
  writeFileSync(join(folder, 'given.ts'), code);
  const biome = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
  const { stdout } = spawnSync(process.execPath, [biome, 'lint', '--reporter=github', 'given.ts'], {
    cwd: folder,
    encoding: 'utf8',
  });
  const lines = stdout.split('\n').filter((line) => line.startsWith('::error'));
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
