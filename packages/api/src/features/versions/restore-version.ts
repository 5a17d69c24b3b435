import type { PromptVersion, RestoreVersionInput } from '@promptory/schemas';
import { lockPrompt, requirePrompt } from '../../access/require.ts';
import { recordAudit } from '../../audit/record-audit.ts';
import type { Db, SignedInContext } from '../../context.ts';
import { requireBaseVersion } from '../../domain/prompts/require-base-version.ts';
import { writeVersion } from '../../domain/prompts/write-version.ts';
import { requireVersionFits } from '../../domain/quotas/account-resources.ts';
import { copyIncludes } from '../../domain/stored-signatures/save-includes.ts';
import { signed } from '../../domain/stored-signatures/signed.ts';
import { copySignature } from '../../domain/stored-signatures/stored-signatures.ts';
import { runIdempotent } from '../../idempotency/run-idempotent.ts';
import { getVersion } from '../../views/version-view.ts';

/**
 * Makes a new version with an earlier one's content, and answers it. Where that is the content already, it answers the
 * latest version.
 * @throws AppError prompt.not_found, prompt.forbidden, prompt.version_not_found, prompt.version_conflict,
 *   quota.exceeded
 */
export async function restoreVersion(ctx: SignedInContext, input: RestoreVersionInput): Promise<PromptVersion> {
  const { id, version: restores, baseVersion } = input;
  const authorizeReplay = (trx: Db) => requirePrompt(trx, ctx.who, id, 'edit');
  const restored = await runIdempotent(ctx, input, authorizeReplay, async (trx) => {
    const prompt = await lockPrompt(trx, ctx.who, id, 'edit');
    const content = await getVersion(trx, id, restores);
    await requireBaseVersion(trx, prompt, baseVersion);
    const { version, written } = await writeVersion(
      trx,
      { promptId: id, authorId: ctx.who.userId, at: ctx.clock.now(), changeNote: `Restores version ${restores}` },
      content,
    );
    if (written) {
      await copyIncludes(trx, { promptId: id, version: restores }, { promptId: id, version });
      await copySignature(trx, { promptId: id, version: restores }, { promptId: id, version });
      await requireVersionFits(trx, ctx, { ownerId: prompt.userId, authorId: ctx.who.userId, version });
      const details = { version, restores };
      await recordAudit(trx, ctx, { action: 'prompt.versionRestored', targetType: 'prompt', targetId: id, details });
    }
    return getVersion(trx, id, version);
  });
  return signed(ctx, id, restored);
}
