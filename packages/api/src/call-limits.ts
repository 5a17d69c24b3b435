import type { Context, LimitName } from './context.ts';
import { AppError } from './errors.ts';

const generalLimit = ({ principal, client }: Context): { name: LimitName; key: string; limit?: number } => {
  if (principal.kind === 'anonymous') return { name: 'anonymous', key: client.ip };
  if (principal.kind === 'user') return { name: 'user', key: principal.userId };
  return {
    name: 'key',
    key: principal.keyId,
    ...(principal.callsPerMinute === null ? {} : { limit: principal.callsPerMinute }),
  };
};

/** Whom a limit of one kind of call counts: a person, with all their keys and sessions, or an address. */
const callerKey = ({ principal, client }: Context): string =>
  principal.kind === 'anonymous' ? client.ip : principal.userId;

/**
 * Counts a call against a limit, by the key that the limit is counted for.
 * @throws AppError limit.exceeded
 */
export async function consumeLimit(ctx: Context, name: LimitName, key: string, limit?: number): Promise<void> {
  const { allowed, retryAfterSeconds } = await ctx.limiter.consume(name, key, limit);
  if (!allowed) throw new AppError('limit.exceeded', { retryAfterSeconds, extra: { limit: name } });
}

/**
 * Counts a call against a limit that each person has, whatever they call with: more keys are not more searches or exports.
 * @throws AppError limit.exceeded
 */
export const consumeOwnLimit = (ctx: Context, name: LimitName): Promise<void> =>
  consumeLimit(ctx, name, callerKey(ctx));

/**
 * Counts a call against the caller's general limit, then against the one of its procedure. Calls are counted, not requests:
 * a batch of ten counts ten times.
 * @throws AppError limit.exceeded
 */
export async function countCall(ctx: Context, ofProcedure: LimitName | undefined): Promise<void> {
  const general = generalLimit(ctx);
  await consumeLimit(ctx, general.name, general.key, general.limit);
  if (ofProcedure !== undefined) await consumeOwnLimit(ctx, ofProcedure);
}
