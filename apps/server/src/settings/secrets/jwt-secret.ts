import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The secret of development, stored in the data folder and made at the first start: so a restart signs nobody out. */
export async function loadOrCreateJwtSecret(dataFolder: string): Promise<string> {
  const file = join(dataFolder, 'jwt-secret');
  await mkdir(dataFolder, { recursive: true });
  try {
    await writeFile(file, `${randomBytes(48).toString('base64url')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (Reflect.get(Object(error), 'code') !== 'EEXIST') throw error;
  }
  return (await readFile(file, 'utf8')).trim();
}
