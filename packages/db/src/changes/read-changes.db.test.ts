import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { describe, expect, it } from 'vitest';
import { connectForTest, givenDatabase, seededRandom } from '../../test/index.ts';
import { type ChangePosition, readChanges } from './read-changes.ts';

const { pool, applicationConnectionString } = await givenDatabase({ max: 10 });
const write = (client: Pick<pg.PoolClient, 'query'>, topic: string) =>
  client.query('INSERT INTO changes (topics) VALUES (ARRAY[$1::text])', [topic]);
const begin = async (): Promise<ChangePosition> => (await readChanges(pool, null)).position;

/** A transaction that has written its topic and waits. */
async function givenOpen(topic: string): Promise<{ end(how: 'COMMIT' | 'ROLLBACK'): Promise<void> }> {
  const client = await pool.connect();
  await client.query('BEGIN');
  await write(client, topic);
  return {
    async end(how) {
      await client.query(how);
      client.release();
    },
  };
}

describe('reading changes', () => {
  it('finds each once it is committed, in whatever order transactions end', async () => {
    const start = await begin();
    const [first, second, third] = [await givenOpen('a'), await givenOpen('b'), await givenOpen('c')];
    await second.end('COMMIT');
    const one = await readChanges(pool, start);
    expect(one).toMatchObject({ topics: ['b'], isLost: false });
    await third.end('ROLLBACK');
    const later = await givenOpen('d');
    await later.end('COMMIT');
    const two = await readChanges(pool, one.position);
    expect(two.topics).toEqual(['d']);
    await first.end('COMMIT');
    const three = await readChanges(pool, two.position);
    expect(three.topics).toEqual(['a']);
    expect((await readChanges(pool, three.position)).topics).toEqual([]);
    expect((await readChanges(pool, start)).topics.toSorted()).toEqual(['a', 'b', 'd']);
  });

  it('finds what was written within a savepoint', async () => {
    const start = await begin();
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query('SAVEPOINT kept');
    await write(client, 'within');
    await client.query('RELEASE kept');
    await client.query('SAVEPOINT undone');
    await write(client, 'undone');
    await client.query('ROLLBACK TO undone');
    const { position, topics } = await readChanges(pool, start);
    expect(topics).toEqual([]);
    await client.query('COMMIT');
    client.release();
    expect((await readChanges(pool, position)).topics).toEqual(['within']);
  });

  it('misses none and repeats none of many at once', async () => {
    const random = seededRandom(7);
    let position = await begin();
    let isOver = false;
    const found: string[] = [];
    const reading = (async () => {
      for (;;) {
        const last = isOver;
        const read = await readChanges(pool, position);
        position = read.position;
        found.push(...read.topics);
        if (last) return;
      }
    })();
    const written = await Promise.all(
      Array.from({ length: 6 }, async (_, writer) => {
        const topics: string[] = [];
        for (let at = 0; at < 60; at += 1) {
          const topic = `${writer}-${at}`;
          const open = await givenOpen(topic);
          await sleep(Math.floor(random() * 8));
          const keeps = random() < 0.8;
          await open.end(keeps ? 'COMMIT' : 'ROLLBACK');
          if (keeps) topics.push(topic);
        }
        return topics;
      }),
    );
    isOver = true;
    await reading;
    expect(found.toSorted()).toEqual(written.flat().toSorted());
  });

  it('says that all is lost where it begins, where what was told may be gone or is too much, and on another server', async () => {
    expect(await readChanges(pool, null)).toMatchObject({ topics: [], isLost: true });
    const start = await begin();
    const before = (ms: number) => new Date(Date.parse(start.readAt) - ms).toISOString();
    expect((await readChanges(pool, { ...start, readAt: before(31 * 60_000) })).isLost).toBe(true);
    expect((await readChanges(pool, { ...start, readAt: before(29 * 60_000) })).isLost).toBe(false);
    expect((await readChanges(pool, { ...start, server: `${start.server}0` })).isLost).toBe(true);
    await pool.query(
      "INSERT INTO changes (topics) SELECT ARRAY['x' || number] FROM generate_series(1, 1000) AS number",
    );
    const { topics, position } = await readChanges(pool, start);
    expect(topics).toHaveLength(1_000);
    expect((await readChanges(pool, position)).isLost).toBe(false);
    await pool.query("INSERT INTO changes (topics) SELECT ARRAY['x'] FROM generate_series(1, 1001)");
    expect(await readChanges(pool, position)).toMatchObject({ topics: [], isLost: true });
  });

  it('looks at what is new, however many there are', async () => {
    await pool.query("INSERT INTO changes (topics) SELECT ARRAY['many'] FROM generate_series(1, 50000)");
    await pool.query('ANALYZE changes');
    const start = await begin();
    await write(pool, 'one');
    const read = async (sql: string, values: unknown[]) => {
      const { rows } = await pool.query(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${sql}`, values);
      return { rows: [{ found: rows[0]['QUERY PLAN'][0].Plan }] };
    };
    const plans: Array<Record<string, unknown>> = [];
    const explaining = {
      query: async (sql: string, values: unknown[]) => {
        plans.push((await read(sql, values)).rows[0]?.found);
        return pool.query(sql, values);
      },
    } as unknown as pg.PoolClient;
    expect((await readChanges(explaining, start)).topics).toEqual(['one']);
    const [plan] = plans;
    expect(JSON.stringify(plan)).not.toContain('Seq Scan on changes');
    expect(Number(plan?.['Shared Hit Blocks'])).toBeLessThan(40);
  });
});

it('is for the application to read, and not to write', async () => {
  const application = connectForTest(applicationConnectionString, 1);
  try {
    for (const statement of [
      "INSERT INTO changes (topics) VALUES ('{x}')",
      'DELETE FROM changes',
      "UPDATE changes SET topics = '{}'",
      'TRUNCATE changes',
    ]) {
      await expect(application.pool.query(statement), statement).rejects.toMatchObject({ code: '42501' });
    }
    await readChanges(application.pool, await begin());
    await application.pool.query('SELECT forget_changes(10)');
  } finally {
    await application.close();
  }
});
