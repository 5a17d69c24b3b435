import { type Database, retryTransaction } from '@promptory/db';
import type { CurrentPreferences, Preferences, UpdatePreferencesInput } from '@promptory/schemas';
import { canonicalJson } from '@promptory/template';
import type { Transaction } from 'kysely';
import { recordAudit } from '../../audit/record-audit.ts';
import type { Context, SessionContext } from '../../context.ts';
import { lockOwnAccount } from '../../domain/accounts/lock-account.ts';
import { mergePreferences } from '../../domain/accounts/stored-preferences.ts';
import { enqueueMail } from '../../domain/mail/mail-job.ts';
import { consumeMailLimit } from '../../domain/mail/mail-limit.ts';
import { requireRevision, revised } from '../../views/revision.ts';
import { getPreferences } from './preferences.queries.ts';

/**
 * Merges a change into the caller's preferences; of two at once neither loses what the other wrote.
 * @throws AppError user.not_found, auth.session_ended, request.precondition_failed
 */
export function updatePreferences(
  ctx: SessionContext,
  { revision, ...input }: UpdatePreferencesInput,
): Promise<CurrentPreferences> {
  const { userId } = ctx.who;
  return retryTransaction(ctx.db, async (trx) => {
    await lockOwnAccount(trx, ctx);
    const current = await getPreferences(trx, userId);
    await requireRevision(revision, async () => revised(current));
    const merged = mergePreferences(current, input);
    if (!(await writePreferences(trx, ctx, { userId, current, merged }))) return revised<Preferences>(current);
    const isTurnedOff = current.emailNotifications.security && !merged.emailNotifications.security;
    // Turned on and off again and again, it is said often enough by the first few.
    if (isTurnedOff && (await consumeMailLimit(ctx, `security-mails|${userId}`))) {
      await enqueueMail(trx, { kind: 'security_mails_off', userId });
    }
    return revised<Preferences>(merged);
  });
}

/**
 * Writes what differs, with its audit entry, under the lock of the account.
 * @returns whether anything does
 */
export async function writePreferences(
  trx: Transaction<Database>,
  ctx: Context,
  { userId, current, merged }: { userId: string; current: Preferences; merged: Preferences },
): Promise<boolean> {
  const changed = Object.entries(merged)
    .filter(([key, value]) => canonicalJson(value) !== canonicalJson(Reflect.get(current, key)))
    .map(([key]) => key);
  if (changed.length === 0) return false;
  await trx
    .updateTable('users')
    .set({ preferences: JSON.stringify(merged) })
    .where('id', '=', userId)
    .execute();
  await recordAudit(trx, ctx, {
    action: 'user.preferences_changed',
    targetType: 'user',
    targetId: userId,
    details: { changed },
    actorId: userId,
  });
  return true;
}
