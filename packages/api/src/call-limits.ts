import type { ShownSession } from '@promptory/auth';
import type { ErrorDetails } from '@promptory/schemas';
import type { Context, LimitName, Principal } from './context.ts';
import { AppError } from './errors.ts';

/** The limit that every call of a caller counts against. */
export interface GeneralLimit {
  readonly name: LimitName;
  readonly key: string;
  /** In place of the set number of calls. */
  readonly limit?: number;
}

/** @param address the caller's, for whom it counts where nobody is signed in */
export function generalLimit(principal: Principal, address: string): GeneralLimit {
  if (principal.kind === 'anonymous') return { name: 'anonymous', key: anonymousKey(principal, address) };
  if (principal.kind === 'user') return { name: 'user', key: principal.userId };
  return {
    name: 'key',
    key: principal.keyId,
    ...(principal.callsPerMinute === null ? {} : { limit: principal.callsPerMinute }),
  };
}

/**
 * Whom calls without an accepted credential count for: those that showed none, their address. A program that goes on with a
 * dead key must not use up what its address has: it counts for whose the key was, or else apart from the address's others.
 */
function anonymousKey({ rejected, endedOf }: Extract<Principal, { kind: 'anonymous' }>, address: string): string {
  if (endedOf !== undefined) return `ended|${endedOf}`;
  return rejected === null ? address : `rejected|${address}`;
}

/** Whom a limit of one kind of call counts: a person, with all their keys and sessions, or an address. */
const callerKey = ({ principal, client }: Context): string =>
  principal.kind === 'anonymous' ? anonymousKey(principal, client.ip) : principal.userId;

/** More calls than a limit allows. */
export class LimitExceededError extends AppError {
  /** Whether it is the first that the limit refuses within its window: what is worth a row is written for this one. */
  readonly isFirstRefusal: boolean;

  constructor(limit: LimitName, retryAfterSeconds: number, isFirstRefusal = true) {
    super('limit.exceeded', { retryAfterSeconds, extra: { limit } satisfies ErrorDetails['limit.exceeded'] });
    this.isFirstRefusal = isFirstRefusal;
  }
}

/**
 * Counts a call against a limit, by the key that the limit is counted for.
 * @throws AppError limit.exceeded
 */
export async function consumeLimit(
  { limiter }: Pick<Context, 'limiter'>,
  name: LimitName,
  key: string,
  { limit, cost }: { limit?: number | undefined; cost?: number | undefined } = {},
): Promise<void> {
  const { allowed, retryAfterSeconds, isFirstRefusal } = await limiter.consume(name, key, limit, cost);
  if (!allowed) throw new LimitExceededError(name, retryAfterSeconds, isFirstRefusal);
}

/**
 * Counts a call against a limit that each person has, whatever they call with: more keys are not more searches or exports.
 * @throws AppError limit.exceeded
 */
export const consumeOwnLimit = (ctx: Context, name: LimitName): Promise<void> =>
  consumeLimit(ctx, name, callerKey(ctx));

/**
 * The refresh token that a call comes with. One with our mark counts for its session and the account, so that no stranger
 * of the same address uses that up; one that can be none counts apart from the others of its address.
 */
export type ShownToken = ShownSession | 'malformed' | null;

/**
 * Counts a call by its cost against the caller's general limit, then as one against the limit of its procedure. Calls are
 * counted, not requests: a batch counts the sum of its calls.
 * @throws AppError limit.exceeded
 */
export async function countCall(
  ctx: Context,
  { cost, limit }: { readonly cost?: number; readonly limit?: LimitName } = {},
  token: ShownToken = null,
): Promise<void> {
  if (token !== null && token !== 'malformed' && token.owner !== null) {
    await countMarked(ctx, { id: token.id, owner: token.owner }, limit);
    return;
  }
  const general = generalLimit(ctx.principal, ctx.client.ip);
  // Who is not signed in is refused what has a cost, before it costs anything.
  const counted = ctx.principal.kind === 'anonymous' ? 1 : cost;
  await consumeLimit(ctx, general.name, general.key, { limit: general.limit, cost: counted });
  if (limit === undefined) return;
  const key = callerKey(ctx);
  await consumeLimit(ctx, limit, token === 'malformed' ? `malformed|${key}` : key);
}

/** Its own limit first: a program that goes on with a dead token uses up what its account has thirty times and no more. */
async function countMarked(
  ctx: Context,
  { id, owner }: { readonly id: string; readonly owner: string },
  limit: LimitName | undefined,
): Promise<void> {
  if (limit !== undefined) await consumeLimit(ctx, limit, `session|${id}`);
  const { principal, client } = ctx;
  const general =
    principal.kind === 'anonymous'
      ? ({ name: 'user', key: `owner|${owner}` } as const)
      : generalLimit(principal, client.ip);
  await consumeLimit(ctx, general.name, general.key, { limit: 'limit' in general ? general.limit : undefined });
}
