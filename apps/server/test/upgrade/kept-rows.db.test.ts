import { givenPerson, givenPrompt, testServices } from '@promptory/api/testing';
import { givenDatabase } from '@promptory/db/testing';
import { beforeEach, expect, it } from 'vitest';
import { lostRows, rowsOf } from './kept-rows.ts';

const { db, pool, connectionString } = await givenDatabase();
const services = testServices(db);
let kept: Awaited<ReturnType<typeof rowsOf>>;

beforeEach(async () => {
  const person = await givenPerson(services);
  for (const title of ['Ode', 'Elegy']) await givenPrompt(services, person, title);
  kept = await rowsOf(connectionString);
});

it('misses nothing where something was added', async () => {
  await givenPrompt(services, await givenPerson(services), 'Hymn');
  expect(kept.reduce((sum, { rows }) => sum + rows.length, 0)).toBeGreaterThan(5);
  expect(await lostRows(connectionString, kept)).toEqual([]);
});

it('misses a row that is another and one that is gone', async () => {
  await pool.query(`UPDATE users SET name = 'Another' WHERE id = (SELECT min(id::text)::uuid FROM users)`);
  await pool.query(`DELETE FROM user_passwords WHERE user_id = (SELECT max(user_id::text)::uuid FROM user_passwords)`);
  const lost = await lostRows(connectionString, kept);
  expect(lost).toHaveLength(2);
  expect(lost.join()).toMatch(/^1 of \d+ rows of user_passwords,1 of \d+ rows of users$/);
});

it('fails where a column is gone', async () => {
  await pool.query(`ALTER TABLE prompts RENAME COLUMN description TO other`);
  await expect(lostRows(connectionString, kept)).rejects.toThrow('column "description" does not exist');
});
