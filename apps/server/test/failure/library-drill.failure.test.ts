import { copyFile, mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backupsIn, makeBackup, restoreBackup } from '@promptory/db/backup';
import { type EphemeralCluster, startEphemeralCluster, withClient } from '@promptory/db/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runScript } from '../e2e/commands/run-script.ts';
import { runServer, type ServerProcess } from '../e2e/harness/run-server.ts';
import { send } from '../e2e/harness/send.ts';
import { emptyDatabase } from '../harness/empty-database.ts';
import { type FilledLibrary, fillLibrary } from '../harness/filled-library.ts';
import { givenPrompts } from '../harness/given-prompts.ts';
import { JWT_SECRET } from './harness/killable-site.ts';
import { say } from './harness/promised.ts';
import { stopwatch } from './harness/stopwatch.ts';

// A library of 1,500 prompts with versions, groups, labels and people is backed up, lost and restored. Each step goes on where the
// one before it stopped.

const DAMAGED = 20;

let cluster: EphemeralCluster;
let urls: { DATABASE_OWNER_URL: string; DATABASE_URL: string };
let folder: string;
let server: ServerProcess | undefined;
let library: FilledLibrary;
let path: string;
let tables: Awaited<ReturnType<typeof makeBackup>>['tables'];

beforeAll(async () => {
  cluster = await startEphemeralCluster();
  urls = await emptyDatabase(cluster, 'library');
  folder = await mkdtemp(join(tmpdir(), 'promptory-library-'));
  expect(await runScript('migrate', { settings: urls })).toMatchObject({ code: 0 });
  server = await start();
  library = await fillLibrary(server.url, await givenPrompts());
  await server.stop();
});
afterAll(async () => {
  await server?.kill();
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

const start = (): Promise<ServerProcess> =>
  runServer({
    NODE_ENV: 'development',
    DATABASE_URL: urls.DATABASE_URL,
    JWT_SECRET,
    DATA_FOLDER: folder,
    RATE_LIMIT_USER: '1000000/60',
  });

it('E6: restores a library that was dropped, with the checksum of each table', async () => {
  const settings = { ...urls, BACKUP_FOLDER: folder };
  const timed = stopwatch();
  expect(await runScript('backup', { settings })).toMatchObject({ code: 0 });
  const backedUp = timed();
  path = (await backupsIn(folder))[0]?.path ?? '';
  const check = (name: string) => makeBackup({ connectionString: urls.DATABASE_OWNER_URL, path: join(folder, name) });
  ({ tables } = await check('before.zip'));
  const rows = (name: string) => tables.find((table) => table.name === `public.${name}`)?.rows;
  expect([rows('prompts'), rows('prompt_versions'), rows('groups')]).toEqual([
    library.prompts,
    library.versions,
    library.groups,
  ]);
  await withClient(cluster.connectionString, (client) => client.query('DROP DATABASE library WITH (FORCE)'));
  await emptyDatabase(cluster, 'library');
  const begun = timed();
  expect(await runScript('restore', { settings, args: [path] })).toMatchObject({ code: 0 });
  const restored = timed() - begun;
  expect((await check('after.zip')).tables).toEqual(tables);
  say(
    `E6: ${library.prompts} prompts with ${library.versions} versions, ${library.groups} groups and ${library.people.length} people: backed up in ${(backedUp / 1_000).toFixed(1)} s (${(await stat(path)).size} bytes), restored in ${(restored / 1_000).toFixed(1)} s; ${tables.length} checksums are equal`,
  );
});

it('E6: lets everybody in then, and has each label where it pointed', async () => {
  server = await start();
  const tokens: string[] = [];
  for (const { email, password } of library.people) {
    const { accessToken } = await send<{ accessToken: string }>(server.url, 'POST', '/auth/login', { email, password });
    tokens.push(accessToken);
  }
  expect(library.labels.size).toBeGreaterThan(250);
  const headers = { authorization: `Bearer ${tokens[0]}` };
  const moved: string[] = [];
  for (const [label, version] of library.labels) {
    const [id, name] = label.split(' ');
    const found = await send<{ version: number }>(
      server.url,
      'GET',
      `/prompts/${id}/labels/${name}`,
      undefined,
      headers,
    );
    if (found.version !== version) moved.push(label);
  }
  expect(moved).toEqual([]);
  await server.stop();
});

it('E6: refuses each of twenty damaged backups of it, and touches no database', async () => {
  const { DATABASE_OWNER_URL: connectionString } = await emptyDatabase(cluster, 'untouched');
  const { size } = await stat(path);
  const damaged = join(folder, 'damaged.zip');
  let refused = 0;
  for (let at = 0; at < DAMAGED; at += 1) {
    await copyFile(path, damaged);
    const place = Math.floor(((at + Math.random()) * size) / DAMAGED);
    const file = await open(damaged, 'r+');
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, place);
    await file.write(Buffer.from([(buffer[0] ?? 0) ^ (1 << (at % 8))]), 0, 1, place);
    await file.close();
    await expect(restoreBackup({ connectionString, path: damaged }), `byte ${place}`).rejects.toThrow(/is damaged/);
    refused += 1;
  }
  expect(refused).toBe(DAMAGED);
  const { rows } = await withClient(connectionString, (client) =>
    client.query(`SELECT FROM pg_tables WHERE schemaname = 'public'`),
  );
  expect(rows).toEqual([]);
});
