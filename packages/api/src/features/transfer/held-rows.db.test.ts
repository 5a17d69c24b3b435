import { type KyselyPlugin, sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { callersOf, givenApi, givenPerson, type Person } from '../../../test/index.ts';

// What an export has read waits in memory for its reader, and is counted nowhere: many slow readers of it must not hold much.

const { db, services } = await givenApi();

const KIB = 1_024;
const PROMPTS = 100;
const LETTERS = 5 * KIB;

/** Of each query the letters of contents that it gave. */
let read: number[];
const measured: KyselyPlugin = {
  transformQuery: ({ node }) => node,
  async transformResult({ result }) {
    const letters = result.rows.reduce((sum, { content = '' }) => sum + String(content).length, 0);
    if (letters > 0) read.push(letters);
    return result;
  },
};
const { clock } = services;
const measuring = { ...services, db: db.withPlugin(measured) };

let owner: Person;
beforeEach(async () => {
  owner = await givenPerson(services);
  read = [];
});

async function givenPrompts(count: number, letters: number): Promise<void> {
  await sql`INSERT INTO prompts (id, user_id, slug, title, content, content_hash)
    SELECT gen_random_uuid(), ${owner.id}::uuid, 'p-' || n, 'P', repeat('x', ${letters}::integer), sha256(''::bytea)
    FROM generate_series(1, ${count}::integer) AS n`.execute(db);
}

/** @returns how many items there are, for a reader who lets each wait for so long */
async function readAll(items: AsyncIterable<unknown>, waitsMs: number): Promise<number> {
  let count = 0;
  for await (const _ of items) {
    count += 1;
    clock.advance(waitsMs);
  }
  return count;
}

describe('an export', () => {
  const exported = () => callersOf(measuring).as(owner.principal).transfer.export({});

  it('holds little of what it has read for a reader who lets it wait', async () => {
    await givenPrompts(PROMPTS, LETTERS);
    expect(await readAll(await exported(), 2_000)).toBe(PROMPTS);
    expect(Math.max(...read)).toBeLessThanOrEqual(32 * KIB);
  });

  it('asks few times for one who takes it at once', async () => {
    await givenPrompts(PROMPTS, LETTERS);
    expect(await readAll(await exported(), 0)).toBe(PROMPTS);
    expect(Math.max(...read)).toBeGreaterThan(128 * KIB);
    expect(Math.max(...read)).toBeLessThanOrEqual(256 * KIB);
    expect(read.length).toBeLessThan(10);
  });

  it('of versions holds a few of them, and of long ones two', async () => {
    const LONG = 150 * KIB;
    await givenPrompts(1, LONG);
    await sql`INSERT INTO prompt_versions (prompt_id, version, title, description, content, config, author_id, content_hash)
      SELECT id, n, title, '', content, '{}', user_id, content_hash FROM prompts, generate_series(1, 30) AS n
      WHERE user_id = ${owner.id}::uuid`.execute(db);
    await sql`UPDATE prompts SET version = 30 WHERE user_id = ${owner.id}::uuid`.execute(db);
    const items = await callersOf(measuring)
      .as(owner.principal)
      .transfer.exportFiles({ format: 'langfuse', scope: 'mine' });
    expect(await readAll(items, 2_000)).toBeGreaterThan(1);
    expect(Math.max(...read)).toBeLessThanOrEqual(2 * LONG);
  });
});
