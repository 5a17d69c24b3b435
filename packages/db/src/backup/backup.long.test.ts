import { copyFile, mkdtemp, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fillPromptWorld, givenDatabase, type TestDatabase, withClient } from '@promptory/db/testing';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { sql } from 'kysely';
import { afterAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { insertOneOfEach } from '../../test/schema/given-rows.ts';
import { migrateToLatest, migrationStatus } from '../migrate/migrator.ts';
import { openArchive } from './archive/read-archive.ts';
import { writeArchive } from './archive/write-archive.ts';
import { BackupError, makeBackup, restoreBackup } from './index.ts';
import { keptTables } from './kept-tables.ts';
import { MANIFEST, type Manifest } from './manifest.ts';

const database = await givenDatabase();
await insertOneOfEach(database.pool);
await withClient(database.connectionString, (client) => fillPromptWorld(client, { prompts: 300 }));
const folder = await mkdtemp(join(tmpdir(), 'promptory-backup-'));
afterAll(() => rm(folder, { recursive: true }));

const path = join(folder, 'first.zip');
// What COPY escapes, and what a line could be taken for.
const CONTENT = 'one\ttwo\r\nthree\\.\n\\.\n"four"\\N 中文 😀';
await database.pool.query('UPDATE prompts SET content = $1 WHERE id = (SELECT min(id::text)::uuid FROM prompts)', [
  CONTENT,
]);
await database.pool.query(`CREATE TABLE usage_events_202501 PARTITION OF usage_events
  FOR VALUES FROM ('2025-01-01 00:00:00+00') TO ('2025-02-01 00:00:00+00')`);
const manifest = await makeBackup({ connectionString: database.applicationConnectionString, path });

/** An empty database, of the owner. */
async function emptyDatabase(): Promise<string> {
  const { connectionString } = inject('databaseServer');
  const name = `promptory_restored_${process.pid}_${Math.random().toString(36).slice(2)}`;
  await withClient(connectionString, (client) => client.query(`CREATE DATABASE ${name}`));
  onTestFinished(async () => {
    await withClient(connectionString, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
  });
  const url = new URL(connectionString);
  url.pathname = `/${name}`;
  return url.href;
}

const tablesOf = (connectionString: string): Promise<string[]> =>
  withClient(connectionString, async (client) => (await keptTables(client)).map(({ name }) => name));

it('is one file that only its owner reads, and holds every table but what its manifest needs not', async () => {
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['first.zip']);
  expect(manifest.tables.map(({ name }) => name)).toEqual(await tablesOf(database.connectionString));
  const empty = manifest.tables.filter(({ rows }) => rows === 0).map(({ name }) => name);
  // Counts of names are put together as soon as they are asked for.
  expect(empty.filter((name) => !name.startsWith('graphile_worker.'))).toEqual(['public.name_count_changes']);
});

it('restores every row into an empty database, which counts on, and gives the application its rights', async () => {
  const connectionString = await emptyDatabase();
  const application = new URL(connectionString);
  application.username = new URL(database.applicationConnectionString).username;
  const steps: string[] = [];
  const { jobsLeftOut } = await restoreBackup({
    connectionString,
    applicationConnectionString: application.href,
    path,
    onStep: (step) => steps.push(step),
  });
  expect({ jobsLeftOut, steps: steps.length }).toEqual({ jobsLeftOut: 0, steps: 4 });
  const again = join(folder, 'again.zip');
  const restored = await makeBackup({ connectionString, path: again });
  expect(restored.tables).toEqual(manifest.tables);
  expect(restored.usagePartitions).toEqual(expect.arrayContaining([...manifest.usagePartitions]));
  await rm(again);
  const { rows } = await withClient(connectionString, (client) =>
    client.query('SELECT count(*)::int AS n FROM prompts WHERE content = $1', [CONTENT]),
  );
  expect(rows).toEqual([{ n: 1 }]);
  await expectLiving(connectionString, database);
});

it('shows by a name of its own in the database, and says which table is written, of how many', async () => {
  const written: string[] = [];
  const named = join(folder, 'named.zip');
  const onTable = (
    { name, rows }: { name: string; rows: number },
    { done, tables }: { done: number; tables: number },
  ) => void written.push(`${name} ${rows} ${done}/${tables}`);
  let made: Promise<unknown> | undefined;
  await database.db.transaction().execute(async (trx) => {
    await sql`LOCK TABLE public.version_uses IN ACCESS EXCLUSIVE MODE`.execute(trx);
    made = makeBackup({ connectionString: database.connectionString, path: named, onTable });
    const waiting = async () =>
      (
        await database.pool.query<{ name: string }>(
          "SELECT application_name AS name FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        )
      ).rows.map(({ name }) => name);
    await expect.poll(waiting, { interval: 10 }).toEqual(['promptory-backup']);
  });
  await made;
  await rm(named);
  const all = manifest.tables.length;
  expect(written).toEqual(manifest.tables.map(({ name, rows }, at) => `${name} ${rows} ${at + 1}/${all}`));
});

/** Triggers run, references hold, and what counts by itself gives no value twice. */
async function expectLiving(connectionString: string, original: TestDatabase): Promise<void> {
  const shapeOf = (from: string) =>
    withClient(from, async (client) => {
      const { rows } = await client.query(
        `SELECT 'trigger' AS kind, tgrelid::regclass || ' ' || tgname || ' ' || tgenabled::text AS name FROM pg_trigger WHERE NOT tgisinternal
         UNION ALL SELECT 'constraint', conrelid::regclass || ' ' || conname || ' ' || convalidated || pg_get_constraintdef(oid)
           FROM pg_constraint WHERE connamespace IN ('public'::regnamespace, 'graphile_worker'::regnamespace)
         UNION ALL SELECT 'index', indexdef FROM pg_indexes WHERE schemaname IN ('public', 'graphile_worker')
         ORDER BY 1, 2`,
      );
      return rows;
    });
  expect(await shapeOf(connectionString)).toEqual(await shapeOf(original.connectionString));
}

describe('what is damaged', () => {
  it('is refused before the database is touched, wherever it is damaged', async () => {
    const connectionString = await emptyDatabase();
    const { size } = await stat(path);
    const places = Array.from({ length: 20 }, (_, at) => Math.floor((at * (size - 1)) / 19));
    for (const place of places) {
      const damaged = join(folder, 'damaged.zip');
      await copyFile(path, damaged);
      const file = await open(damaged, 'r+');
      const { buffer } = await file.read(Buffer.alloc(1), 0, 1, place);
      await file.write(Buffer.from([(buffer[0] ?? 0) ^ 1]), 0, 1, place);
      await file.close();
      await expect(restoreBackup({ connectionString, path: damaged })).rejects.toThrow(BackupError);
    }
    expect(await tablesOf(connectionString)).toEqual([]);
  });

  it('is refused where its end, or all but its end, is missing', async () => {
    const connectionString = await emptyDatabase();
    const { size } = await stat(path);
    for (const length of [0, 10, 64, 65, size - 65, size - 1]) {
      const cut = join(folder, 'cut.zip');
      await copyFile(path, cut);
      await truncate(cut, length);
      await expect(restoreBackup({ connectionString, path: cut })).rejects.toThrow(BackupError);
    }
    expect(await tablesOf(connectionString)).toEqual([]);
  });
});

describe('an encrypted backup', () => {
  it('opens by a key of those that it is for, and by no other, and not where it is changed', async () => {
    const [mine, theirs] = await Promise.all([generateIdentity(), generateIdentity()]);
    const [opens, others] = [join(folder, 'mine.txt'), join(folder, 'theirs.txt')];
    await writeFile(opens, `# created: now\n${mine}\n`);
    await writeFile(others, `${theirs}\n`);
    const secret = join(folder, 'secret.zip.age');
    const recipients = [await identityToRecipient(mine)];
    const { tables } = await makeBackup({ connectionString: database.connectionString, path: secret, recipients });
    expect((await readFile(secret)).subarray(0, 21).toString()).toBe('age-encryption.org/v1');
    const connectionString = await emptyDatabase();
    await expect(restoreBackup({ connectionString, path: secret })).rejects.toThrow(/encrypted: BACKUP_AGE_IDENTITIES/);
    await expect(restoreBackup({ connectionString, path: secret, identities: others })).rejects.toThrow(/other keys/);
    const cut = join(folder, 'cut.zip.age');
    await copyFile(secret, cut);
    await truncate(cut, (await stat(secret)).size - 1);
    await expect(restoreBackup({ connectionString, path: cut, identities: opens })).rejects.toThrow(/damaged/);
    expect(await tablesOf(connectionString)).toEqual([]);
    const { manifest: restored } = await restoreBackup({ connectionString, path: secret, identities: opens });
    expect(restored.tables).toEqual(tables);
  });

  it('is for public keys of age alone', async () => {
    const path = join(folder, 'for-nobody.zip.age');
    const made = makeBackup({ connectionString: database.connectionString, path, recipients: ['age1nobody'] });
    await expect(made).rejects.toThrow(/"age1nobody" is no public key of age/);
    expect((await readdir(folder)).filter((name) => name.startsWith('for-nobody'))).toEqual([]);
  });
});

it('is refused where the database holds anything', async () => {
  const connectionString = await emptyDatabase();
  await withClient(connectionString, (client) => client.query('CREATE TABLE of_others (id int)'));
  await expect(restoreBackup({ connectionString, path })).rejects.toThrow(/not empty: it holds public\.of_others/);
  expect(await tablesOf(connectionString)).toEqual(['public.of_others']);
});

it('leaves no file where it fails', async () => {
  const connectionString = await emptyDatabase();
  await expect(makeBackup({ connectionString, path: join(folder, 'none.zip') })).rejects.toThrow(/not migrated/);
  expect((await readdir(folder)).filter((name) => name.startsWith('none'))).toEqual([]);
  expect((await readFile(path)).subarray(0, 2).toString()).toBe('PK');
});

it('restores what an earlier release wrote, and migrates it', async () => {
  const earlier = await emptyDatabase();
  const names = (await migrationStatus({ connectionString: earlier })).map(({ name }) => name);
  await migrateToLatest({ connectionString: earlier, until: names.at(-10) });
  await withClient(earlier, (client) =>
    client.query(`INSERT INTO users (id, email, name, handle) VALUES (gen_random_uuid(), 'ann@a.org', 'Ann', 'ann')`),
  );
  const old = join(folder, 'old.zip');
  expect(await makeBackup({ connectionString: earlier, path: old })).toMatchObject({ migration: names.at(-10) });
  const connectionString = await emptyDatabase();
  await restoreBackup({ connectionString, path: old });
  const states = await migrationStatus({ connectionString });
  expect(states.filter(({ executedAt }) => executedAt === null)).toEqual([]);
  const { rows } = await withClient(connectionString, (client) => client.query('SELECT handle FROM users'));
  expect(rows).toEqual([{ handle: 'ann' }]);
});

/** The same backup, sealed, with another manifest. */
async function withManifest(change: (manifest: Manifest) => unknown): Promise<string> {
  const changed = join(folder, 'changed.zip');
  await rm(changed, { force: true });
  const archive = await openArchive(path);
  const files = await Promise.all(
    [...archive.names].map(async (name) => [name, await archive.readText(name)] as const),
  );
  archive.close();
  const entries = files.map(([name, text]) => ({
    name,
    open: () => Readable.from([name === MANIFEST ? JSON.stringify(change(JSON.parse(text))) : text]),
  }));
  await writeArchive(changed, entries, { madeAt: new Date(manifest.madeAt), recipients: [] });
  return changed;
}

describe('what does not fit its manifest', () => {
  it('is refused before the database is touched, where its form or its migration is of a later release', async () => {
    const connectionString = await emptyDatabase();
    for (const [change, message] of [
      [(given: Manifest) => ({ ...given, promptoryBackup: 2 }), /a later release/],
      [(given: Manifest) => ({ ...given, migration: '29991231T000000_later' }), /this release does not know/],
      [() => [], /no backup of Promptory/],
    ] as const) {
      const changed = await withManifest(change);
      await expect(restoreBackup({ connectionString, path: changed })).rejects.toThrow(message);
    }
    expect(await tablesOf(connectionString)).toEqual([]);
  });

  it('is refused where a table that was loaded is another, and leaves no row', async () => {
    const connectionString = await emptyDatabase();
    const changed = await withManifest((given) => ({
      ...given,
      tables: given.tables.map((table) =>
        table.name === 'public.version_uses' ? { ...table, digest: '0'.repeat(64) } : table,
      ),
    }));
    await expect(restoreBackup({ connectionString, path: changed })).rejects.toThrow(/public\.version_uses holds/);
    const { rows } = await withClient(connectionString, (client) => client.query('SELECT FROM users'));
    expect(rows).toEqual([]);
  });
});
