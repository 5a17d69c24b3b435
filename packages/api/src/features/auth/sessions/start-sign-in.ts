import type { SessionCarrier, StartedSession } from '@promptory/auth';
import { keepLatestSessions, startSession } from '@promptory/auth';
import type { Database } from '@promptory/db';
import type { Me, SignedIn } from '@promptory/schemas';
import type { Transaction } from 'kysely';
import { recordAudit } from '../../../audit/record-audit.ts';
import type { Context } from '../../../context.ts';
import type { LockedAccount } from '../../../domain/accounts/lock-account.ts';
import { findQuota } from '../../../domain/quotas/quota-limits.ts';
import { getAccount } from '../../../views/account-view.ts';

export interface SignIn {
  readonly user: Me;
  readonly session: Pick<StartedSession, 'sessionId' | 'refreshToken' | 'refreshExpiresAt'>;
  readonly carrier: SessionCarrier;
}

/**
 * Starts a session for an account that the transaction has found to be who it says. Beyond the quota the one that was not
 * used for longest ends, rather than that its owner cannot sign in.
 */
export async function startSignIn(
  trx: Transaction<Database>,
  ctx: Context,
  { id: userId }: LockedAccount,
  carrier: SessionCarrier,
  secondFactor: 'code' | 'recovery_code' | null = null,
): Promise<SignIn> {
  const user = await getAccount(trx, userId);
  const session = await startSession(trx, {
    userId,
    role: user.role,
    carrier,
    marks: ctx.marks,
    ip: ctx.client.ip,
    userAgent: ctx.client.userAgent,
    now: ctx.clock.now(),
    secondFactor: secondFactor !== null,
  });
  const most = await findQuota(trx, ctx, userId, 'sessions');
  const endedSessions = await keepLatestSessions(trx, { userId, sessionId: session.sessionId, most });
  await recordAudit(trx, ctx, {
    action: 'session.started',
    targetType: 'session',
    targetId: session.sessionId,
    details: { carrier, secondFactor, ...(endedSessions === 0 ? {} : { endedSessions }) },
    actorId: userId,
  });
  return { user, session, carrier };
}

/** The tokens of a session, after its transaction: a cookie set for one that was rolled back would be of no use. */
export async function answerSignIn(ctx: Context, { user, session, carrier }: SignIn): Promise<SignedIn> {
  const { token, expiresAt } = await ctx.accessTokens.sign({
    userId: user.id,
    sessionId: session.sessionId,
    now: ctx.clock.now(),
  });
  if (carrier === 'cookie') ctx.cookie.set(session.refreshToken, session.refreshExpiresAt);
  return {
    user,
    accessToken: token,
    accessTokenExpiresAt: expiresAt.toISOString(),
    refreshToken: carrier === 'cookie' ? null : session.refreshToken,
  };
}
