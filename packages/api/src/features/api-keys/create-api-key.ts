import { generateApiKey } from '@promptory/auth';
import { type Database, newId } from '@promptory/db';
import { type CreateApiKeyInput, type CreatedApiKey, fault } from '@promptory/schemas';
import type { Transaction } from 'kysely';
import { lockGroup } from '../../access/require.ts';
import { recordAudit } from '../../audit/record-audit.ts';
import type { SessionContext } from '../../context.ts';
import { lockOwnAccount } from '../../domain/accounts/lock-account.ts';
import { findQuota, quotaExceeded } from '../../domain/quotas/quota-limits.ts';
import { invalidInput } from '../../errors.ts';
import { runIdempotent } from '../../idempotency/run-idempotent.ts';
import { selectApiKeys } from './api-keys.queries.ts';

/**
 * Makes a key of the caller's. Its text is in the answer and stored nowhere.
 * @throws AppError request.invalid for an end that is past, group.not_found, quota.exceeded,
 *   auth.session_ended
 */
export async function createApiKey(ctx: SessionContext, input: CreateApiKeyInput): Promise<CreatedApiKey> {
  const { name, scopes, groupId = null, callsPerMinute = null } = input;
  const now = ctx.clock.now();
  const expiresAt = input.expiresAt === undefined ? null : new Date(input.expiresAt);
  const { key, hash, hint } = generateApiKey({ marks: ctx.marks, userId: ctx.who.userId });
  // The answer holds the key: it is given again only to who could make one now.
  const authorizeReplay = (trx: Transaction<Database>) => lockOwnAccount(trx, ctx);
  return runIdempotent(ctx, input, authorizeReplay, async (trx) => {
    if (expiresAt !== null && expiresAt <= now) throw invalidInput('expiresAt', fault('not_in_future'));
    // Of many at once each waits for the lock, so that they stay within the bound as well.
    await lockOwnAccount(trx, ctx);
    // As the key will see it: no key acts as an admin.
    const owner = { ...ctx.who, isAdmin: false };
    if (groupId !== null) await lockGroup(trx, owner, groupId, 'read');
    const { count } = await trx
      .selectFrom('api_keys')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('user_id', '=', ctx.who.userId)
      .where('revoked_at', 'is', null)
      .executeTakeFirstOrThrow();
    const limit = await findQuota(trx, ctx, ctx.who.userId, 'apiKeys');
    if (count >= limit) throw quotaExceeded('apiKeys', { limit, used: count });
    const id = newId();
    await trx
      .insertInto('api_keys')
      .values({
        id,
        user_id: ctx.who.userId,
        name,
        key_hash: hash,
        hint,
        scopes: [...scopes],
        group_id: groupId,
        calls_per_minute: callsPerMinute,
        created_at: now,
        expires_at: expiresAt,
      })
      .execute();
    await recordAudit(trx, ctx, {
      action: 'apiKey.created',
      targetType: 'apiKey',
      targetId: id,
      details: { name, scopes, groupId },
    });
    const apiKey = await selectApiKeys(trx).where('id', '=', id).executeTakeFirstOrThrow();
    return { apiKey, key };
  });
}
