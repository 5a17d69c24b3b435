import { expect, it } from 'vitest';
import { asSent, bytewise, checks, defaults, nullable } from './columns.rows.ts';
import { givenSchema, OURS } from './schema-proofs.ts';

const schema = await givenSchema();
const CHECKS = `
  SELECT %s FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid WHERE contype = 'c' AND ${OURS('pg_class')}`;

const columnsThat = (are: string): string => `
  SELECT relname || '.' || attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
  WHERE relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped AND ${are} AND ${OURS('pg_class')}`;

it('has a row for every check of the database, and no row without one', async () => {
  // A new check needs a row in columns.rows.ts: what it refuses, and what it takes at its bounds.
  expect(await schema.list(CHECKS.replace('%s', 'conname'))).toEqual(Object.keys(checks).sort());
});

it('holds its constraints for what was there before them too, but for one that came with its columns', async () => {
  const unchecked = `SELECT conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid WHERE NOT convalidated AND ${OURS('pg_class')}`;
  expect(await schema.list(unchecked)).toEqual(['group_invitations_answered']);
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
  const columns = await schema.list(columnsThat('NOT attnotnull'));
  const due = Object.entries(nullable).flatMap(([table, names]) => names.map((name) => `${table}.${name}`));
  expect(columns).toEqual(due.sort());
});

it('fills in what is not said in these columns alone', async () => {
  expect(await schema.list(columnsThat("atthasdef AND attgenerated = ''"))).toEqual(Object.keys(defaults).sort());
});

it.each(Object.entries(defaults))('%s is %s where nothing is said', async (name, value) => {
  const [table, column] = name.split('.');
  const shown = await schema.tried([`ALTER TABLE ${table} DISABLE TRIGGER USER`], async (trial) => {
    // An end that is not before its beginning: both are of now.
    const others = column === 'expires_at' ? ', created_at = DEFAULT' : '';
    await trial.value(`UPDATE ${table} SET ${column} = DEFAULT${others}`);
    if (value === 'this transaction') return trial.value(`SELECT ${column} = pg_current_xact_id() FROM ${table}`);
    const hours = `round(extract(epoch FROM ${column} - now()) / 3600) || ' hours'`;
    return trial.value(`SELECT ${value.endsWith('hours') ? hours : `${column}::text`} FROM ${table}`);
  });
  expect(shown).toBe(value === 'this transaction' ? true : value);
});

it('compares these texts by their bytes, and keeps these documents as they were sent', async () => {
  expect(await schema.list(columnsThat('attcollation = \'pg_catalog."C"\'::regcollation'))).toEqual(bytewise);
  expect(await schema.list(columnsThat("atttypid = 'json'::regtype"))).toEqual(asSent);
});

it('has times of the world alone, as exact as an ISO 8601 text of them', async () => {
  const times = columnsThat("format_type(atttypid, NULL) LIKE 'time%'");
  const [exact, all] = [`${times} AND format_type(atttypid, atttypmod) = 'timestamp(3) with time zone'`, times];
  expect((await schema.list(all)).length).toBeGreaterThan(40);
  expect(await schema.list(exact)).toEqual(await schema.list(all));
});
