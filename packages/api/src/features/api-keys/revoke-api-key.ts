import { retryTransaction } from '@promptory/db';
import type { ById } from '@promptory/schemas';
import { recordAudit } from '../../audit/record-audit.ts';
import type { SessionContext } from '../../context.ts';
import { lockOwnAccount } from '../../domain/accounts/lock-account.ts';
import { AppError } from '../../errors.ts';

/** @throws AppError api_key.not_found when the caller has no such key, or revoked it before; auth.session_ended */
export async function revokeApiKey(ctx: SessionContext, { id }: ById): Promise<void> {
  await retryTransaction(ctx.db, async (trx) => {
    await lockOwnAccount(trx, ctx);
    const revoked = await trx
      .updateTable('api_keys')
      .set({ revoked_at: ctx.clock.now() })
      .where('id', '=', id)
      .where('user_id', '=', ctx.who.userId)
      .where('revoked_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (revoked === undefined) throw new AppError('api_key.not_found');
    await recordAudit(trx, ctx, { action: 'apiKey.revoked', targetType: 'apiKey', targetId: id });
  });
}
