import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { MIGRATIONS_FOLDER, readMigrations } from '../src/migrate/migration-files.ts';
import { migrateDown, migrateToLatest } from '../src/migrate/migrator.ts';
import { givenDatabase } from './index.ts';

const { db, connectionString } = await givenDatabase();

/** Longer than a step waits for a lock, before it lets writers pass. */
const HELD_MS = 900;

/** Does something while a transaction has written to each table, which goes on for longer than a step waits. */
async function whileHeld<T>(work: () => Promise<T>): Promise<T> {
  const untyped = db as unknown as Kysely<unknown>;
  const { rows } = await sql<{ table: string }>`
    SELECT oid::regclass::text AS table FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname NOT LIKE 'kysely%'
  `.execute(untyped);
  let working: Promise<T> | undefined;
  await untyped.transaction().execute(async (trx) => {
    await sql`SET LOCAL idle_in_transaction_session_timeout = 0`.execute(trx);
    await sql`LOCK TABLE ${sql.raw(rows.map(({ table }) => table).join(', '))} IN ROW EXCLUSIVE MODE`.execute(trx);
    working = work();
    working.catch(() => undefined);
    await sleep(HELD_MS);
  });
  return working as Promise<T>;
}

it('waits for writers outside of a transaction too, forwards and back, by coming again', async () => {
  const steps = Object.entries(await readMigrations(MIGRATIONS_FOLDER));
  const outside = steps.filter(([, { transaction }]) => transaction === false);
  const first = steps.findIndex(([, { transaction }]) => transaction === false);
  for (const [name, { transaction }] of steps.slice(first).reverse()) {
    const down = () => migrateDown({ connectionString });
    await expect(transaction === false ? whileHeld(down) : down(), name).resolves.toBe(name);
  }
  for (const [name, { transaction }] of steps.slice(first)) {
    const up = () => migrateToLatest({ connectionString, until: name });
    await expect(transaction === false ? whileHeld(up) : up(), name).resolves.toEqual([name]);
  }
  expect(outside.length).toBeGreaterThan(20);
});
