import { describe, expect, it } from 'vitest';
import { codeOf, contextOf, errorOf, givenApi, givenPerson } from '../../../test/index.ts';
import type { Limiter, SignedInContext } from '../../context.ts';
import { consumeSenderLimit, requireAskerLimit, requireSenderLimit } from './mail-limit.ts';

const { db, services } = await givenApi();

const HOUR_MS = 3_600_000;

/** What an account that is so old counts a mail against, where `full` allows no more. */
async function countedOf(ageMs: number, full?: string) {
  const person = await givenPerson(services);
  const created_at = new Date(services.clock.now().getTime() - ageMs);
  await db.updateTable('users').set({ created_at }).where('id', '=', person.id).execute();
  const counted: string[] = [];
  const limiter: Limiter = {
    async consume(name, key) {
      counted.push(name);
      expect(key).toBe(person.id);
      return { allowed: name !== full, retryAfterSeconds: 60 };
    },
  };
  const who = { userId: person.id, isAdmin: false, groupId: null };
  const ctx = { ...contextOf({ ...services, limiter }, person.principal), who } as SignedInContext;
  return { counted, ctx };
}

describe('a mail to somebody else', () => {
  it.each([
    [23 * HOUR_MS, ['mailNewSender']],
    [25 * HOUR_MS, ['mailSender', 'mailSenderDay']],
  ])('counts for its sender, whose account is %i ms old, against %j', async (ageMs, limits) => {
    const { counted, ctx } = await countedOf(ageMs);
    expect(await consumeSenderLimit(db, ctx)).toBe(true);
    expect(counted).toEqual(limits);
  });

  it.each([
    [HOUR_MS, 'mailNewSender'],
    [25 * HOUR_MS, 'mailSender'],
    [25 * HOUR_MS, 'mailSenderDay'],
  ])('of an account that is %i ms old does not go out beyond %s', async (ageMs, limit) => {
    const { ctx } = await countedOf(ageMs, limit);
    expect(await consumeSenderLimit(db, ctx)).toBe(false);
    const refused = await errorOf(requireSenderLimit(db, ctx));
    expect(refused).toMatchObject({ code: 'limit.exceeded', extra: { limit }, retryAfterSeconds: 60 });
  });
});

describe('a link that somebody asks for who is not signed in', () => {
  it.each([undefined, 'mailAddress', 'mailAddressDay'])(
    'counts for their network address, by hour and day: %s is full',
    async (full) => {
      const counted: string[] = [];
      const limiter: Limiter = {
        async consume(name, key) {
          counted.push(`${name} ${key}`);
          return { allowed: name !== full, retryAfterSeconds: 60 };
        },
      };
      const ctx = contextOf({ ...services, limiter }, { kind: 'anonymous', rejected: null });
      expect(await codeOf(requireAskerLimit(ctx))).toBe(full === undefined ? 'ok' : 'limit.exceeded');
      const limits = full === 'mailAddress' ? ['mailAddress'] : ['mailAddress', 'mailAddressDay'];
      expect(counted).toEqual(limits.map((name) => `${name} 127.0.0.1`));
    },
  );
});
