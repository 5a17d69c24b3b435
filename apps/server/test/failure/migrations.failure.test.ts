import { migrateDown, migrateToLatest, migrationStatus } from '@promptory/db/migrate';
import { type EphemeralCluster, fillPromptWorld, startEphemeralCluster, withClient } from '@promptory/db/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { emptyDatabase } from '../harness/empty-database.ts';
import { type MigrateProcess, startMigrating } from './harness/migrate-process.ts';
import { say, share, withinMs } from './harness/promised.ts';
import { schemaOf } from './harness/schema-of.ts';
import { SteadyWrites } from './harness/steady-writes.ts';

const MIGRATORS = 8;
const BLOCKED_MS = 1_000;
/** The last of the migrations which make the tables that every release writes. */
const FIRST_TABLES = '20261122T090600_audit_log';

let cluster: EphemeralCluster;
let names: string[];
/** Of a database that was migrated by one process, undisturbed. */
let schema: string[];
beforeAll(async () => {
  cluster = await startEphemeralCluster({ onDisk: true });
  const undisturbed = await emptyDatabase(cluster, 'undisturbed');
  await migrateToLatest({
    connectionString: undisturbed.DATABASE_OWNER_URL,
    applicationConnectionString: undisturbed.DATABASE_URL,
  });
  names = (await migrationStatus({ connectionString: undisturbed.DATABASE_OWNER_URL })).map(({ name }) => name);
  schema = await schemaOf(undisturbed.DATABASE_OWNER_URL);
});
afterAll(() => cluster?.stop());

it('E5: applies each migration once where eight processes migrate at the same time', async () => {
  const urls = await emptyDatabase(cluster, 'by_eight');
  const migrators = Array.from({ length: MIGRATORS }, () => startMigrating(urls));
  const codes = await Promise.all(migrators.map(({ ended }) => ended));
  expect(codes, migrators.map((one) => one.said()).join('\n')).toEqual(migrators.map(() => 0));
  expect(migrators.flatMap(({ applied }) => applied)).toEqual(names);
  expect(await schemaOf(urls.DATABASE_OWNER_URL)).toEqual(schema);
});

it('E5: leaves nothing by half where a process that migrates is killed, and the next one goes on', async () => {
  const rounds = share(10, 2);
  for (let round = 0; round < rounds; round += 1) {
    const urls = await emptyDatabase(cluster, `killed_${round}`);
    const kills = 3;
    let applied = 0;
    for (let kill = 0; kill < kills; kill += 1) {
      const left = names.length - applied;
      const until = Math.ceil((Math.random() * left) / 2);
      const migrator: MigrateProcess = startMigrating(urls, () => {
        if (migrator.applied.length >= until) migrator.kill();
      });
      expect(await migrator.ended, migrator.said()).toBeNull();
      const states = await migrationStatus({ connectionString: urls.DATABASE_OWNER_URL });
      applied = states.filter(({ executedAt }) => executedAt !== null).length;
    }
    const last = startMigrating(urls);
    expect(await last.ended, last.said()).toBe(0);
    expect(await schemaOf(urls.DATABASE_OWNER_URL)).toEqual(schema);
  }
});

it('E5: blocks no write for a second, whichever migration runs on tables that are written to', async () => {
  const urls = await emptyDatabase(cluster, 'under_load');
  const { DATABASE_OWNER_URL: connectionString } = urls;
  await migrateToLatest({ connectionString });
  const prompts = share(5_000, 300);
  await withClient(connectionString, (client) => fillPromptWorld(client, { prompts }));
  for (let last = names.at(-1); last !== FIRST_TABLES; ) {
    const back = await migrateDown({ connectionString });
    last = names[names.indexOf(back ?? '') - 1];
    if (last === undefined) throw new Error(`${FIRST_TABLES} was taken back too.`);
  }
  const first = names.indexOf(FIRST_TABLES) + 1;
  const counts = () =>
    withClient(connectionString, async (client) => {
      const { rows } = await client.query(
        'SELECT (SELECT count(*)::int FROM users) AS users, (SELECT count(*)::int FROM prompts) AS prompts',
      );
      return rows[0];
    });
  const before = await counts();
  const writes = new SteadyWrites(connectionString, 4);
  writes.during = names[first] ?? '';
  const migrator = startMigrating(urls, (name) => {
    writes.during = names[names.indexOf(name) + 1] ?? 'after';
  });
  const code = await migrator.ended;
  await writes.stop();
  expect(code, migrator.said()).toBe(0);
  expect(migrator.applied).toEqual(names.slice(first));
  const longest = [...writes.longest.values()].toSorted((one, other) => other.ms - one.ms).slice(0, 3);
  say(
    `E5: ${migrator.applied.length} migrations among ${prompts} prompts beside ${writes.count} writes; the longest waits: ${longest.map(({ ms, during }) => `${ms.toFixed(0)} ms during ${during}`).join(', ')}`,
  );
  expect(writes.failures).toEqual([]);
  expect(writes.count).toBeGreaterThan(migrator.applied.length);
  expect(longest.filter(({ ms }) => ms >= withinMs(BLOCKED_MS))).toEqual([]);
  expect(await counts()).toEqual(before);
  expect(await schemaOf(connectionString)).toEqual(schema);
}, 1_200_000);
