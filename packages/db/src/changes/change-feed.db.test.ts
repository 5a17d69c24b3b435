import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { connectForTest, cutFeeds, givenDatabase } from '../../test/index.ts';
import { type ChangeFeed, type ChangeFeedOptions, type FeedRead, openChangeFeed } from './change-feed.ts';
import { positionOf } from './log-position.ts';
import { serverOf } from './read-changes.ts';

const { pool, applicationConnectionString } = await givenDatabase();
const opened: ChangeFeed[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((feed) => feed.close()));
});

const write = (topic: string) => pool.query('INSERT INTO changes (topics) VALUES (ARRAY[$1::text])', [topic]);
const until = (isSo: () => boolean): Promise<void> =>
  vi.waitFor(() => expect(isSo()).toBe(true), { timeout: 30_000, interval: 5 });
const application = connectForTest(applicationConnectionString, 1);
afterAll(() => application.close());
const cut = () => cutFeeds(application.pool);

/** A feed that is up, with what it has heard. */
async function givenFeed(options: Partial<ChangeFeedOptions> = {}) {
  const feed = openChangeFeed({ connectionString: applicationConnectionString, patienceFactor: 60, ...options });
  opened.push(feed);
  const heard: string[] = [];
  feed.listen({ changed: (topics) => void heard.push(...topics), lost: () => void heard.push('lost') });
  await until(() => feed.isCurrent());
  return { feed, heard };
}

const DOWN = 'The feed of changes is down: nothing is remembered until it is back.';
const givenLog = () => {
  const said: [message: string, why: unknown][] = [];
  return {
    said,
    warn: (message: string, error?: unknown) =>
      void said.push([message, error instanceof Error ? error.message : error]),
  };
};

describe('the feed of changes', () => {
  it('begins with nothing being known, and tells what is committed from then on', async () => {
    await write('before');
    const { feed, heard } = await givenFeed();
    expect(heard).toEqual(['lost']);
    await write('one');
    await feed.catchUp();
    expect(heard).toEqual(['lost', 'one']);
    await write('two');
    await until(() => heard.includes('two'));
    expect(feed.counts()).toMatchObject({ isConnected: true, topics: 2, reconnects: 0, losses: 1 });
  });

  it('says of each read where the log stood, which is behind all that it found', async () => {
    const reads: FeedRead[] = [];
    const { feed } = await givenFeed({ onRead: (read) => void reads.push(read) });
    for (let round = 0; round < 5; round += 1) {
      await write(`logged ${round}`);
      const { rows } = await pool.query<{ at: string }>('SELECT pg_current_wal_insert_lsn()::text AS at');
      await feed.catchUp();
      expect(reads.flatMap(({ topics }) => topics)).toContain(`logged ${round}`);
      expect(reads.at(-1)?.written).toBeGreaterThanOrEqual(positionOf(rows[0]?.at ?? ''));
    }
    const [{ history }] = reads as [FeedRead];
    expect(history).toMatch(/^[0-9]+\/1\/[0-9]+$/);
    expect(new Set(reads.map((read) => read.history))).toEqual(new Set([history]));
  });

  it('hints to others at once what was committed by its own process', async () => {
    const slow = { pollMs: 3_600_000 };
    const [writer, other] = [await givenFeed(slow), await givenFeed(slow)];
    await write('first');
    await writer.feed.catchUp();
    await until(() => other.heard.includes('first'));
    await write('second');
    await other.feed.catchUp();
    await until(() => writer.heard.includes('second'));
    // Who heard of it by a hint gives none.
    expect([writer, other].map(({ feed }) => feed.counts().topics)).toEqual([2, 2]);
    expect(writer.feed.counts().reads + other.feed.counts().reads).toBeLessThan(9);
  });

  it('tells after a cut what was committed meanwhile, each once', async () => {
    const { feed, heard } = await givenFeed();
    const written: string[] = [];
    for (let round = 0; round < 20; round += 1) {
      const cutting = cut();
      for (let at = 0; at < 5; at += 1) {
        const topic = `${round}-${at}`;
        await write(topic);
        written.push(topic);
        await sleep(3);
      }
      await cutting;
      await until(() => heard.includes(written.at(-1) ?? ''));
    }
    expect(heard).toEqual(['lost', ...written]);
    expect(feed.counts().reconnects).toBeGreaterThan(0);
  });

  it('is not current while it is down, nor, after what it could not catch up with, before it has', async () => {
    const { feed, heard } = await givenFeed();
    await pool.query('ALTER TABLE changes RENAME TO gone');
    await until(() => !feed.isCurrent());
    await feed.catchUp();
    expect(feed.isCurrent()).toBe(false);
    expect(feed.counts().isConnected).toBe(false);
    await pool.query('ALTER TABLE gone RENAME TO changes');
    await write('meanwhile');
    await until(() => feed.isCurrent());
    expect(heard).toContain('meanwhile');
  });

  it('is not current where its database does not answer, though it is connected', async () => {
    const { feed } = await givenFeed({ patienceFactor: 1 });
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query('LOCK TABLE changes IN ACCESS EXCLUSIVE MODE');
    const catching = feed.catchUp();
    await catching;
    expect(feed.isCurrent()).toBe(false);
    await client.query('ROLLBACK');
    client.release();
    await until(() => feed.isCurrent());
  });

  it('tells nothing of another database than others of its process ask', async () => {
    const { feed, heard } = await givenFeed({ serverOfOthers: () => serverOf(pool) });
    expect(feed.isCurrent()).toBe(true);
    const log = givenLog();
    const astray = openChangeFeed({
      ...{ connectionString: applicationConnectionString, log },
      serverOfOthers: async () => 'another',
      pollMs: 10,
    });
    opened.push(astray);
    await until(() => astray.counts().reconnects > 1);
    expect(heard).toEqual(['lost']);
    expect(log.said).toContainEqual([
      DOWN,
      'The feed of changes reads another database than the one that is written to.',
    ]);
  });

  it('says once that it is down, and why', async () => {
    const log = givenLog();
    const { feed } = await givenFeed({ log });
    await cut();
    await until(() => feed.counts().reconnects > 0 && feed.isCurrent());
    expect(log.said).toEqual([[DOWN, expect.stringMatching(/^terminating connection|^The connection has ended\.$/)]]);
    await pool.query('ALTER TABLE changes RENAME TO gone');
    await until(() => log.said.length > 1);
    await pool.query('ALTER TABLE gone RENAME TO changes');
    await until(() => feed.isCurrent());
    expect(log.said.slice(1)).toEqual([[DOWN, 'relation "changes" does not exist']]);
  });

  it('closes while it is connected, while it waits, and while nothing answers', async () => {
    const { feed } = await givenFeed();
    await feed.close();
    const away = openChangeFeed({ connectionString: 'postgresql://127.0.0.1:1/none' });
    await sleep(20);
    expect(away.isCurrent()).toBe(false);
    await away.catchUp();
    await away.close();
    await feed.close();
  });
});
