import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const TRIES = 50;
const BETWEEN_TRIES_MS = 20;

/**
 * The secret of development, stored in the data folder and made at the first start: so a restart signs nobody out.
 *
 * @throws Error where the file has none, as after a start that was ended while it wrote it
 */
export async function loadOrCreateJwtSecret(dataFolder: string): Promise<string> {
  const file = join(dataFolder, 'jwt-secret');
  await mkdir(dataFolder, { recursive: true });
  try {
    await writeFile(file, `${randomBytes(48).toString('base64url')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (Reflect.get(Object(error), 'code') !== 'EEXIST') throw error;
  }
  for (let tries = 0; tries < TRIES; tries++) {
    const secret = (await readFile(file, 'utf8')).trim();
    if (secret !== '') return secret;
    // Another start has made the file, and is about to write it.
    await sleep(BETWEEN_TRIES_MS);
  }
  throw new Error(`${file} holds no secret. Remove it: the next start makes another one, and everybody signs in anew.`);
}
