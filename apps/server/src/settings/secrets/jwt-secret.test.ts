import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { loadOrCreateJwtSecret } from './jwt-secret.ts';

async function givenFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'promptory-secret-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

it('makes a secret at the first start, which nobody else may read, and keeps it', async () => {
  const data = join(await givenFolder(), 'not', 'there yet');
  const [secret, same] = [await loadOrCreateJwtSecret(data), await loadOrCreateJwtSecret(data)];
  expect(secret).toMatch(/^[\w-]{64}$/);
  expect(same).toBe(secret);
  expect(await readdir(data)).toEqual(['jwt-secret']);
  expect((await stat(join(data, 'jwt-secret'))).mode & 0o777).toBe(0o600);
  expect(await loadOrCreateJwtSecret(await givenFolder())).not.toBe(secret);
});

it('takes what somebody has put there, and says why where it can write none', async () => {
  const data = await givenFolder();
  await writeFile(join(data, 'jwt-secret'), ' given by hand\n');
  expect(await loadOrCreateJwtSecret(data)).toBe('given by hand');
  expect(await readFile(join(data, 'jwt-secret'), 'utf8')).toBe(' given by hand\n');
  await expect(loadOrCreateJwtSecret(join(data, 'jwt-secret'))).rejects.toThrow('EEXIST');
});

it('waits for the secret that another start is about to write, and takes none for no secret', async () => {
  const data = await givenFolder();
  await writeFile(join(data, 'jwt-secret'), '');
  const waiting = loadOrCreateJwtSecret(data);
  await writeFile(join(data, 'jwt-secret'), 'written by another\n');
  expect(await waiting).toBe('written by another');
  await writeFile(join(data, 'jwt-secret'), '\n');
  await expect(loadOrCreateJwtSecret(data)).rejects.toThrow('holds no secret');
});
