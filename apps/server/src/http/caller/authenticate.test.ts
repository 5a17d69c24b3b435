import type { Principal } from '@promptory/api/server';
import { expect, it } from 'vitest';
import type { RequestLimiter } from '../rate-limit-headers.ts';
import { authenticate } from './authenticate.ts';
import { anonymous, ended } from './find-principal.ts';
import { createKnownCredentials } from './known-credentials.ts';
import type { Credential } from './presented-credential.ts';

const cookie = (owner: string | null): Credential => ({ kind: 'cookie', refreshToken: 'ptr_x', id: 'c', owner });
const key = (owner: string | null): Credential => ({ kind: 'apiKey', key: 'pty_live_x', id: 'k', owner });

/** Counts calls by limit and key, and refuses those against `full`. */
function countingLimiter(full: string | null = null) {
  const counted = new Map<string, number>();
  const add = (name: string, of: string, calls: number): void => {
    const at = `${name} ${of}`;
    counted.set(at, (counted.get(at) ?? 0) + calls);
  };
  const consume = async (name: string, of: string) => {
    add(name, of, 1);
    const allowed = `${name} ${of}` !== full;
    return { allowed, retryAfterSeconds: allowed ? 0 : 7 };
  };
  const limiter = {
    consume,
    refund: async (name: string, of: string) => add(name, of, -1),
    countAhead: async (limit: { name: string; key: string }) => consume(limit.name, limit.key),
    takeBack: async () => undefined,
  };
  const left = () => Object.fromEntries([...counted].filter(([, calls]) => calls !== 0));
  return { limiter: limiter as unknown as RequestLimiter, left };
}

async function refused(
  presented: Credential,
  found: Principal,
  endedOf: string | null = null,
  full: string | null = null,
) {
  const known = createKnownCredentials();
  if (endedOf !== null) known.end(presented.id, endedOf);
  const { limiter, left } = countingLimiter(full);
  const find = async () => found;
  const principal = await authenticate({ presented, address: '192.0.2.1', known, limiter, find });
  return { principal, left: left(), remembered: known.endedOf(presented.id) };
}

const unknown = anonymous('auth.invalid_token');

it.each<[string, Credential, Principal, string | null, string]>([
  ['the database says, whatever the mark says', key('mark'), ended('ann'), null, 'ann'],
  ['the database says, whatever was remembered', key('mark'), ended('ann'), 'ben', 'ann'],
  ['is remembered, where the database knows it no more', cookie('mark'), unknown, 'ann', 'ann'],
  ['is remembered of one without a mark', cookie(null), unknown, 'ann', 'ann'],
  ['the mark says, where it was never accepted here', cookie('mark'), unknown, null, 'mark'],
])('counts a credential that is refused for whose it was, as %s', async (_, presented, found, before, owner) => {
  const { principal, left, remembered } = await refused(presented, found, before);
  expect(principal).toEqual(ended(owner));
  expect(remembered).toBe(owner);
  expect(left).toEqual({ [`credential ended|${owner}`]: 1 });
});

it('counts what nobody is known for against the address that shows it', async () => {
  const { principal, left, remembered } = await refused(cookie(null), unknown);
  expect(principal).toEqual(unknown);
  expect(remembered).toBeUndefined();
  expect(left).toEqual({ 'credential 192.0.2.1': 1 });
});

it('lets the address pay as well, where what is left for refusals of its owner is used up', async () => {
  const { principal, left } = await refused(key(null), ended('ann'), null, 'credential ended|ann');
  expect(principal).toEqual(ended('ann'));
  expect(left).toEqual({ 'credential 192.0.2.1': 1, 'credential ended|ann': 1 });
});

it('counts nothing where a credential is accepted, or the database is away', async () => {
  const known = createKnownCredentials();
  const user: Principal = { kind: 'user', userId: 'ann', role: 'user', sessionId: 's' };
  const { limiter, left } = countingLimiter();
  const base = { presented: cookie('mark'), address: '192.0.2.1', known, limiter };
  await expect(
    authenticate({
      ...base,
      find: async () => {
        throw new Error('away');
      },
    }),
  ).rejects.toThrow('away');
  expect(known.get('c')).toBeUndefined();
  expect(await authenticate({ ...base, find: async () => user })).toEqual(user);
  expect(left()).toEqual({});
  expect(known.get('c')).toMatchObject({ userId: 'ann' });
});

it('has others with a credential that is new wait until the first has looked it up, found or not', async () => {
  const known = createKnownCredentials();
  const { limiter } = countingLimiter();
  for (const outcome of ['found', 'away']) {
    const looking = Promise.withResolvers<Principal>();
    const asked = authenticate({
      ...{ presented: cookie(null), address: '192.0.2.1', known, limiter },
      find: () => looking.promise,
    }).catch(() => 'away');
    let isOver = false;
    void known.underWay('c')?.then(() => {
      isOver = true;
    });
    await new Promise(setImmediate);
    expect([isOver, known.underWay('c')]).toEqual([false, expect.any(Promise)]);
    if (outcome === 'found') looking.resolve(unknown);
    else looking.reject(new Error('away'));
    await asked;
    expect([isOver, known.underWay('c')]).toEqual([true, undefined]);
  }
});
