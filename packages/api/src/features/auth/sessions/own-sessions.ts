import { endSession, listSessions } from '@promptory/auth';
import { retryTransaction, toPage } from '@promptory/db';
import type { ById, Page, PageInput, Session } from '@promptory/schemas';
import { recordAudit } from '../../../audit/record-audit.ts';
import type { SessionContext } from '../../../context.ts';
import { lockOwnAccount } from '../../../domain/accounts/lock-account.ts';
import { AppError } from '../../../errors.ts';
import { listCursor } from '../../../views/list-cursor.ts';

/** The caller's live sessions, the latest first. There are at most a hundred, so pages are cut from all of them. */
export async function listOwnSessions(ctx: SessionContext, input: PageInput): Promise<Page<Session>> {
  const { after, limit, cursorOf } = listCursor(ctx, 'auth.sessions', input);
  const [createdAt = '', id = ''] = (after ?? []).map(String);
  const sessions = await listSessions(ctx.db, ctx.who.userId, ctx.clock.now());
  const rest =
    after === undefined
      ? sessions
      : sessions.filter((each) => each.createdAt < createdAt || (each.createdAt === createdAt && each.id > id));
  const { items, nextCursor } = toPage(rest.slice(0, limit + 1), limit, (last) => cursorOf([last.createdAt, last.id]));
  return {
    items: items.map((session) => ({
      ...session,
      carrier: session.carrier === 'cookie' ? 'cookie' : 'token',
      current: session.id === ctx.principal.sessionId,
    })),
    nextCursor,
  };
}

/** @throws AppError session.not_found when the caller has no such session, auth.session_ended */
export async function endOwnSession(ctx: SessionContext, { id }: ById): Promise<void> {
  await retryTransaction(ctx.db, async (trx) => {
    // Of two sessions that end each other the one that comes first stays.
    await lockOwnAccount(trx, ctx);
    const ended = await endSession(trx, { userId: ctx.who.userId, sessionId: id });
    if (!ended) throw new AppError('session.not_found');
    await recordAudit(trx, ctx, { action: 'session.ended', targetType: 'session', targetId: id });
  });
  if (id === ctx.principal.sessionId && ctx.cookie.refreshToken !== null) ctx.cookie.clear();
}
