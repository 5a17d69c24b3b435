import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, givenDatabase } from '../../test/index.ts';
import {
  countPending,
  MigrationError,
  migrateDown,
  migrateDownUntil,
  migrateToLatest,
  migrationStatus,
} from './migrator.ts';

const test = await givenDatabase();
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptory-migrations-'));
  // These tests bring migrations of their own.
  await sql`drop table if exists kysely_migration, kysely_migration_lock, made`.execute(test.db);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function migration(name: string, up: string, down?: string, more = ''): Promise<void> {
  const run = (text: string): string =>
    `db.getExecutor().executeQuery({ sql: ${JSON.stringify(text)}, parameters: [], query: { kind: 'RawNode' }, queryId: { queryId: 'q' } })`;
  const lines = [`export async function up(db) { await ${run(up)}; }`, more];
  if (down !== undefined) lines.push(`export async function down(db) { await ${run(down)}; }`);
  await writeFile(join(folder, `${name}.js`), lines.join('\n'));
}

const options = (): { connectionString: string; folder: string } => ({
  connectionString: test.connectionString,
  folder,
});

async function isMigrationWaiting(): Promise<boolean> {
  const { rows } = await sql`
    select from pg_locks where relation = 'made'::regclass and mode = 'AccessExclusiveLock' and not granted
  `.execute(test.db);
  return rows.length > 0;
}

describe('migrateToLatest', () => {
  it('applies each migration once when eight start at the same time', async () => {
    await migration('20260101T000000_make', 'create table made (n int)');
    await migration('20260101T000001_fill', 'insert into made select 1 from pg_sleep(0.2)');
    const applied = await Promise.all(
      Array.from({ length: 8 }, () => migrateToLatest({ ...options(), jobQueue: false })),
    );
    expect(applied.flat().sort()).toEqual(['20260101T000000_make', '20260101T000001_fill']);
    expect((await sql`select n from made`.execute(test.db)).rows).toEqual([{ n: 1 }]);
  });

  it('keeps what was applied before a failure, nothing of the one that failed, and says which it was', async () => {
    await migration('20260101T000000_make', 'create table made (n int)');
    await migration('20260101T000001_broken', 'insert into made values (1); select 1/0');
    await expect(migrateToLatest(options())).rejects.toThrow(
      new MigrationError('The migration 20260101T000001_broken failed: division by zero'),
    );
    const states = await migrationStatus(options());
    expect(states.map((state) => state.executedAt !== null)).toEqual([true, false]);
    expect((await sql`select n from made`.execute(test.db)).rows).toEqual([]);
  });

  it('counts what is pending by names alone: on an empty database, behind some, and where all are applied', async () => {
    await migration('20260101T000000_make', 'create table made (n int)');
    expect(await countPending(options())).toBe(1);
    await migrateToLatest({ ...options(), jobQueue: false });
    expect(await countPending(options())).toBe(0);
    await writeFile(join(folder, '20260101T000001_later.ts'), 'throw new Error("loaded");');
    expect(await countPending(options())).toBe(1);
  });

  it('runs a migration outside a transaction when it asks for that', async () => {
    await migration('20260101T000000_make', 'create table made (n int)');
    await migration(
      '20260101T000001_index',
      'create index concurrently made_n on made (n)',
      undefined,
      'export const transaction = false;',
    );
    expect(await migrateToLatest(options())).toHaveLength(2);
  });

  it('lets writers pass while it waits for a table in use, and succeeds when the table is free', async () => {
    await migration('20260101T000000_make', 'create table made (n int)');
    await migrateToLatest(options());
    await migration('20260101T000001_alter', 'alter table made add column m int');
    let migrating: Promise<string[]> | undefined;
    await test.db.transaction().execute(async (trx) => {
      await sql`set local idle_in_transaction_session_timeout = 0`.execute(trx);
      await sql`insert into made values (1)`.execute(trx);
      migrating = migrateToLatest(options());
      // A migration that waited in the table's queue of locks, not giving way, would hold the writers behind it up until
      // this transaction ends, which waits for them.
      await expect.poll(isMigrationWaiting, { interval: 10 }).toBe(true);
      for (let round = 0; round < 8; round += 1) {
        await sql`insert into made (n) values (2)`.execute(test.db);
        await sql`select pg_sleep(0.2)`.execute(trx);
      }
    });
    expect(await migrating).toEqual(['20260101T000001_alter']);
    expect((await sql`select count(*) as n from made`.execute(test.db)).rows).toEqual([{ n: 9 }]);
  });

  it('refuses a database whose applied migration has no file any more', async () => {
    await migration('20260101T000000_make', 'create table made (n int)');
    await migrateToLatest(options());
    await rm(join(folder, '20260101T000000_make.js'));
    await migration('20260101T000001_other', 'select 1');
    await expect(migrateToLatest(options())).rejects.toThrow(
      /^corrupted migrations: .*20260101T000000_make is missing$/,
    );
  });

  it('refuses a misnamed file', async () => {
    await migration('Make', 'select 1');
    await expect(migrateToLatest(options())).rejects.toThrow("Make.js is no migration's name");
  });
});

