import { expect, it } from 'vitest';
import { checks, nullable } from './columns.rows.ts';
import { givenSchema, OURS } from './schema-proofs.ts';

const schema = await givenSchema();
const CHECKS = `
  SELECT %s FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid WHERE contype = 'c' AND ${OURS('pg_class')}`;

it('has a row for every check of the database, and no row without one', async () => {
  // A new check needs a row in columns.rows.ts: what it refuses, and what it takes at its bounds.
  expect(await schema.list(CHECKS.replace('%s', 'conname'))).toEqual(Object.keys(checks).sort());
});

it.each(Object.entries(checks))('%s refuses what is out of its bounds, and nothing else does', async (name, proof) => {
  const [table] = await schema.list(`${CHECKS.replace('%s', 'conrelid::regclass')} AND conname = '${name}'`);
  // What makes rows immutable, or measures them, is not what is tried here.
  const alone = [`ALTER TABLE ${table} DISABLE TRIGGER USER`];
  const set = (value: string): string =>
    `UPDATE ${table} SET ${proof.sets} = ${value} WHERE ctid = (SELECT min(ctid) FROM ${table})`;
  await schema.tried(alone, async ({ run }) => {
    for (const value of proof.takes) expect([value, await run(set(value))]).toEqual([value, { touched: 1 }]);
    for (const value of proof.refuses) expect([value, await run(set(value))]).toEqual([value, { refusedBy: name }]);
  });
  await schema.tried([...alone, `ALTER TABLE ${table} DROP CONSTRAINT ${name}`], async ({ run }) => {
    let taken = 0;
    for (const value of proof.refuses) if ('touched' in (await run(set(value)))) taken += 1;
    expect(taken).toBeGreaterThan(0);
  });
});

it('lets no other columns be empty than these', async () => {
  const columns = await schema.list(`
    SELECT relname || '.' || attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped AND NOT attnotnull AND ${OURS('pg_class')}`);
  const due = Object.entries(nullable).flatMap(([table, names]) => names.map((name) => `${table}.${name}`));
  expect(columns).toEqual(due.sort());
});
