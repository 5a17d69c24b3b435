import { givenGroup, givenPerson, givenPrompt, type Person } from '@promptory/api/testing';
import { cutFeeds } from '@promptory/db/testing';
import { describe, expect, it, vi } from 'vitest';
import { type BootedApp, givenApp } from '../harness/boot.ts';
import { callProcedure, type Headers } from '../harness/transports.ts';

// Two servers that remember, on one database: what changes on one is seen there at once, and on the other as soon as its feed has
// read it. How soon that is, `pnpm test:coherence` measures.

const first = await givenApp({ remembers: true });
const second = await givenApp({ remembers: true, beside: first });
const servers = [first, second];
const { db, clock } = first.services;

const countsOf = async (server: BootedApp): Promise<{ hits: number; misses: number; topics: number }> => {
  const text = (await server.call({ url: '/metrics' })).body;
  const value = (line: string): number =>
    Number(
      text
        .split('\n')
        .find((each) => each.startsWith(line))
        ?.split(' ')[1] ?? 0,
    );
  const lookups = (outcome: string): number =>
    ['principals', 'resolved', 'prompts'].reduce(
      (sum, kind) => sum + value(`promptory_cache_lookups_total{kind="${kind}",outcome="${outcome}"}`),
      0,
    );
  return { hits: lookups('hit'), misses: lookups('miss'), topics: value('promptory_change_feed_topics_total') };
};

const resolve = (server: BootedApp, headers: Headers, ref: string) =>
  callProcedure(server, 'REST', 'prompts.resolve', { ref }, headers);
const call = (headers: Headers, procedure: string, input: Record<string, unknown>) =>
  callProcedure(first, 'tRPC', procedure, input, headers);

await vi.waitFor(
  async () => {
    for (const server of servers)
      expect((await server.call({ url: '/metrics' })).body).toContain('promptory_change_feed_up 1');
  },
  { timeout: 60_000 },
);

/** A prompt in production, whose reader both servers remember, and what it resolves to. */
async function givenRemembered(owner: Person, reader: Headers, parts: { visibility?: 'public' | 'private' } = {}) {
  const headers = await first.as.person(owner);
  const { id, slug } = await givenPrompt(first.services, owner, 'Remembered', parts);
  await call(headers, 'labels.move', { id, label: 'production', version: 1 });
  const ref = `${owner.handle}/${slug}`;
  return { id, ref, owner: headers, reader };
}

/** The other server says so, as soon as its feed has read what changed. */
const soon = (ask: () => Promise<{ code: string }>, code: string) =>
  vi.waitFor(async () => expect((await ask()).code).toBe(code), { timeout: 60_000, interval: 5 });