describe('migrateDown', () => {
  it('takes back one migration at a time, down to none', async () => {
    await migration('20260101T000000_make', 'create table made (n int)', 'drop table made');
    await migration('20260101T000001_grow', 'alter table made add column m int', 'alter table made drop column m');
    await migrateToLatest(options());
    expect(await migrateDown(options())).toBe('20260101T000001_grow');
    expect(await migrateDown(options())).toBe('20260101T000000_make');
    expect(await migrateDown(options())).toBeNull();
    expect((await sql`select to_regclass('made') as made`.execute(test.db)).rows).toEqual([{ made: null }]);
  });

  it('refuses to pass over a migration without a way back', async () => {
    await migration('20260101T000000_make', 'create table made (n int)');
    await migrateToLatest(options());
    await expect(migrateDown(options())).rejects.toThrow('has no down() and stays applied');
  });
});

describe('migrateDownUntil', () => {
  it('takes back all behind one that stays, and nothing where that is not applied or one behind it has no way back', async () => {
    await migration('20260101T000000_make', 'create table made (n int)', 'drop table made');
    for (const [at, column] of ['m', 'k', 'l'].entries()) {
      const [up, down] = [`alter table made add column ${column} int`, `alter table made drop column ${column}`];
      await migration(`20260101T00000${at + 1}_${column}`, up, down);
    }
    await migrateToLatest(options());
    const until = '20260101T000001_m';
    const steps: string[] = [];
    const onStep = (name: string, direction: string): void => void steps.push(`${direction} ${name}`);
    const back = ['20260101T000003_l', '20260101T000002_k'];
    expect(await migrateDownUntil({ ...options(), until, onStep })).toEqual(back);
    expect(steps).toEqual(back.map((name) => `down ${name}`));
    expect(await migrateDownUntil({ ...options(), until })).toEqual([]);
    await expect(migrateDownUntil({ ...options(), until: '20260101T000002_k' })).rejects.toThrow(
      'No migration 20260101T000002_k is applied.',
    );
    await migration('20260101T000002_k', 'alter table made add column k int');
    await migration('20260101T000004_none', 'select 1');
    await migrateToLatest(options());
    await expect(migrateDownUntil({ ...options(), until })).rejects.toThrow('20260101T000004_none has no down()');
    expect(await migrateDown(options()).catch(String)).toContain('20260101T000004_none has no down()');
  });
});

describe('the migrations of this package', () => {
  it('go all the way down and up again', async () => {
    const fresh = await createTestDatabase();
    try {
      const { connectionString } = fresh;
      const names = (await migrationStatus({ connectionString })).map((state) => state.name);
      const back: string[] = [];
      for (
        let name = await migrateDown({ connectionString });
        name !== null;
        name = await migrateDown({ connectionString })
      )
        back.push(name);
      expect(back.reverse()).toEqual(names);
      expect(await migrateToLatest({ connectionString })).toEqual(names);
      expect(await migrateToLatest({ connectionString })).toEqual([]);
    } finally {
      await fresh.drop();
    }
  });
});
