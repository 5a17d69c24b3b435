import type { Database } from '@promptory/db';
import type { MoveLabelInput, PromptLabel, RemoveLabelInput, UndoMoveInput } from '@promptory/schemas';
import type { Transaction } from 'kysely';
import { lockPrompt, requirePrompt } from '../../access/require.ts';
import { transactAsCaller } from '../../access/transact-as-caller.ts';
import { recordAudit } from '../../audit/record-audit.ts';
import type { Db, SignedInContext } from '../../context.ts';
import { type FoundBreaks, withBreaks } from '../../domain/labels/breaking-moves.ts';
import { type PlannedMove, planMoves, type WantedMove, writeMoves } from '../../domain/labels/label-moves.ts';
import { AppError } from '../../errors.ts';
import { runIdempotent } from '../../idempotency/run-idempotent.ts';
import { getLabel } from '../../views/label-view.ts';

/**
 * Lets a label point at a version. Where it does already, nothing is moved.
 * @throws AppError prompt.not_found, prompt.forbidden, prompt.version_not_found, label.protected, label.moved_since,
 *   prompt.breaking_change, quota.exceeded, server.busy
 */
export async function moveLabel(ctx: SignedInContext, input: MoveLabelInput): Promise<PromptLabel> {
  const { id, label, version, ...rest } = input;
  const authorizeReplay = (trx: Db) => requirePrompt(trx, ctx.who, id, 'edit');
  const wanted = { promptId: id, label, to: version, ...rest };
  return withBreaks(ctx, [wanted], (found) =>
    runIdempotent(ctx, input, authorizeReplay, async (trx) => {
      await lockPrompt(trx, ctx.who, id, 'edit');
      await moveOne(trx, ctx, wanted, 'label.moved', found);
      return await currentLabel(trx, id, label);
    }),
  );
}

/**
 * Takes a label from the version that it points at; its history stays, and so does its protection.
 * @throws AppError prompt.not_found, prompt.forbidden, label.not_found, label.protected, label.moved_since, quota.exceeded
 */
export async function removeLabel(ctx: SignedInContext, input: RemoveLabelInput): Promise<void> {
  const { id, label, expectedVersion, reason } = input;
  await transactAsCaller(ctx, async (trx) => {
    await lockPrompt(trx, ctx.who, id, 'edit');
    const move = await moveOne(trx, ctx, { promptId: id, label, to: null, expectedVersion, reason }, 'label.removed');
    if (move.id === null) throw new AppError('label.not_found');
  });
}

/**
 * Takes a move back, as the next move, where no other has followed it.
 * @throws AppError prompt.not_found, prompt.forbidden, label.move_not_found, label.protected, label.moved_since, quota.exceeded,
 *   prompt.breaking_change where that move took another one back, server.busy
 */
export async function undoMove(ctx: SignedInContext, input: UndoMoveInput): Promise<PromptLabel> {
  const { id, label, moveId, reason } = input;
  const authorizeReplay = (trx: Db) => requirePrompt(trx, ctx.who, id, 'edit');
  // Rows of the history never change.
  const move = await ctx.db
    .selectFrom('label_moves')
    .select('from_version as from')
    .where('id', '=', moveId)
    .where('prompt_id', '=', id)
    .where('label', '=', label)
    .executeTakeFirst();
  const steps = move === undefined || move.from === null ? [] : [{ promptId: id, label, to: move.from }];
  return withBreaks(ctx, steps, (found) =>
    runIdempotent(ctx, input, authorizeReplay, async (trx) => {
      await lockPrompt(trx, ctx.who, id, 'edit');
      if (move === undefined) throw new AppError('label.move_not_found');
      const wanted = { promptId: id, label, to: move.from, undoes: moveId, reason };
      await moveOne(trx, ctx, wanted, 'label.moveUndone', found);
      return await currentLabel(trx, id, label);
    }),
  );
}

/** Of a prompt that is locked, and that the caller may edit. */
async function moveOne(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  wanted: WantedMove,
  action: 'label.moved' | 'label.removed' | 'label.moveUndone',
  found?: FoundBreaks,
): Promise<PlannedMove> {
  const { promptId, label, to } = wanted;
  const [plan] = await planMoves(trx, ctx, [wanted], found);
  if (plan === undefined) throw new Error('A move was not planned.');
  if (plan instanceof AppError) throw plan;
  const { id, from } = plan;
  await writeMoves(trx, ctx, [plan]);
  if (id !== null) {
    await recordAudit(trx, ctx, {
      action,
      targetType: 'prompt',
      targetId: promptId,
      details: { label, from, to, moveId: id, ...(plan.isBreaking ? { isBreaking: true } : {}) },
    });
  }
  return plan;
}

/** One that was taken back to where it was before its first move points nowhere. */
const currentLabel = async (db: Db, promptId: string, label: string): Promise<PromptLabel> =>
  (await getLabel(db, promptId, label)) ?? { label, version: null, isProtected: false, lastMove: null };