describe('what two servers remember', () => {
  it('is answered without a query, its use counted, until it changes', async () => {
    const alice = await givenPerson(first.services);
    const key = await first.as.key(alice);
    const { id, ref, owner } = await givenRemembered(alice, key);
    for (const server of servers) {
      const before = await resolve(server, key, ref);
      expect(before.code).toBe('ok');
      // The feed, which compares its server with the pool's now and then, asks by a callback.
      const connect = server.pool.connect.bind(server.pool);
      const asked = vi.spyOn(server.pool, 'connect').mockImplementation((...given: unknown[]) => {
        if (given.length > 0) return Reflect.apply(connect, server.pool, given);
        throw new Error('The database was asked.');
      });
      const used = server.services.recorded.length;
      for (let at = 0; at < 5; at += 1) expect((await resolve(server, key, ref)).result).toEqual(before.result);
      expect(asked.mock.calls.filter((given: unknown[]) => given.length === 0)).toEqual([]);
      asked.mockRestore();
      expect(server.services.recorded.length - used).toBe(5);
    }
    await call(owner, 'prompts.update', { id, content: 'Another text' });
    await call(owner, 'labels.move', { id, label: 'production', version: 2 });
    expect((await resolve(first, key, ref)).result).toMatchObject({ version: 2, content: 'Another text' });
    await vi.waitFor(async () => expect((await resolve(second, key, ref)).result).toMatchObject({ version: 2 }), {
      timeout: 60_000,
    });
    const { hits, misses, topics } = await countsOf(first);
    expect([hits > 5, misses > 0, topics > 0]).toEqual([true, true, true]);
  });

  const losses: ReadonlyArray<readonly [what: string, code: string, take: (world: World) => Promise<unknown>]> = [
    ['a key is revoked', 'auth.invalid_token', ({ owner, keyId }) => call(owner, 'apiKeys.revoke', { id: keyId })],
    [
      'its owner is suspended',
      'auth.invalid_token',
      ({ root, reader }) => call(root, 'admin.users.update', { id: reader.id, status: 'suspended' }),
    ],
    [
      'a member is removed',
      'prompt.not_found',
      ({ others, group, reader }) => call(others, 'members.remove', { id: group, userId: reader.id }),
    ],
    ['the group is deleted', 'prompt.not_found', ({ others, group }) => call(others, 'groups.delete', { id: group })],
    [
      'the prompt leaves the group',
      'prompt.not_found',
      ({ others, group, id }) => call(others, 'groups.removePrompt', { id: group, promptId: id }),
    ],
    ['the prompt is deleted', 'prompt.not_found', ({ others, id }) => call(others, 'prompts.delete', { id })],
    [
      'the handle changes',
      'prompt.not_found',
      ({ others }) => call(others, 'me.update', { handle: `renamed-${clock.now().getTime()}` }),
    ],
    [
      'the label is removed',
      'label.not_found',
      ({ others, id }) => call(others, 'labels.remove', { id, label: 'production' }),
    ],
  ];
  type World = Awaited<ReturnType<typeof givenWorld>>;

  /** Somebody who reads by a key, in a group of somebody else's, what that one put into it. */
  async function givenWorld() {
    const [author, reader] = [await givenPerson(first.services), await givenPerson(first.services)];
    const key = await first.as.key(reader);
    const { id, ref, owner: others } = await givenRemembered(author, key);
    const group = await givenGroup(first.services, { owner: author, viewers: [reader], promptIds: [id] });
    const { id: keyId } = await db
      .selectFrom('api_keys')
      .select('id')
      .where('user_id', '=', reader.id)
      .executeTakeFirstOrThrow();
    const admin = await givenPerson(first.services, { role: 'admin' });
    const [owner, root] = [await first.as.person(reader), await first.as.person(admin)];
    return { id, ref, key, keyId, group, reader, owner, others, root };
  }

  it.each(losses)('is refused where %s: there at once, elsewhere soon', async (_, code, take) => {
    const world = await givenWorld();
    const ask = (server: BootedApp) => resolve(server, world.key, world.ref);
    for (const server of servers) {
      await soon(() => ask(server), 'ok');
      expect((await ask(server)).code).toBe('ok');
    }
    const taken = (await take(world)) as { code: string };
    expect(taken.code).toBe('ok');
    expect((await ask(first)).code).toBe(code);
    await soon(() => ask(second), code);
    expect((await ask(second)).code).toBe(code);
  });

  it('is a prompt as it is shown, until anything of that changes, or its reader takes it for a favourite', async () => {
    const alice = await givenPerson(first.services);
    const { id, owner, reader } = await givenRemembered(alice, await first.as.key(alice));
    const show = async (server: BootedApp) =>
      (await callProcedure(server, 'REST', 'prompts.get', { id }, reader)).result;
    const changes: ReadonlyArray<readonly [procedure: string, input: Record<string, unknown>, shown: object]> = [
      ['prompts.update', { id, tags: ['One', 'two'] }, { tags: ['One', 'two'] }],
      ['prompts.update', { id, category: 'Verse' }, { category: 'Verse' }],
      ['prompts.update', { id, isTemplate: true }, { isTemplate: true }],
      ['prompts.update', { id, title: 'Another' }, { title: 'Another', version: 2 }],
      ['favorites.add', { promptId: id }, { isFavorite: true }],
      ['favorites.remove', { promptId: id }, { isFavorite: false }],
      ['me.update', { name: 'Alice B.' }, { owner: { name: 'Alice B.' } }],
    ];
    for (const [procedure, input, shown] of changes) {
      for (const server of servers) expect(await show(server)).toEqual(await show(server));
      expect((await call(owner, procedure, input)).code).toBe('ok');
      expect(await show(first)).toMatchObject(shown);
      await vi.waitFor(async () => expect(await show(second)).toMatchObject(shown), { timeout: 60_000, interval: 5 });
    }
  });

  it('is of one reader alone, and of a session until that ends', async () => {
    const [alice, mallory] = [await givenPerson(first.services), await givenPerson(first.services)];
    const headers = await first.as.person(alice);
    const { ref } = await givenRemembered(alice, headers);
    for (const server of servers) {
      for (let at = 0; at < 2; at += 1) {
        expect((await resolve(server, headers, ref)).code).toBe('ok');
        expect((await resolve(server, await first.as.key(mallory), ref)).code).toBe('prompt.not_found');
        expect((await resolve(server, {}, ref)).code).toBe('auth.required');
      }
    }
    expect((await call(headers, 'auth.logout', {})).code).toBe('ok');
    expect((await resolve(first, headers, ref)).code).toBe('auth.invalid_token');
    await soon(() => resolve(second, headers, ref), 'auth.invalid_token');
  });

  it('records uses of keys and sessions to a minute, as without it', async () => {
    const alice = await givenPerson(first.services);
    const key = await first.as.key(alice);
    const session = await first.as.person(alice);
    const used = async () => {
      const ofKey = await db
        .selectFrom('api_keys')
        .select('last_used_at as at')
        .where('user_id', '=', alice.id)
        .execute();
      const ofSession = await db
        .selectFrom('sessions')
        .select('last_used_at as at')
        .where('user_id', '=', alice.id)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(1)
        .execute();
      return [...ofKey, ...ofSession].map(({ at }) => (at === null ? null : new Date(at).getTime()));
    };
    const use = async () => {
      for (const headers of [key, session]) {
        expect((await callProcedure(first, 'REST', 'me.get', {}, headers)).code).toBe('ok');
      }
      return used();
    };
    const start = clock.now().getTime();
    expect(await use()).toEqual([start, start]);
    clock.advance(59_000);
    expect(await use()).toEqual([start, start]);
    clock.advance(1_001);
    expect(await use()).toEqual([start + 60_001, start + 60_001]);
  });

  it('is not used while the feed is cut, and what changed meanwhile is seen', async () => {
    const alice = await givenPerson(first.services);
    const key = await first.as.key(alice);
    const { id, ref, owner } = await givenRemembered(alice, key);
    for (let round = 1; round <= 5; round += 1) {
      for (const server of servers) expect((await resolve(server, key, ref)).result).toMatchObject({ version: round });
      await cutFeeds(second.pool);
      await call(owner, 'prompts.update', { id, content: `Text ${round + 1}` });
      await call(owner, 'labels.move', { id, label: 'production', version: round + 1 });
      expect((await resolve(first, key, ref)).result).toMatchObject({ version: round + 1 });
      await vi.waitFor(
        async () => expect((await resolve(second, key, ref)).result).toMatchObject({ version: round + 1 }),
        { timeout: 60_000 },
      );
    }
  });
});
