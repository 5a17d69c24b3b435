import { findLiveApiKey, hashApiKey } from '@promptory/auth';
import { newId } from '@promptory/db';
import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type Cast,
  callersOf,
  codeOf,
  errorOf,
  givenApi,
  isAwaitingLock,
  keyPrincipal,
  type TestServices,
  testServices,
} from '../../../test/index.ts';

const { db, cast } = await givenApi();
let services: TestServices;
beforeEach(() => {
  services = testServices(db);
});

const keysOf = (name: keyof Cast) => callersOf(services).as(cast[name].principal).apiKeys;
const live = (key: string) => findLiveApiKey(db, { key, now: services.clock.now() });

describe('an API key', () => {
  it('is shown once, rests as a hash, and speaks for its owner within its scopes', async () => {
    const { apiKey, key } = await keysOf('alice').create({ name: 'CI', scopes: ['prompts:read'], callsPerMinute: 30 });
    expect(key).toMatch(/^pty_live_[0-9A-Za-z]{56}$/);
    expect(apiKey).toMatchObject({ name: 'CI', scopes: ['prompts:read'], groupId: null, callsPerMinute: 30 });
    const { items } = await keysOf('alice').list({});
    expect(items).toEqual([apiKey]);
    expect(JSON.stringify(items)).not.toContain(key);
    const rows = await db.selectFrom('api_keys').select(['key_hash', 'hint']).execute();
    expect(rows[0]?.key_hash).toEqual(hashApiKey(key));
    expect(await live(key)).toMatchObject({ userId: cast.alice.id, scopes: ['prompts:read'], callsPerMinute: 30 });
    const audit = await db.selectFrom('audit_log').selectAll().where('target_id', '=', apiKey.id).execute();
    expect(audit).toHaveLength(1);
    expect(JSON.stringify(audit)).not.toContain(key);
  });

  it('is one of a hundred at most, however many are made at once', async () => {
    const { mallory } = cast;
    await db
      .insertInto('api_keys')
      .values(
        Array.from({ length: 98 }, (_, index) => ({
          id: newId(),
          user_id: mallory.id,
          name: `key ${index}`,
          key_hash: hashApiKey(`key ${index}`),
          hint: 'pty_live_…',
          scopes: ['prompts:read'],
        })),
      )
      .execute();
    const make = () => codeOf(keysOf('mallory').create({ name: 'More', scopes: ['prompts:read'] }));
    const made = await Promise.all(Array.from({ length: 5 }, make));
    expect(made.sort()).toEqual(['ok', 'ok', 'quota.exceeded', 'quota.exceeded', 'quota.exceeded']);
  });

  it('shares the limits on dear calls with the other keys of its owner', async () => {
    const counted: string[] = [];
    const limiter = {
      consume: async (name: string, key: string) => {
        counted.push(`${name} ${key}`);
        return { allowed: true, retryAfterSeconds: 0 };
      },
    };
    for (const principal of [keyPrincipal(cast.alice, ['prompts:read']), keyPrincipal(cast.alice, ['prompts:read'])]) {
      const caller = callersOf({ ...services, limiter }).as(principal);
      await caller.transfer.export({});
      await caller.prompts.list({ q: 'anything' });
    }
    for (const limit of ['export', 'search']) {
      expect(counted.filter((call) => call.startsWith(limit))).toEqual(Array(2).fill(`${limit} ${cast.alice.id}`));
    }
  });

  it('ends at its time, which must lie ahead', async () => {
    const expiresAt = new Date(services.clock.now().getTime() + 60_000).toISOString();
    const { key } = await keysOf('alice').create({ name: 'Short', scopes: ['prompts:read'], expiresAt });
    const { items } = await keysOf('alice').list({});
    expect(items.find(({ name }) => name === 'Short')).toMatchObject({ expiresAt, lastUsedAt: null });
    expect(await live(key)).not.toBeNull();
    services.clock.advance(60_000);
    expect(await live(key)).toBeNull();
    const past = await errorOf(keysOf('alice').create({ name: 'Past', scopes: ['prompts:read'], expiresAt }));
    expect(past).toMatchObject({ code: 'request.invalid', errors: [{ path: 'expiresAt' }] });
  });

  it('is limited only to a group that its owner may read', async () => {
    const groupId = newId();
    await db.insertInto('groups').values({ id: groupId, name: 'G', user_id: cast.alice.id }).execute();
    await db.insertInto('group_members').values({ group_id: groupId, user_id: cast.bob.id, role: 'viewer' }).execute();
    const wanted = { name: 'Group', scopes: ['groups:read'] as const };
    const create = (name: keyof Cast, id: string) =>
      keysOf(name).create({ ...wanted, scopes: [...wanted.scopes], groupId: id });
    expect((await create('bob', groupId)).apiKey.groupId).toBe(groupId);
    expect(await codeOf(create('mallory', groupId))).toBe('group.not_found');
    expect(await codeOf(create('mallory', newId()))).toBe('group.not_found');
    // An admin reads every group; a key of theirs acts as no admin and would see nothing.
    expect(await codeOf(create('root', groupId))).toBe('group.not_found');
  });

  it('is not made for a group that is deleted meanwhile', async () => {
    const groupId = newId();
    await db.insertInto('groups').values({ id: groupId, name: 'G', user_id: cast.alice.id }).execute();
    const deletion = await db.startTransaction().execute();
    await deletion.deleteFrom('groups').where('id', '=', groupId).execute();
    const made = codeOf(keysOf('alice').create({ name: 'Late', scopes: ['groups:read'], groupId }));
    await expect.poll(() => isAwaitingLock(db), { interval: 10 }).toBe(true);
    await deletion.commit().execute();
    expect(await made).toBe('group.not_found');
  });

  it('is revoked by its owner only, once, and then opens nothing and is not listed', async () => {
    const { apiKey, key } = await keysOf('carol').create({ name: 'Gone', scopes: ['prompts:read'] });
    expect(await codeOf(keysOf('mallory').revoke({ id: apiKey.id }))).toBe('api_key.not_found');
    await keysOf('carol').revoke({ id: apiKey.id });
    expect(await live(key)).toBeNull();
    expect(await codeOf(keysOf('carol').revoke({ id: apiKey.id }))).toBe('api_key.not_found');
    expect((await keysOf('carol').list({})).items).toEqual([]);
  });

  it('makes, lists and revokes no keys itself', async () => {
    const key = callersOf(services).as(keyPrincipal(cast.alice, ['account:read', 'prompts:write'])).apiKeys;
    expect(await codeOf(key.list({}))).toBe('auth.session_required');
    expect(await codeOf(key.create({ name: 'More', scopes: ['prompts:read'] }))).toBe('auth.session_required');
    expect(await codeOf(key.revoke({ id: newId() }))).toBe('auth.session_required');
  });

  it('is listed by pages, whose cursor is good for its owner only', async () => {
    for (let count = 0; count < 5; count += 1) {
      await keysOf('root').create({ name: `Key ${count}`, scopes: ['prompts:read'] });
    }
    const first = await keysOf('root').list({ limit: 3 });
    const cursor = first.nextCursor ?? '';
    const second = await keysOf('root').list({ limit: 3, cursor });
    expect([...first.items, ...second.items].map(({ name }) => name)).toEqual([
      'Key 4',
      'Key 3',
      'Key 2',
      'Key 1',
      'Key 0',
    ]);
    expect(second.nextCursor).toBeNull();
    expect(await codeOf(keysOf('mallory').list({ limit: 3, cursor }))).toBe('request.cursor_invalid');
  });
});

