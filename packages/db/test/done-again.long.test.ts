import type { Kysely } from 'kysely';
import { expect, it } from 'vitest';
import { MIGRATIONS_FOLDER, readMigrations } from '../src/migrate/migration-files.ts';
import { migrateToLatest } from '../src/migrate/migrator.ts';
import { givenDatabase } from './index.ts';
import { takeBack } from './take-back.ts';

const { db, connectionString } = await givenDatabase();

it('does again, from its beginning, whatever runs outside of a transaction and may be interrupted', async () => {
  const steps = Object.entries(await readMigrations(MIGRATIONS_FOLDER));
  const interruptible = steps.filter(([, { transaction }]) => transaction === false);
  expect(interruptible.length).toBeGreaterThan(20);
  for (const [name, { up, down }] of interruptible.reverse()) {
    await takeBack(connectionString, name);
    const untyped = db as unknown as Kysely<unknown>;
    for (const time of ['first', 'second'])
      await expect(up(untyped), `${name}, the ${time} time`).resolves.toBeUndefined();
    for (const time of ['first', 'second'])
      await expect(Promise.resolve(down?.(untyped)), `${name}, taken back the ${time} time`).resolves.toBeUndefined();
  }
  expect((await migrateToLatest({ connectionString })).length).toBeGreaterThan(interruptible.length);
});
