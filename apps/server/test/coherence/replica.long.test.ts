import { givenGroup, givenPerson } from '@promptory/api/testing';
import { startEphemeralCluster, startReplica, withClient } from '@promptory/db/testing';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { type BootedApp, bootApp } from '../harness/boot.ts';
import { callProcedure, type Headers } from '../harness/transports.ts';

// Two servers on one database, each with the same streaming replica of it behind itself: real PostgreSQL, which is paused, killed,
// frozen and promoted while callers ask.

const cluster = await startEphemeralCluster({ replicates: true });
const replica = await startReplica(cluster);
const first = await bootApp({ server: cluster, replica, remembers: { patienceFactor: 3 } });
const second = await bootApp({ beside: first, replica, remembers: { patienceFactor: 3 } });
afterAll(async () => {
  await second.close();
  await first.close();
  await replica.stop();
  await cluster.stop();
});

const ann = await givenPerson(first.services);
const headers = await first.as.key(ann);

interface Counts {
  readonly atReplica: number;
  readonly atPrimary: number;
  readonly fallbacks: number;
}

async function countsOf(server: BootedApp): Promise<Counts> {
  const lines = (await server.call({ url: '/metrics' })).body.split('\n');
  const value = (name: string): number => Number(lines.find((line) => line.startsWith(name))?.split(' ')[1] ?? 0);
  return {
    atReplica: value('promptory_replica_calls_total{at="replica"}'),
    atPrimary: value('promptory_replica_calls_total{at="primary"}'),
    fallbacks: value('promptory_replica_fallbacks_total'),
  };
}

const list = async (server: BootedApp, as: Headers = headers): Promise<string[]> => {
  const { code, result } = await callProcedure(server, 'REST', 'prompts.list', { limit: 100 }, as);
  expect(code).toBe('ok');
  return (result as { items: { title: string }[] }).items.map(({ title }) => title);
};
const create = async (server: BootedApp, title: string): Promise<void> => {
  const made = await callProcedure(server, 'tRPC', 'prompts.create', { title, content: 'x' }, headers);
  expect(made.code).toBe('ok');
};

/** Until a list is read at the replica. */
const opens = (server: BootedApp): Promise<void> =>
  vi.waitFor(
    async () => {
      const before = await countsOf(server);
      await list(server);
      expect((await countsOf(server)).atReplica).toBeGreaterThan(before.atReplica);
    },
    { timeout: 120_000, interval: 20 },
  );
/** Until a list is read at the primary. */
const shuts = (server: BootedApp): Promise<void> =>
  vi.waitFor(
    async () => {
      const before = await countsOf(server);
      await list(server);
      expect((await countsOf(server)).atPrimary).toBeGreaterThan(before.atPrimary);
    },
    { timeout: 120_000, interval: 20 },
  );
const asSuperuser = (text: string): Promise<void> =>
  withClient(replica.superuserConnectionString, async (client) => void (await client.query(text)));

/** Callers who list at both servers without a rest, while something happens. */
async function underLoad(happens: () => Promise<void>): Promise<void> {
  let isOver = false;
  const caller = async (server: BootedApp): Promise<number> => {
    let calls = 0;
    for (; !isOver; calls += 1) await list(server);
    return calls;
  };
  const callers = [first, second].flatMap((server) => Array.from({ length: 4 }, () => caller(server)));
  try {
    await happens();
  } finally {
    isOver = true;
  }
  for (const calls of await Promise.all(callers)) expect(calls).toBeGreaterThan(0);
}

