import { endSession, endSessionByRefreshToken } from '@promptory/auth';
import { retryTransaction } from '@promptory/db';
import type { LogoutInput } from '@promptory/schemas';
import { recordAudit } from '../../../audit/record-audit.ts';
import type { Context } from '../../../context.ts';

/** Ends every session that the call shows: by refresh token in the input or the cookie, and the one it acts in. */
export async function logOut(ctx: Context, input: LogoutInput): Promise<void> {
  const { principal } = ctx;
  const tokens = [input.refreshToken ?? null, ctx.cookie.refreshToken].filter((token) => token !== null);
  await retryTransaction(ctx.db, async (trx) => {
    const ended: { sessionId: string; userId: string }[] = [];
    for (const token of tokens) {
      const session = await endSessionByRefreshToken(trx, token);
      if (session !== null) ended.push(session);
    }
    if (principal.kind === 'user' && (await endSession(trx, principal))) ended.push(principal);
    for (const { sessionId, userId } of ended) {
      await recordAudit(trx, ctx, {
        action: 'session.ended',
        targetType: 'session',
        targetId: sessionId,
        actorId: userId,
      });
    }
  });
  if (ctx.cookie.refreshToken !== null) ctx.cookie.clear();
}
