import { execFile } from 'node:child_process';
import { chown, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  createTestDatabase,
  type EphemeralCluster,
  installedBinaries,
  startEphemeralCluster,
  type TestDatabase,
  withClient,
} from '@promptory/db/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runServer, type ServerProcess } from '../e2e/harness/run-server.ts';
import { send } from '../e2e/harness/send.ts';
import { quietPort } from '../harness/quiet-port.ts';
import { runbookBlocks } from '../harness/runbook.ts';
import { JWT_SECRET } from './harness/killable-site.ts';
import { say } from './harness/promised.ts';

// The commands of docs/operations.md, as they are written there, on Debian's PostgreSQL.

const VERSION = 15;
const SECOND_MS = 1_000;
const ACCOUNT = { email: 'reader@example.org', name: 'Reader', password: 'a lantern in the third field' };

let cluster: EphemeralCluster;
let database: TestDatabase;
let folder: string;
let server: ServerProcess | undefined;
let places: Record<'WAL' | 'BASE' | 'RESTORED', string>;
let restoredPort: number;

beforeAll(async () => {
  const binaries = installedBinaries(VERSION);
  if (binaries === undefined)
    throw new Error(
      `This needs apt-get install --no-install-recommends postgresql-${VERSION}: no point in time was restored.`,
    );
  cluster = await startEphemeralCluster({ binaries, replicates: true });
  folder = await mkdtemp(join(tmpdir(), 'promptory-wal-'));
  places = { WAL: join(folder, 'wal'), BASE: join(folder, 'base'), RESTORED: join(folder, 'restored') };
  const { user } = cluster.files;
  for (const place of [folder, places.WAL, places.BASE]) {
    await mkdir(place, { recursive: true });
    if (user !== undefined) await chown(place, user.uid, user.gid);
  }
  restoredPort = await quietPort();
});
afterAll(async () => {
  await server?.kill();
  await database?.drop().catch(() => undefined);
  const { binaries, user } = cluster.files;
  await run(`pg_ctl --pgdata="${places.RESTORED}" --mode=immediate --wait stop`).catch(() => undefined);
  await cluster.stop();
  expect(binaries.major).toBe(VERSION);
  expect(user === undefined || user.uid > 0).toBe(true);
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** As the user of the database's machine, who has PostgreSQL's programs and its superuser. */
async function run(command: string, more: Record<string, string> = {}): Promise<string> {
  const { binaries, user, port, password } = cluster.files;
  const env = {
    ...places,
    PATH: `${dirname(binaries.postgres)}:${process.env.PATH}`,
    PGHOST: '127.0.0.1',
    PGPORT: String(port),
    PGUSER: 'postgres',
    PGPASSWORD: password,
    PGDATABASE: 'postgres',
    ...more,
  };
  const { stdout } = await promisify(execFile)('/bin/sh', ['-ec', command], { cwd: folder, env, ...user });
  return stdout;
}

it('E6: restores to one second before a deletion, by the commands of the runbook', async () => {
  const [archive = '', base = '', restore = ''] = await runbookBlocks('To a point in time');
  await run(archive);
  // Whoever runs it restarts it then: archiving begins with a start.
  const { binaries, user, dataFolder, port } = cluster.files;
  await run(`pg_ctl --pgdata="${dataFolder}" --mode=fast --wait -o "-p ${port}" restart >/dev/null 2>&1`);
  expect(binaries.major).toBe(VERSION);
  database = await createTestDatabase({ server: cluster });
  server = await runServer({
    NODE_ENV: 'development',
    DATABASE_URL: database.applicationConnectionString,
    JWT_SECRET,
    DATA_FOLDER: folder,
  });
  const { accessToken } = await send<{ accessToken: string }>(server.url, 'POST', '/auth/register', ACCOUNT);
  const headers = { authorization: `Bearer ${accessToken}` };
  const create = (title: string) =>
    send<{ id: string }>(server?.url ?? '', 'POST', '/prompts', { title, content: 'Say it' }, headers);
  const first = await create('Before the copy of the files');
  await run(base);
  const second = await create('Behind the copy of the files');
  await sleep(1.2 * SECOND_MS);
  const [mistake] = await withClient(database.connectionString, async (client) => {
    const { rows } = await client.query<{ at: Date }>(
      'WITH gone AS (UPDATE prompts SET deleted_at = now() RETURNING now() AS at) SELECT max(at) AS at FROM gone',
    );
    return rows;
  });
  const third = await create('Behind the mistake');
  await server.stop();
  await database.pool.query('SELECT 1');
  await run('psql --quiet --command="SELECT pg_switch_wal()" >/dev/null');
  await expect
    .poll(() =>
      run(
        'psql --tuples-only --no-align --command="SELECT failed_count, last_archived_wal >= pg_walfile_name(pg_current_wal_lsn() - 1) FROM pg_stat_archiver"',
      ).then((line) => line.trim()),
    )
    .toMatch(/\|t$/);

  const when = new Date((mistake?.at.getTime() ?? 0) - SECOND_MS).toISOString().replace('T', ' ').replace('Z', '+00');
  await run(restore, { WHEN: when, PORT: String(restoredPort) }).catch(async (error: unknown) => {
    throw new Error(await readFile(join(places.RESTORED, 'recovery.log'), 'utf8'), { cause: error });
  });
  const restored = Object.assign(new URL(database.applicationConnectionString), { port: String(restoredPort) }).href;
  const found = await withClient(
    Object.assign(new URL(database.connectionString), { port: String(restoredPort) }).href,
    async (client) => {
      const { rows } = await client.query<{ id: string; deleted_at: Date | null }>(
        'SELECT id, deleted_at FROM prompts ORDER BY id',
      );
      return rows;
    },
  );
  expect(found).toEqual([first, second].map(({ id }) => ({ id, deleted_at: null })));
  expect(found.map(({ id }) => id)).not.toContain(third.id);
  server = await runServer({ NODE_ENV: 'development', DATABASE_URL: restored, JWT_SECRET, DATA_FOLDER: folder });
  const { email, password } = ACCOUNT;
  await expect(send(server.url, 'POST', '/auth/login', { email, password })).resolves.toHaveProperty('accessToken');
  say(`E6: restored to ${when}, one second before ${mistake?.at.toISOString()}`);
  expect(user === undefined || user.uid > 0).toBe(true);
});
