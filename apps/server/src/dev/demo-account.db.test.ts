import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { givenDatabase } from '@promptory/db/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isMigrated } from './applied-migrations.ts';
import { demoAccount, seedDemo, storedPassword } from './demo-account.ts';

const { db, pool } = await givenDatabase();
const EMAIL = 'demo@promptory.example';

let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'promptory-demo-'));
});
afterAll(() => rm(parent, { recursive: true, force: true }));

it('offers an empty database the examples and their account, with a password that only the owner of the folder reads', async () => {
  // The folder is made with it.
  const folder = join(parent, 'data');
  expect(await storedPassword(folder)).toBeNull();
  const made = await demoAccount(db, folder);
  const file = join(folder, 'demo-password');
  const password = (await readFile(file, 'utf8')).trim();
  expect(made).toMatchObject({ email: EMAIL, password, accountCreated: true });
  // Twelve random bytes.
  expect(password).toMatch(/^[\w-]{16}$/);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await storedPassword(folder)).toBe(password);
  const { count } = await db
    .selectFrom('prompts')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  expect([(made as { prompts?: number } | null)?.prompts, Number(count) > 0]).toEqual([Number(count), true]);

  // What is there stays as it is, and so does its password.
  expect(await demoAccount(db, folder)).toEqual({ email: EMAIL, password });
  expect(await seedDemo(db, folder)).toEqual({ email: EMAIL, password, accountCreated: false, prompts: 0 });
});

it('offers none where its password is not there any more, or its account is not', async () => {
  const folder = join(parent, 'data');
  expect(await demoAccount(db, join(parent, 'other'))).toBeNull();
  await db.updateTable('users').set({ handle: 'renamed' }).where('handle', '=', 'demo').execute();
  expect(await demoAccount(db, folder)).toBeNull();
});

it('takes the password that its folder holds for the account that it makes', async () => {
  const folder = await mkdtemp(join(parent, 'given-'));
  await writeFile(join(folder, 'demo-password'), 'reeds by the weir\n');
  expect(await seedDemo(db, folder)).toMatchObject({ password: 'reeds by the weir' });
  expect(await readFile(join(folder, 'demo-password'), 'utf8')).toBe('reeds by the weir\n');
});

it('migrates only where the database has not just the migrations that there are', async () => {
  const looked = () => isMigrated({ pool } as Parameters<typeof isMigrated>[0]);
  const { rows } = await pool.query<{ name: string }>('SELECT max(name) AS name FROM kysely_migration');
  const [last] = rows;
  expect(await looked()).toBe(true);
  await pool.query('UPDATE kysely_migration SET name = $2 WHERE name = $1', [last?.name, `${last?.name}_of_another`]);
  expect(await looked()).toBe(false);
  await pool.query('DELETE FROM kysely_migration WHERE name = $1', [`${last?.name}_of_another`]);
  expect(await looked()).toBe(false);
  await pool.query('ALTER TABLE kysely_migration RENAME TO hidden');
  expect(await looked()).toBe(false);
});
