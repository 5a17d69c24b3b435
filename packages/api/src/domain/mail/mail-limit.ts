import { consumeLimit, LimitExceededError } from '../../call-limits.ts';
import type { Context, Db, LimitName, SignedInContext } from '../../context.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * Counts a mail that is due, by what it is about and whom it goes to.
 * @returns whether it may go out. Where it may not, the caller is answered as if it had: else the answer would tell whether
 *   an address has an account.
 */
export async function consumeMailLimit(ctx: Pick<Context, 'limiter'>, key: string): Promise<boolean> {
  return (await countMail(ctx, key)) === 'allowed';
}

/** Does so, and tells the first that is refused within its window, which is worth a row, from those after it. */
export async function countMail(
  { limiter }: Pick<Context, 'limiter'>,
  key: string,
): Promise<'allowed' | 'refused' | 'refused again'> {
  const { allowed, isFirstRefusal = true } = await limiter.consume('mail', key);
  if (allowed) return 'allowed';
  return isFirstRefusal ? 'refused' : 'refused again';
}

/**
 * Counts a mail that a person causes to be sent to an address of somebody else: by the hour and the day, whatever they call
 * with and whoever gets it.
 * @returns whether it may go out
 */
export const consumeSenderLimit = async (db: Db, ctx: SignedInContext): Promise<boolean> =>
  (await reachedByOneMore(db, ctx)) === null;

/**
 * Does so where the call makes no sense without its mail.
 * @throws AppError limit.exceeded
 */
export async function requireSenderLimit(db: Db, ctx: SignedInContext): Promise<void> {
  const reached = await reachedByOneMore(db, ctx);
  if (reached === null) return;
  throw new LimitExceededError(reached.limit, reached.retryAfterSeconds);
}

/**
 * Counts a mail that somebody who is not signed in asks for, by their network address and whoever gets it. Says nothing of the
 * recipient, so the caller is told.
 * @throws AppError limit.exceeded
 */
export async function requireAskerLimit(ctx: Context): Promise<void> {
  await consumeLimit(ctx, 'mailAddress', ctx.client.ip);
  await consumeLimit(ctx, 'mailAddressDay', ctx.client.ip);
}

async function reachedByOneMore(
  db: Db,
  ctx: SignedInContext,
): Promise<{ limit: LimitName; retryAfterSeconds: number } | null> {
  const { userId } = ctx.who;
  for (const limit of await limitsOf(db, ctx)) {
    const { allowed, retryAfterSeconds } = await ctx.limiter.consume(limit, userId);
    if (!allowed) return { limit, retryAfterSeconds };
  }
  return null;
}

/** Who makes accounts to send mails by sends few by each. */
async function limitsOf(db: Db, { who, clock }: SignedInContext): Promise<readonly LimitName[]> {
  const yesterday = new Date(clock.now().getTime() - DAY_MS).toISOString();
  const { isNew } = await db
    .selectFrom('users')
    .select((eb) => eb('created_at', '>', yesterday).as('isNew'))
    .where('id', '=', who.userId)
    .executeTakeFirstOrThrow();
  return isNew ? ['mailNewSender'] : ['mailSender', 'mailSenderDay'];
}
