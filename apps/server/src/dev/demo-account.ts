import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from '@promptory/db';

const PASSWORD_BYTES = 12;
const DEMO_HANDLE = 'demo';

export interface DemoAccount {
  readonly email: string;
  readonly password: string;
}

type Db = Connection['db'];
const passwordFile = (folder: string): string => join(folder, 'demo-password');

/** The password that was made for the examples' account, while its file is there. */
export async function storedPassword(folder: string): Promise<string | null> {
  const text = await readFile(passwordFile(folder), 'utf8').catch(() => null);
  return text === null ? null : text.trim();
}

/** The examples and their account, with the password stored in the data folder, or one that is made and stored now. */
export async function seedDemo(
  db: Db,
  folder: string,
): Promise<DemoAccount & { accountCreated: boolean; prompts: number }> {
  // Only a first start needs the procedures' source in this process.
  const [{ DEMO_EMAIL, seedExamples }, { createPasswordHasher }] = await Promise.all([
    import('@promptory/api/server'),
    import('@promptory/auth'),
  ]);
  const stored = await storedPassword(folder);
  const password = stored ?? randomBytes(PASSWORD_BYTES).toString('base64url');
  if (stored === null) {
    await mkdir(folder, { recursive: true });
    await writeFile(passwordFile(folder), `${password}\n`, { mode: 0o600 });
  }
  const services = { db, clock: { now: () => new Date() }, passwords: createPasswordHasher() };
  const { accountCreated, promptsCreated } = await seedExamples(services, { password });
  return { email: DEMO_EMAIL, password, accountCreated, prompts: promptsCreated };
}

/**
 * The account that development offers to sign in with. A database without users is given it, with the examples. Null
 * where there are other users only, or nobody knows its password any more.
 */
export async function demoAccount(db: Db, folder: string): Promise<DemoAccount | null> {
  if (!(await hasUsers(db))) return await seedDemo(db, folder);
  const password = await storedPassword(folder);
  if (password === null) return null;
  const demo = await db.selectFrom('users').select('email').where('handle', '=', DEMO_HANDLE).executeTakeFirst();
  return demo === undefined ? null : { email: demo.email, password };
}

async function hasUsers(db: Db): Promise<boolean> {
  return (await db.selectFrom('users').select('id').limit(1).executeTakeFirst()) !== undefined;
}
