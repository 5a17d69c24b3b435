import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../../src/settings/project-root.ts';

/**
 * What a module keeps for all of a process, or a cache keeps: a variable that is assigned, a collection that begins empty, and any
 * least-recently-used cache. What is kept by an object is gone with it, and is left out.
 */
const KEEPS =
  /^(?:export )?let |^(?:export )?const \w+(?:: [^=]+)? = new (?:Map|Set)(?:<[^=]*>)?\(\);|^(?:export )?const \w+(?:: [^=]+)? = \[\];|new LRUCache\b/m;

/** A command's own, which ends with it; and what only development has. */
const LEFT_OUT = /\/src\/(?:cli|dev|embedded|migrations|migrate)\/|\.test\.ts$/;

const textOf = (path: string): Promise<string> => readFile(join(ROOT, path), 'utf8');

it.each([
  'let left = 4;',
  'const kept = new Map<string, LinearPattern | PatternError>();',
  'const hashes = new Map<string, string>();',
  'const known: string[] = [];',
  '  const known = new LRUCache<string, true>({ max: 1 });',
])('takes for something kept: %s', (code) => {
  expect(code).toMatch(KEEPS);
});

it.each([
  "const METHODS = new Set(['GET']);",
  '  const seen = new Set<string>();',
  'const documents = new WeakMap<object, string>();',
])('does not take for it: %s', (code) => {
  expect(code).not.toMatch(KEEPS);
});

it('docs/scaling.md says of whatever a process keeps why no other server misses it', async () => {
  const folders = [
    'apps/server/src',
    ...['api', 'auth', 'db', 'schemas', 'template', 'trpc-fastify'].map((name) => `packages/${name}/src`),
  ];
  const listed = execFileSync('git', ['ls-files', '-z', ...folders], { cwd: ROOT, encoding: 'utf8' });
  const files = listed.split('\0').filter((path) => path.endsWith('.ts') && !LEFT_OUT.test(path));
  const keeping: string[] = [];
  for (const path of files) if (KEEPS.test(await textOf(path))) keeping.push(path);
  expect(keeping.length).toBeGreaterThan(8);
  const page = await textOf('docs/scaling.md');
  expect(keeping.filter((path) => !page.includes(`\`${path}\``))).toEqual([]);
});

it('and names no file that is not there', async () => {
  const page = await textOf('docs/scaling.md');
  const named = [...page.matchAll(/\| `((?:apps|packages)\/[^`]+)`(?:, `([^`]+)`)?/g)].flatMap(([, ...paths]) =>
    paths.filter((path) => path !== undefined),
  );
  expect(named.length).toBeGreaterThan(15);
  const listed = new Set(execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0'));
  expect(named.filter((path) => !listed.has(path) && ![...listed].some((each) => each.startsWith(`${path}/`)))).toEqual(
    [],
  );
});
