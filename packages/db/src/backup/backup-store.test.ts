import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type BucketServer, startBucket } from '../../test/bucket-server.ts';
import { storeBackups } from './back-up.ts';
import { BackupError } from './backup-error.ts';
import { openStore } from './backup-store.ts';

const NOW = new Date('2026-11-30T03:00:00Z');
const nameOf = (day: string): string => `promptory-${day.replaceAll('-', '')}T030000Z.zip`;

let bucket: BucketServer;
let folder: string;
beforeEach(async () => {
  bucket = await startBucket();
  folder = await mkdtemp(join(tmpdir(), 'promptory-stored-'));
});
afterEach(async () => {
  await bucket.close();
  await rm(folder, { recursive: true });
});

async function written(day: string, content: Uint8Array | string = day): Promise<string> {
  const path = join(folder, nameOf(day));
  await writeFile(path, content);
  return path;
}

describe('a store of backups', () => {
  it('takes a small file in one request and a large one in parts, and gives each back as it was', async () => {
    const store = openStore(bucket.settings);
    // Three parts: eight mebibytes, eight, and the rest.
    const contents = { '2026-11-28': Buffer.from('small'), '2026-11-29': randomBytes(17 * 2 ** 20) };
    for (const [day, content] of Object.entries(contents)) await store.put(await written(day, content));
    expect(bucket.requests.filter((request) => request === `PUT ${nameOf('2026-11-28')}`)).toHaveLength(1);
    expect(bucket.requests.filter((request) => request === `PUT ${nameOf('2026-11-29')}`)).toHaveLength(3);
    const fetched = await mkdtemp(join(tmpdir(), 'promptory-fetched-'));
    onTestFinished(() => rm(fetched, { recursive: true }));
    for (const [day, content] of Object.entries(contents)) {
      const path = await store.fetch(nameOf(day), fetched);
      expect((await readFile(path)).equals(content)).toBe(true);
      expect((await stat(path)).mode & 0o777).toBe(0o600);
    }
  });

  it('lists the newest first, and takes nothing of another name for a backup', async () => {
    for (const name of [nameOf('2026-11-28'), 'notes.txt', nameOf('2026-11-29'), `${nameOf('2026-11-27')}.age`]) {
      bucket.objects.set(name, Buffer.from(name));
    }
    const listed = await openStore(bucket.settings).list();
    expect(listed.map(({ name }) => name)).toEqual([
      nameOf('2026-11-29'),
      nameOf('2026-11-28'),
      `${nameOf('2026-11-27')}.age`,
    ]);
    expect(listed[0]).toEqual({ name: nameOf('2026-11-29'), madeAt: new Date('2026-11-29T03:00:00Z'), bytes: 30 });
  });

  it('is given what it lacks, the oldest first, and keeps what the rotation keeps', async () => {
    const old = ['2026-01-01', '2026-01-02', '2026-01-03'];
    for (const day of old) bucket.objects.set(nameOf(day), Buffer.from(day));
    bucket.objects.set('notes.txt', Buffer.from('of somebody else'));
    for (const day of ['2026-11-28', '2026-11-29']) await written(day);
    await writeFile(join(folder, 'promptory-20261130T030000Z.zip.unfinished'), 'half');
    const settings = { folder, rotation: { days: 30, least: 3 }, recipients: [] };
    expect(await storeBackups(settings, bucket.settings, NOW)).toEqual({
      put: [nameOf('2026-11-28'), nameOf('2026-11-29')],
      removed: [nameOf('2026-01-02'), nameOf('2026-01-01')],
    });
    expect([...bucket.objects.keys()].toSorted()).toEqual(
      ['notes.txt', ...['2026-01-03', '2026-11-28', '2026-11-29'].map(nameOf)].toSorted(),
    );
    expect(await storeBackups(settings, bucket.settings, NOW)).toEqual({ put: [], removed: [] });
  });

  it('is not trusted to hold what it did not keep whole', async () => {
    const path = await written('2026-11-29', 'all of it');
    bucket.interfere = (request) => {
      if (request.startsWith('PUT')) bucket.objects.set(nameOf('2026-11-29'), Buffer.from('half'));
      return undefined;
    };
    await expect(openStore(bucket.settings).put(path)).rejects.toThrow(/holds 4 of the 9 bytes of promptory-20261129/);
  });

  it('says in one line why it fails, and shows no secret', async () => {
    const path = await written('2026-11-29');
    const wrong = openStore({ ...bucket.settings, secret: 'another secret' });
    const faults = [
      await wrong.put(path).catch((error: unknown) => error),
      await wrong.list().catch((error: unknown) => error),
    ];
    await bucket.close();
    faults.push(
      await openStore(bucket.settings)
        .list()
        .catch((error: unknown) => error),
    );
    for (const fault of faults) {
      expect(fault).toBeInstanceOf(BackupError);
      const { message } = fault as BackupError;
      expect(message).toMatch(/^(?:Listing|Putting \S+ into) http:\S+\/our-backups failed: \S[^\n]*$/);
      expect(message).not.toMatch(/secret/);
    }
    expect((faults[0] as BackupError).message).toMatch(/403|SignatureDoesNotMatch/);
    expect((faults[2] as BackupError).message).toContain('ECONNREFUSED');
    expect(bucket.objects.size).toBe(0);
    bucket = await startBucket();
  });

  it('leaves nothing of a fetch that fails, and fetches no other file', async () => {
    const store = openStore(bucket.settings);
    await expect(store.fetch(nameOf('2026-11-29'), folder)).rejects.toThrow(/holds no promptory-20261129/);
    await expect(store.fetch('../secrets', folder)).rejects.toThrow(/is no name of a backup/);
    bucket.objects.set(nameOf('2026-11-29'), Buffer.from('a'));
    await writeFile(join(folder, `${nameOf('2026-11-29')}.unfinished`), 'of another process');
    await expect(store.fetch(nameOf('2026-11-29'), folder)).rejects.toThrow(BackupError);
    expect(await readdir(folder)).toEqual([]);
    bucket.objects.set(nameOf('2026-11-28'), randomBytes(100_000));
    bucket.breaksOff = (request) => request.startsWith('GET');
    await expect(store.fetch(nameOf('2026-11-28'), folder)).rejects.toThrow(BackupError);
    expect(await readdir(folder)).toEqual([]);
  });
});