it('of the keys that an account revoked only the last hundred are kept, and none that lives goes with them', async () => {
  const { id } = cast.carol;
  await db.deleteFrom('api_keys').where('user_id', '=', id).execute();
  await sql`
    INSERT INTO api_keys (id, user_id, name, hint, key_hash, scopes, revoked_at)
    SELECT gen_random_uuid(), ${id}::uuid, 'Revoked ' || n, 'pty_live_abcd…wxyz', sha256(('revoked' || n)::bytea), '{prompts:read}',
      ${services.clock.now()}::timestamptz - n * interval '1 h'
    FROM generate_series(1, 120) AS n
  `.execute(db);
  const [first, second] = [
    await keysOf('carol').create({ name: 'stays', scopes: ['prompts:read'] }),
    await keysOf('carol').create({ name: 'goes', scopes: ['prompts:read'] }),
  ];
  await keysOf('carol').revoke({ id: second.apiKey.id });
  const revoked = await db
    .selectFrom('api_keys')
    .select('name')
    .where('user_id', '=', id)
    .where('revoked_at', 'is not', null)
    .orderBy('revoked_at', 'desc')
    .execute();
  expect(revoked).toHaveLength(100);
  expect([revoked[0]?.name, revoked.at(-1)?.name]).toEqual(['goes', 'Revoked 99']);
  expect(await live(first.key)).toMatchObject({ userId: id });
});
