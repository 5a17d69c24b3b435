import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findRowParameters } from './row-parameters.ts';

const ROOT = join(import.meta.dirname, '../../..');

/**
 * What joins a list that the code itself names: the columns of an order, the filters of an input with at most twenty, the parts of a
 * list.
 */
const FIXED_LISTS = [
  'packages/api/src/domain/prompts/listing/list-parts.ts',
  'packages/api/src/domain/prompts/listing/listed-names.ts',
  'packages/db/src/paging/keyset-page.ts',
  'packages/api/src/domain/prompts/search/prompt-filters.ts',
];

it.each([
  'trx.insertInto("tags").values(rows)',
  'trx.insertInto("tags").values(\n  names.map((name) => ({ name })))',
  "query.where('id', 'in', ids)",
  "query.where('id', 'not in', [...ids])",
  "query.where(\n  'id',\n  'in',\n  ids.map(String),\n)",
  'where(sql.join(ids))',
])('finds a parameter for each row in %s', (code) => {
  expect(findRowParameters(code)).toHaveLength(1);
});

it('says in which line it is, and what to write instead', () => {
  const found = findRowParameters('const ids = [];\n\nawait query\n  .where(sql.join(ids));\nwhere(sql.join(ids))');
  expect(found).toEqual([
    { line: 4, code: 'sql.join(', instead: 'one array as one parameter' },
    { line: 5, code: 'sql.join(', instead: 'one array as one parameter' },
  ]);
});

it.each([
  'trx.insertInto("tags").values({ name })',
  'trx.insertInto("tags").values({\n  name,\n})',
  'for (const one of Object.values(tables)) run(one)',
  'for (const one of map.values()) run(one)',
  "query.where('id', 'in', (eb) => eb.selectFrom('tags').select('prompt_id'))",
  "query.where(isOneOf('id', ids))",
])('takes %s', (code) => {
  expect(findRowParameters(code)).toEqual([]);
});

it('finds none in what runs', () => {
  const listed = execFileSync('git', ['ls-files', '-z', 'packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const files = listed
    .split('\0')
    .filter((path) => /^(?:packages\/(?:db|auth|api)|apps\/server)\/src\/.*(?<!\.test)\.ts$/.test(path))
    .filter((path) => !FIXED_LISTS.includes(path));
  expect(files.length).toBeGreaterThan(100);
  const found = files.flatMap((path) =>
    findRowParameters(readFileSync(join(ROOT, path), 'utf8')).map(({ line, instead }) => `${path}:${line}: ${instead}`),
  );
  expect(found).toEqual([]);
});
