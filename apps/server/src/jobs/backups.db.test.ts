import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BucketServer, createTestDatabase, startBucket, type TestDatabase } from '@promptory/db/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openBackups } from './backups.ts';

const HOUR_MS = 3_600_000;
const START = new Date('2026-11-30T01:37:00Z').getTime();

let database: TestDatabase;
let folder: string;
let bucket: BucketServer;
beforeEach(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'promptory-nightly-'));
  bucket = await startBucket();
});
afterEach(async () => {
  await database.drop();
  await bucket.close();
  await rm(folder, { recursive: true });
});

it('puts each backup into the store, makes up for a night on which it was away, and looks there once an hour', async () => {
  let now = START;
  const lines: string[] = [];
  const line = (_: unknown, message?: string): void => void lines.push(message ?? '');
  const backups = openBackups(
    { folder, rotation: {}, recipients: [], store: bucket.settings },
    {
      connectionString: database.applicationConnectionString,
      clock: { now: () => new Date(now) },
      log: { info: line, warn: line },
    },
  );
  bucket.interfere = () => 503;
  await backups.make();
  expect(await readdir(folder)).toHaveLength(1);
  expect(bucket.objects.size).toBe(0);
  expect(await backups.newestStoredAt?.()).toBeNull();

  bucket.interfere = () => undefined;
  now += 24 * HOUR_MS;
  await backups.make();
  expect([...bucket.objects.keys()].toSorted()).toEqual((await readdir(folder)).toSorted());
  expect(bucket.objects.size).toBe(2);
  expect(lines).toEqual([
    'a backup was made',
    'a backup was not stored',
    'a backup was made',
    'the store has every backup',
  ]);

  const looks = (): number => bucket.requests.filter((request) => request === 'GET').length;
  const before = looks();
  for (let minute = 0; minute < 3; minute += 1) {
    expect(await backups.newestStoredAt?.()).toEqual(new Date(START + 24 * HOUR_MS));
    now += HOUR_MS / 60;
  }
  expect(looks() - before).toBe(1);
  now += HOUR_MS;
  await backups.newestStoredAt?.();
  expect(looks() - before).toBe(2);
});

it('asks for no store where none is set', async () => {
  const backups = openBackups(
    { folder, rotation: {}, recipients: [] },
    {
      connectionString: database.applicationConnectionString,
      clock: { now: () => new Date(START) },
      log: { info: () => undefined, warn: () => undefined },
    },
  );
  expect(backups.newestStoredAt).toBeNull();
  await backups.make();
  expect(bucket.requests).toEqual([]);
});
