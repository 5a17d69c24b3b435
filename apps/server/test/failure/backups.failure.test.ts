import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { backupsIn, makeBackup, restoreBackup } from '@promptory/db/backup';
import { type EphemeralCluster, startEphemeralCluster, withClient } from '@promptory/db/testing';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { runScript } from '../e2e/commands/run-script.ts';
import { bareEnvironment, ROOT, runServer, type ServerProcess, type Settings } from '../e2e/harness/run-server.ts';
import { send } from '../e2e/harness/send.ts';
import { killedAtExit } from '../harness/killed-at-exit.ts';
import { JWT_SECRET, KillableSite } from './harness/killable-site.ts';
import { say, share } from './harness/promised.ts';
import { requireSmallDisk } from './harness/small-disk.ts';
import { expectWhole } from './harness/whole-writes.ts';
import { Acknowledged, Writer } from './harness/writer.ts';

// A server that is written to, backups of it by the command, and another PostgreSQL, which is empty.

const ACCOUNT = { email: 'reader@example.org', name: 'Reader', password: 'a lantern in the third field' };

let site: KillableSite;
let server: ServerProcess;
let other: EphemeralCluster;
let folder: string;
let refreshToken: string;
let settings: Settings;

beforeAll(async () => {
  site = await KillableSite.open();
  server = await site.startServer();
  other = await startEphemeralCluster();
  folder = await mkdtemp(join(tmpdir(), 'promptory-backups-'));
  ({ refreshToken } = await send<{ refreshToken: string }>(server.url, 'POST', '/auth/register', ACCOUNT));
  settings = { DATABASE_URL: site.connectionString, BACKUP_FOLDER: folder };
});
afterAll(async () => {
  await site?.close();
  await other?.stop();
  await rm(folder, { recursive: true, force: true });
});

let databases = 0;
/** In the other PostgreSQL, as its owner and as the application. */
async function emptyDatabase(): Promise<{ DATABASE_OWNER_URL: string; DATABASE_URL: string }> {
  databases += 1;
  const pathname = `/restored_${databases}`;
  await withClient(other.connectionString, (client) => client.query(`CREATE DATABASE ${pathname.slice(1)}`));
  const named = (url: string): string => Object.assign(new URL(url), { pathname }).href;
  return {
    DATABASE_OWNER_URL: named(other.connectionString),
    DATABASE_URL: named(other.applicationConnectionString),
  };
}

const newest = async (): Promise<string> => (await backupsIn(folder))[0]?.path ?? '';

it('E6: restores a backup that was written under load into an empty cluster: the same checksums, and people sign in', async () => {
  const acknowledged = new Acknowledged();
  const writers = await Promise.all(['one', 'two'].map((name) => Writer.register(server.url, name, acknowledged)));
  let isOver = false;
  const writing = Promise.all(writers.map((writer) => writer.keepWriting(server.url, () => isOver)));
  await expect.poll(() => acknowledged.count, { interval: 20 }).toBeGreaterThan(share(500, 60));
  const before = Object.assign(new Acknowledged(), {
    versions: new Map(acknowledged.versions),
    entries: new Set(acknowledged.entries),
    // Written while the backup began.
    unanswered: Number.POSITIVE_INFINITY,
  });
  expect(await runScript('backup', { settings })).toMatchObject({ code: 0, stderr: '' });
  isOver = true;
  await writing;

  const path = await newest();
  const restored = await emptyDatabase();
  expect(await runScript('restore', { settings: restored, args: [path] })).toMatchObject({ code: 0 });
  const { DATABASE_OWNER_URL: connectionString } = restored;
  const again = join(folder, 'again.zip');
  const { manifest } = await restoreBackup({
    connectionString: (await emptyDatabase()).DATABASE_OWNER_URL,
    path,
  });
  expect((await makeBackup({ connectionString, path: again })).tables).toEqual(manifest.tables);
  await rm(again);
  await expectWhole(connectionString, before);
  say(`E6: ${before.count} acknowledged writes in a backup of ${manifest.tables.length} tables, all restored`);

  const restarted = await runServer({
    NODE_ENV: 'development',
    DATABASE_URL: restored.DATABASE_URL,
    JWT_SECRET,
    DATA_FOLDER: folder,
  });
  onTestFinished(() => restarted.kill());
  const { email, password } = ACCOUNT;
  await expect(send(restarted.url, 'POST', '/auth/login', { email, password })).resolves.toHaveProperty('accessToken');
  await expect(send(restarted.url, 'POST', '/auth/refresh', { refreshToken })).resolves.toHaveProperty('accessToken');
});

it('E6: notices a backup whose end is missing, in a drill as in a restore, before anything is touched', async () => {
  const path = await newest();
  const cut = join(folder, 'cut.zip');
  await copyFile(path, cut);
  await truncate(cut, Math.floor((await stat(path)).size * 0.9));
  const empty = await emptyDatabase();
  for (const [name, own] of [
    ['restore', empty],
    ['backup:drill', settings],
  ] as const) {
    const refused = await runScript(name, { settings: own, args: [cut] });
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('is damaged') });
  }
  await rm(cut);
  const { rows } = await withClient(empty.DATABASE_OWNER_URL, (client) =>
    client.query(`SELECT FROM pg_tables WHERE schemaname = 'public'`),
  );
  expect(rows).toEqual([]);
});

it('E6: leaves no file that could be taken for a backup where the process is killed while it writes one', async () => {
  const before = await backupsIn(folder);
  const kills = share(10, 2);
  let killed = 0;
  for (let kill = 0; kill < kills; ) {
    const script = join(ROOT, 'packages/db/src/cli/backup.ts');
    const child = spawn(process.execPath, ['--conditions=@promptory/source', script], {
      cwd: ROOT,
      env: { ...bareEnvironment(), ...settings },
      stdio: 'ignore',
    });
    killedAtExit(child);
    const closed = once(child, 'close');
    const isWriting = async () => (await readdir(folder)).some((name) => name.endsWith('.unfinished'));
    while (child.exitCode === null && !(await isWriting())) await sleep(1);
    await sleep(Math.random() * 20);
    child.kill('SIGKILL');
    const [code] = await closed;
    const names = await readdir(folder);
    for (const name of names.filter((each) => each.endsWith('.unfinished'))) await rm(join(folder, name));
    kill += 1;
    // One that was quicker than the kill is whole.
    if (code === null) killed += 1;
  }
  for (const { path } of await backupsIn(folder)) {
    const made = restoreBackup({ connectionString: (await emptyDatabase()).DATABASE_OWNER_URL, path });
    await expect(made).resolves.toHaveProperty('manifest');
  }
  say(`E6: ${killed} of ${kills} backups killed while they were written; what has the name of one restores`);
  expect(killed).toBeGreaterThan(0);
  expect((await backupsIn(folder)).length).toBeGreaterThanOrEqual(before.length);
});

it('E6: says in one sentence that the disk for backups is full, leaves no part of one there, and keeps those before', async () => {
  const disk = await requireSmallDisk(8);
  onTestFinished(() => disk.remove());
  const own = { ...settings, BACKUP_FOLDER: disk.folder };
  expect(await runScript('backup', { settings: own })).toMatchObject({ code: 0 });
  const [kept] = await readdir(disk.folder);
  await disk.fill();
  const refused = await runScript('backup', { settings: own });
  expect(refused).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^.*no space left on device.*\n$/),
  });
  await disk.free();
  expect(await readdir(disk.folder)).toEqual([kept]);
  expect(await runScript('backup:drill', { settings: own })).toMatchObject({ code: 0 });
});