describe('a server with a replica', () => {
  it('reads lists there, and asks the database itself nothing for them', async () => {
    await create(first, 'Seen');
    await opens(first);
    const asked = vi.spyOn(first.pool, 'connect');
    await vi.waitFor(
      async () => {
        asked.mockClear();
        expect(await list(first)).toEqual(['Seen']);
        // The feed, which compares its server with the pool's now and then, asks by a callback.
        expect(asked.mock.calls.filter((given: unknown[]) => given.length === 0)).toEqual([]);
      },
      { timeout: 60_000, interval: 20 },
    );
    asked.mockRestore();
  });

  it('shows at once what it has answered to have changed, and soon what others have, while the replica shows neither', async () => {
    await opens(first);
    await opens(second);
    await asSuperuser('SELECT pg_wal_replay_pause()');
    try {
      for (let round = 0; round < 20; round += 1) {
        await create(first, `Mine ${round}`);
        expect(await list(first)).toContain(`Mine ${round}`);
      }
      await vi.waitFor(async () => expect(await list(second)).toContain('Mine 19'), { timeout: 60_000, interval: 20 });
    } finally {
      await asSuperuser('SELECT pg_wal_replay_resume()');
    }
    await opens(first);
    await opens(second);
  });

  it('gives who lost the right to an export no more of it, though the replica stands still amid it', async () => {
    const bob = await givenPerson(first.services);
    // More than the buffers between two ends of a connection take.
    const prompts = 80;
    const group = await givenGroup(first.services, { owner: ann, viewers: [bob] });
    await first.database.pool.query(
      `WITH made AS (
        INSERT INTO prompts (id, user_id, slug, title, content, content_hash)
        SELECT gen_random_uuid(), $1, 'long-' || n, 'Long', repeat('x', 200000), sha256('') FROM generate_series(1, $2::integer) AS n
        RETURNING id
      ) INSERT INTO group_prompts (group_id, prompt_id, position, added_by)
        SELECT $3, id, row_number() OVER () - 1, $1 FROM made`,
      [ann.id, prompts, group],
    );
    await opens(second);
    const url = `${await second.url()}/prompts/export?groupId=${group}`;
    const answer = await fetch(url, { headers: await second.as.key(bob) });
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = (await reader?.read())?.value ?? '';
    await asSuperuser('SELECT pg_wal_replay_pause()');
    try {
      await first.database.pool.query('DELETE FROM group_members WHERE group_id = $1', [group]);
      await shuts(second);
      for (let step = await reader?.read(); step?.done === false; step = await reader?.read()) text += step.value;
    } finally {
      await asSuperuser('SELECT pg_wal_replay_resume()');
    }
    const given = text.match(/x{1000,}/g)?.length ?? 0;
    expect(given).toBeGreaterThan(0);
    expect(given).toBeLessThan(prompts);
    await first.database.pool.query('DELETE FROM group_prompts WHERE group_id = $1', [group]);
    await first.database.pool.query("UPDATE prompts SET deleted_at = now(), slug = id::text WHERE title = 'Long'");
  });

  it('is read while a transaction is under way that has written something, though no replica has heard of that', async () => {
    const client = await first.database.pool.connect();
    await client.query('BEGIN');
    await client.query("INSERT INTO changes (topics) VALUES (ARRAY['under way'])");
    await opens(first);
    await client.query('ROLLBACK');
    client.release();
  });

  it('never shows less than it has answered, however changes and reads follow on each other', async () => {
    await opens(first);
    const before = await countsOf(first);
    for (let round = 0; round < 50; round += 1) {
      await create(first, `Next ${round}`);
      for (let read = 0; read < 1 + (round % 4); read += 1) expect(await list(first)).toContain(`Next ${round}`);
      if (round % 5 === 0) await opens(first);
    }
    expect((await countsOf(first)).atReplica).toBeGreaterThan(before.atReplica);
  });

  it('answers every call while the replica is killed, and reads there again once it is back', async () => {
    await opens(first);
    await opens(second);
    await underLoad(async () => {
      await replica.kill();
      await shuts(first);
      await shuts(second);
      await create(first, 'Without it');
      expect(await list(first)).toContain('Without it');
      await replica.restart();
      await opens(first);
      await opens(second);
    });
  });

  it('answers every call while the replica says nothing at all, and reads there again once it does', async () => {
    await opens(first);
    await opens(second);
    await underLoad(async () => {
      await replica.freeze();
      await shuts(first);
      await shuts(second);
      await create(second, 'While it is frozen');
      expect(await list(second)).toContain('While it is frozen');
      await replica.thaw();
      await opens(first);
      await opens(second);
    });
  });

  it('does not read there once it was made a database of its own', async () => {
    await opens(first);
    await underLoad(async () => {
      await replica.promote();
      await shuts(first);
      await shuts(second);
    });
    const before = await countsOf(first);
    await create(first, 'Of this history');
    await vi.waitFor(async () => expect(await list(second)).toContain('Of this history'), { timeout: 60_000 });
    for (let read = 0; read < 20; read += 1) expect(await list(first)).toContain('Of this history');
    expect((await countsOf(first)).atReplica).toBe(before.atReplica);
  });
});
