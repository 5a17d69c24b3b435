import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BucketServer,
  createTestDatabase,
  type EphemeralCluster,
  startBucket,
  startEphemeralCluster,
  withClient,
} from '@promptory/db/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { emptyDatabase } from '../../harness/empty-database.ts';
import { runServer } from '../harness/run-server.ts';
import { runScript } from './run-script.ts';

let cluster: EphemeralCluster;
let folder: string;
let bucket: BucketServer;
beforeAll(async () => {
  cluster = await startEphemeralCluster();
  bucket = await startBucket();
  folder = await mkdtemp(join(tmpdir(), 'promptory-backups-'));
});
afterAll(async () => {
  await cluster.stop();
  await bucket.close();
  await rm(folder, { recursive: true, force: true });
});

it('is written as the application, tried in a drill, and restored to a database that serves', async () => {
  const database = await createTestDatabase({ server: cluster });
  const settings = { DATABASE_URL: database.applicationConnectionString, BACKUP_FOLDER: folder };
  expect(await runScript('seed', { settings })).toMatchObject({ code: 0 });
  const { url, region, keyId, secret } = bucket.settings;
  const store = {
    BACKUP_STORE: url,
    BACKUP_STORE_REGION: region,
    BACKUP_STORE_KEY_ID: keyId,
    BACKUP_STORE_SECRET: secret,
  };
  const made = await runScript('backup', { settings: { ...settings, ...store } });
  expect(made).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^Wrote \S+\.zip: \d+ rows of /) });
  const [name = ''] = await readdir(folder);
  expect(made.stdout).toContain(`\nPut ${name} into ${url}.\n`);
  const { rows } = await database.pool.query('SELECT id, handle FROM users ORDER BY id');
  await database.drop();

  const drill = await runScript('backup:drill', { settings: store, args: ['store:newest'] });
  expect(drill).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(`${name} restores: `) });

  const restored = await emptyDatabase(cluster, 'restored');
  const path = join(folder, name);
  expect(await runScript('restore', { settings: restored, args: [path] })).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Restored \d+ rows as they were at /),
  });
  const found = await withClient(restored.DATABASE_OWNER_URL, (client) =>
    client.query('SELECT id, handle FROM users ORDER BY id'),
  );
  expect(found.rows).toEqual(rows);
  const server = await runServer({
    NODE_ENV: 'development',
    DATABASE_URL: restored.DATABASE_URL,
    JWT_SECRET: 'of no use to anybody but this test run',
    DATA_FOLDER: folder,
  });
  await server.stop();

  const again = await runScript('restore', { settings: restored, args: [path] });
  expect(again).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('The database is not empty') });
  await truncate(path, 1_000);
  const refused = await runScript('backup:drill', { settings: { BACKUP_FOLDER: folder } });
  expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('is damaged') });
});
