import { randomInt } from 'node:crypto';
import { newId } from '@promptory/db';
import { countedQueries, givenDatabase } from '@promptory/db/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { type ApiKeyParts, givenApiKey } from '../../test/fixtures/credentials.ts';
import { after, start } from '../../test/fixtures/times.ts';
import { givenUser, setUser } from '../../test/fixtures/users.ts';
import { findLiveApiKey, generateApiKey } from './api-keys.ts';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const { db, pool } = await givenDatabase({ max: 10 });
let userId: string;
beforeEach(async () => {
  ({ id: userId } = await givenUser(db));
});

/** A key that was never used. */
const givenKey = (parts: ApiKeyParts = {}) =>
  givenApiKey(db, { id: userId }, { now: start, name: 'A key', last_used_at: null, ...parts });

describe('findLiveApiKey', () => {
  it('says whom a key speaks for and what it may, in one query', async () => {
    const { key, id: keyId } = await givenKey({ scopes: ['prompts:read', 'groups:read'], calls_per_minute: 30 });
    await findLiveApiKey(db, { key, now: start });
    const counted = countedQueries(pool);
    expect(await findLiveApiKey(counted.db, { key, now: start })).toEqual({
      keyId,
      keyName: 'A key',
      userId,
      role: 'user',
      scopes: ['prompts:read', 'groups:read'],
      groupId: null,
      callsPerMinute: 30,
      askAgainAt: new Date(start.getTime() + 60_000),
    });
    expect(counted.queries()).toHaveLength(1);
  });

  it('says when to ask again: when its use is to be noted next, or it expires before', async () => {
    const after = (seconds: number) => new Date(start.getTime() + seconds * 1_000);
    const { key } = await givenKey({ expires_at: after(90) });
    const asked = async (now: Date) => (await findLiveApiKey(db, { key, now }))?.askAgainAt;
    expect(await asked(start)).toEqual(after(60));
    expect(await asked(after(59))).toEqual(after(60));
    expect(await asked(after(60))).toEqual(after(90));
    expect(await asked(after(61))).toEqual(after(90));
  });

  it('says which group a key is limited to, and the role of its owner now', async () => {
    const groupId = newId();
    await db.insertInto('groups').values({ id: groupId, name: 'Team', description: '', user_id: userId }).execute();
    const { key } = await givenKey({ group_id: groupId });
    await setUser(db, userId, { role: 'admin' });
    expect(await findLiveApiKey(db, { key, now: start })).toMatchObject({
      groupId,
      role: 'admin',
      callsPerMinute: null,
    });
  });

  it('answers null to a revoked key, an expired one, and one of a suspended owner', async () => {
    const revoked = await givenKey({ revoked_at: start });
    const expired = await givenKey({ expires_at: start });
    const lasting = await givenKey({ expires_at: after(1) });
    expect(await findLiveApiKey(db, { key: revoked.key, now: start })).toBeNull();
    expect(await findLiveApiKey(db, { key: expired.key, now: start })).toBeNull();
    expect(await findLiveApiKey(db, { key: lasting.key, now: start })).toMatchObject({ userId });
    await setUser(db, userId, { status: 'suspended' });
    expect(await findLiveApiKey(db, { key: lasting.key, now: start })).toBeNull();
  });

  it('answers null to a well-formed key that nobody was given', async () => {
    expect(await findLiveApiKey(db, { key: generateApiKey().key, now: start })).toBeNull();
  });

  it('refuses 10,000 mistyped keys without one query', async () => {
    const { key } = await givenKey();
    const counted = countedQueries(pool);
    for (let round = 0; round < 10_000; round += 1) {
      expect(await findLiveApiKey(counted.db, { key: mistyped(key), now: start })).toBeNull();
    }
    expect(counted.queries()).toHaveLength(0);
    expect(await findLiveApiKey(counted.db, { key, now: start })).toMatchObject({ userId });
  });

  it('notes its use at most once a minute, however many calls come at once', async () => {
    const { key, id: keyId } = await givenKey();
    const call = (at: Date) => findLiveApiKey(db, { key, now: at });
    await Promise.all(Array.from({ length: 20 }, () => call(start)));
    expect(await lastUsedAt(keyId)).toBe(start.toISOString());
    await call(after(59_999));
    expect(await lastUsedAt(keyId)).toBe(start.toISOString());
    await Promise.all(Array.from({ length: 20 }, () => call(after(60_000))));
    expect(await lastUsedAt(keyId)).toBe(after(60_000).toISOString());
  });
});

/** One to three slips of the kind fingers make: another letter, one left out, one twice, two swapped, case. */
function mistyped(key: string): string {
  let text = key;
  for (let slips = randomInt(1, 4); slips > 0 || text === key; slips -= 1) {
    const at = randomInt(9, text.length - 1);
    const [before, here, next, rest] = [text.slice(0, at), text.charAt(at), text.charAt(at + 1), text.slice(at + 2)];
    const slip = [
      () => before + BASE62.charAt(randomInt(62)) + next + rest,
      () => before + next + rest,
      () => before + here + here + next + rest,
      () => before + next + here + rest,
      () => before + (here === here.toLowerCase() ? here.toUpperCase() : here.toLowerCase()) + next + rest,
    ][randomInt(5)];
    text = slip?.() ?? text;
  }
  return text;
}

async function lastUsedAt(keyId: string): Promise<string | null | undefined> {
  const row = await db
    .selectFrom('api_keys')
    .where('id', '=', keyId)
    .select('last_used_at as lastUsedAt')
    .executeTakeFirst();
  return row?.lastUsedAt;
}
