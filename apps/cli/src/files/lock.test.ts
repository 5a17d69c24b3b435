import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ExitCode } from '../failure.ts';
import { type LockEntry, readLock, writeLock } from './lock.ts';

const url = 'https://promptory.example';
const entry: LockEntry = { id: 'i', version: 1, file: 'f', server: 's' };

function givenRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'promptory-lock-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

it('is read as it was written, in the order of slugs', async () => {
  const root = givenRoot();
  await writeLock(root, { url, entries: new Map(Object.entries({ b: entry, a: { ...entry, version: 2 } })) });
  expect([...(await readLock(root, url)).entries]).toEqual([
    ['a', { ...entry, version: 2 }],
    ['b', entry],
  ]);
});

it.each(Object.keys(entry))('is refused where an entry says no %s', async (field) => {
  const root = givenRoot();
  await writeLock(root, { url, entries: new Map(Object.entries({ a: entry, b: entry })) });
  const path = join(root, 'promptory.lock.json');
  const lock = JSON.parse(await readFile(path, 'utf8'));
  for (const wrong of [undefined, null, 1.5, [1]]) {
    lock.prompts.b[field] = wrong;
    await writeFile(path, JSON.stringify(lock));
    await expect(readLock(root, url)).rejects.toMatchObject({
      exitCode: ExitCode.refused,
      message: expect.stringContaining('cannot be read'),
    });
  }
});
