import { lockApiKeys } from '@promptory/auth';
import { type Database, retryTransaction } from '@promptory/db';
import type { ById } from '@promptory/schemas';
import { sql, type Transaction } from 'kysely';
import { recordAudit } from '../../audit/record-audit.ts';
import type { SessionContext } from '../../context.ts';
import { lockOwnAccount } from '../../domain/accounts/lock-account.ts';
import { AppError } from '../../errors.ts';

const MOST_REVOKED = 100;
/** Of many, which a release before may have left, some go with each key that is revoked. */
const MOST_FORGOTTEN = 100;

/** @throws AppError api_key.not_found when the caller has no such key, or revoked it before; auth.session_ended */
export async function revokeApiKey(ctx: SessionContext, { id }: ById): Promise<void> {
  await retryTransaction(ctx.db, async (trx) => {
    await lockOwnAccount(trx, ctx);
    await lockApiKeys(trx, { userId: ctx.who.userId, keyId: id });
    const revoked = await trx
      .updateTable('api_keys')
      .set({ revoked_at: ctx.clock.now() })
      .where('id', '=', id)
      .where('user_id', '=', ctx.who.userId)
      .where('revoked_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (revoked === undefined) throw new AppError('api_key.not_found');
    await forgetRevoked(trx, ctx.who.userId);
    await recordAudit(trx, ctx, { action: 'apiKey.revoked', targetType: 'apiKey', targetId: id });
  });
}

/** Keys may be made and revoked all day: only the last that were revoked are kept. */
async function forgetRevoked(trx: Transaction<Database>, userId: string): Promise<void> {
  await sql`
    DELETE FROM api_keys WHERE user_id = ${userId}::uuid AND revoked_at IS NOT NULL AND id IN (
      SELECT id FROM api_keys WHERE user_id = ${userId}::uuid AND revoked_at IS NOT NULL
      ORDER BY revoked_at DESC OFFSET ${MOST_REVOKED} LIMIT ${MOST_FORGOTTEN}
    )
  `.execute(trx);
}
