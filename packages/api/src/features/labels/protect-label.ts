import type { LabelInput } from '@promptory/schemas';
import { sql } from 'kysely';
import { lockPrompt } from '../../access/require.ts';
import { transactAsCaller } from '../../access/transact-as-caller.ts';
import { recordAudit } from '../../audit/record-audit.ts';
import type { SignedInContext } from '../../context.ts';
import { findQuota, quotaExceeded } from '../../domain/quotas/quota-limits.ts';

/**
 * From now on only the prompt's owner and administrators move the label, which may be one that points nowhere yet.
 * @throws AppError prompt.not_found, prompt.forbidden, quota.exceeded
 */
export async function protectLabel(ctx: SignedInContext, { id, label }: LabelInput): Promise<void> {
  await transactAsCaller(ctx, async (trx) => {
    const { userId } = await lockPrompt(trx, ctx.who, id, 'own');
    const { numAffectedRows } = await sql`
      INSERT INTO prompt_labels (prompt_id, label, is_protected) VALUES (${id}::uuid, ${label}, true)
      ON CONFLICT (prompt_id, label) DO UPDATE SET is_protected = true WHERE NOT prompt_labels.is_protected
    `.execute(trx);
    if (numAffectedRows === 0n) return;
    const limit = await findQuota(trx, ctx, userId, 'labelsPerPrompt');
    const { labels } = await trx
      .selectFrom('prompt_labels')
      .select(({ fn }) => fn.countAll<number>().as('labels'))
      .where('prompt_id', '=', id)
      .executeTakeFirstOrThrow();
    if (labels > limit) throw quotaExceeded('labelsPerPrompt', { limit, used: labels - 1 });
    await recordAudit(trx, ctx, {
      action: 'label.protectionSet',
      targetType: 'prompt',
      targetId: id,
      details: { label },
    });
  });
}

/**
 * From now on whoever edits the prompt moves the label.
 * @throws AppError prompt.not_found, prompt.forbidden
 */
export async function unprotectLabel(ctx: SignedInContext, { id, label }: LabelInput): Promise<void> {
  await transactAsCaller(ctx, async (trx) => {
    await lockPrompt(trx, ctx.who, id, 'own');
    const { rows } = await sql`
      WITH removed AS (
        DELETE FROM prompt_labels WHERE prompt_id = ${id}::uuid AND label = ${label} AND version IS NULL RETURNING 1
      ), opened AS (
        UPDATE prompt_labels SET is_protected = false
        WHERE prompt_id = ${id}::uuid AND label = ${label} AND version IS NOT NULL AND is_protected RETURNING 1
      )
      SELECT FROM removed UNION ALL SELECT FROM opened
    `.execute(trx);
    if (rows.length === 0) return;
    await recordAudit(trx, ctx, {
      action: 'label.protectionRemoved',
      targetType: 'prompt',
      targetId: id,
      details: { label },
    });
  });
}
