import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BucketServer,
  createTestDatabase,
  type EphemeralCluster,
  newBackupKey,
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

it('is encrypted for whom the settings name, and those that are too old go', async () => {
  const database = await createTestDatabase({ server: cluster });
  const own = await mkdtemp(join(folder, 'own-'));
  const old = [
    'promptory-20260101T000000Z.zip',
    'promptory-20260102T000000Z.zip.age',
    'promptory-20260103T000000Z.zip',
  ];
  for (const name of old) await writeFile(join(own, name), '');
  const [mine, theirs] = [await newBackupKey(), await newBackupKey()];
  await writeFile(join(own, 'key.txt'), mine.identity);
  const settings = {
    DATABASE_URL: database.applicationConnectionString,
    DATA_FOLDER: join(own, 'unused'),
    BACKUP_FOLDER: own,
    BACKUP_KEEP_DAYS: '3',
    BACKUP_KEEP_LEAST: '2',
    BACKUP_AGE_RECIPIENTS: ` ${theirs.recipient}, ${mine.recipient} `,
    BACKUP_AGE_IDENTITIES: join(own, 'key.txt'),
  };
  const made = await runScript('backup', { settings });
  await database.drop();
  const [name = ''] = (await readdir(own)).filter((file) => file.endsWith('.zip.age') && !old.includes(file));
  expect({ ...made, stdout: made.stdout.trim().split('\n') }).toEqual({
    ...{ code: 0, stderr: '' },
    stdout: [
      expect.stringMatching(
        /^Wrote \S+\.zip\.age: [\d,]+ rows of \d+ tables at \d{8}T\d{6}_\w+, \d{1,3}(?:,\d{3})+ bytes\.$/,
      ),
      `Removed ${join(own, old[1] ?? '')}.`,
      `Removed ${join(own, old[0] ?? '')}.`,
    ],
  });
  expect((await readdir(own)).sort()).toEqual(['key.txt', old[2], name].sort());

  const restored = await emptyDatabase(cluster, 'decrypted');
  const given = { ...settings, ...restored };
  const done = await runScript('restore', { settings: given, args: [join(own, name)] });
  expect(done).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Restored [\d,]+ rows as they were at \S+Z, each table compared\.\n$/),
  });
  const locked = await runScript('backup:drill', { settings: { BACKUP_FOLDER: own } });
  expect(locked).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('is encrypted: BACKUP_AGE_IDENTITIES'),
  });
});
