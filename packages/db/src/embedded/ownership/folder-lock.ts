import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError } from '../embedded-postgres-error.ts';
import { holderLives, holderRecord } from './process-identity.ts';

// Longer than anything a holder does under the lock: first start, or recovery after a crash.
const WAIT_MS = 180_000;
// A lock file is empty for an instant between its making and its writing, a break guard stands for one.
const INSTANT_MS = 5_000;

/** Runs `fn` while holding the lock file `path`, which processes of this machine take in turn. One left by a dead process is broken. */
export async function withFolderLock<T>(path: string, fn: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + WAIT_MS;
  while (!(await create(path))) {
    if (Date.now() > deadline) throw new EmbeddedPostgresError(`Another process has held ${path} for too long.`);
    await breakIfDead(path);
    await sleep(20 + Math.random() * 30);
  }
  try {
    return await fn();
  } finally {
    await rm(path, { force: true });
  }
}

async function create(path: string): Promise<boolean> {
  try {
    await writeFile(path, holderRecord(path), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === 'EEXIST') return false;
    throw error;
  }
}

/** Only one process at a time may check and remove a lock, or a second would remove what a third has just taken. */
async function breakIfDead(path: string): Promise<void> {
  if (!(await isDead(path))) return;
  const guard = `${path}.break`;
  if (!(await create(guard))) {
    if ((await ageMs(guard)) > INSTANT_MS) await rm(guard, { force: true });
    return;
  }
  try {
    if (await isDead(path)) await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

async function isDead(path: string): Promise<boolean> {
  try {
    const holder = await readFile(path, 'utf8');
    return holder === '' ? (await ageMs(path)) > INSTANT_MS : !holderLives(holder, path);
  } catch {
    return false;
  }
}

async function ageMs(path: string): Promise<number> {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch {
    return 0;
  }
}
