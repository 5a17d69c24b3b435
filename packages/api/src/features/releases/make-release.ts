import { type Database, newId } from '@promptory/db';
import {
  type CreateReleaseInput,
  fault,
  MAX_RELEASED_PROMPTS,
  type MadeRelease,
  type UndoReleaseInput,
} from '@promptory/schemas';
import type { Transaction } from 'kysely';
import { lockEditablePrompts, type PromptAccess, requirePrompt } from '../../access/require.ts';
import { recordAudits } from '../../audit/record-audit.ts';
import type { SignedInContext } from '../../context.ts';
import { type FoundBreaks, withBreaks } from '../../domain/labels/breaking-moves.ts';
import { type PlannedMove, planMoves, type WantedMove, writeMoves } from '../../domain/labels/label-moves.ts';
import { AppError, invalidInput } from '../../errors.ts';
import { runIdempotent } from '../../idempotency/run-idempotent.ts';
import { type Refusal, releaseRefused } from './release-refusals.ts';
import { getRelease } from './releases.queries.ts';

/**
 * Moves a label on many prompts, all or none.
 * @throws AppError release.refused, which says of each prompt why; request.invalid, what `runIdempotent` throws
 */
export async function makeRelease(ctx: SignedInContext, input: CreateReleaseInput): Promise<MadeRelease> {
  const { label, prompts, reason, acceptBreaking } = input;
  const ids = prompts.map(({ promptId }) => promptId);
  const again = ids.findIndex((id, at) => ids.indexOf(id) < at);
  if (again !== -1) throw invalidInput(`prompts.${again}.promptId`, fault('not_unique'));
  const steps = prompts.map(({ promptId, version }) => ({ promptId, label, to: version ?? null }));
  return withBreaks(ctx, steps, (found) =>
    runIdempotent(
      ctx,
      input,
      (trx) => requireEach(trx, ctx, ids),
      (trx) => {
        const wantedOf = (editable: ReadonlyMap<string, PromptAccess>) =>
          prompts.map(({ promptId, version, expectedVersion }) => ({
            ...{ promptId, label, reason, acceptBreaking, expectedVersion },
            to: version ?? editable.get(promptId)?.version ?? 0,
          }));
        return moveAll(trx, ctx, ids, wantedOf, found);
      },
    ),
  );
}

/**
 * Takes a release back, as a release of its own, where none of its labels has moved since.
 * @throws AppError release.not_found, release.refused
 */
export async function undoRelease(ctx: SignedInContext, input: UndoReleaseInput): Promise<MadeRelease> {
  const { id, reason } = input;
  // Rows of the history never change.
  const moves = await ctx.db
    .selectFrom('label_moves')
    .select(['id', 'prompt_id as promptId', 'label', 'from_version as to'])
    .where('release_id', '=', id)
    .orderBy('prompt_id')
    .limit(MAX_RELEASED_PROMPTS)
    .execute();
  const steps = moves.filter(({ to }) => to !== null);
  return withBreaks(ctx, steps, (found) =>
    runIdempotent(
      ctx,
      input,
      (trx) => getRelease(trx, ctx.who, id),
      async (trx) => {
        await getRelease(trx, ctx.who, id);
        const ids = moves.map(({ promptId }) => promptId);
        const wanted = moves.map(({ id: undoes, ...move }) => ({ ...move, undoes, reason }));
        return moveAll(trx, ctx, ids, () => wanted, found);
      },
    ),
  );
}

/** Locks are taken in one order, so that of two releases of the same prompts one waits for the other. */
async function moveAll(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  ids: readonly string[],
  wantedOf: (editable: ReadonlyMap<string, PromptAccess>) => WantedMove[],
  found: FoundBreaks,
): Promise<MadeRelease> {
  const editable = await lockEditablePrompts(trx, ctx.who, ids);
  const refusals: Refusal[] = [];
  for (const promptId of ids) {
    if (!editable.has(promptId)) refusals.push({ promptId, error: await refusalToEdit(trx, ctx, promptId) });
  }
  const wanted = wantedOf(editable).filter(({ promptId }) => editable.has(promptId));
  const plans: PlannedMove[] = [];
  for (const [at, plan] of (await planMoves(trx, ctx, wanted, found)).entries()) {
    if (plan instanceof AppError) refusals.push({ promptId: wanted[at]?.promptId ?? '', error: plan });
    else plans.push(plan);
  }
  if (refusals.length > 0) throw releaseRefused(ids, refusals);
  const moved = plans.filter(({ id }) => id !== null);
  const releaseId = moved.length === 0 ? null : newId();
  await writeMoves(trx, ctx, plans, releaseId);
  await recordAudits(
    trx,
    ctx,
    moved.map(({ id: moveId, promptId, label, from, to, undoes, isBreaking }) => ({
      action: undoes === undefined ? 'label.moved' : 'label.moveUndone',
      targetType: 'prompt',
      targetId: promptId,
      details: { label, from, to, moveId, releaseId, ...(isBreaking ? { isBreaking } : {}) },
    })),
  );
  const results = plans.map(({ id, promptId, from, to }) => {
    return { promptId, outcome: id === null ? ('unchanged' as const) : ('moved' as const), from, to };
  });
  return { id: releaseId, results };
}

async function refusalToEdit(trx: Transaction<Database>, { who }: SignedInContext, id: string): Promise<AppError> {
  try {
    await requirePrompt(trx, who, id, 'edit');
    return new AppError('request.conflict');
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

async function requireEach(trx: Transaction<Database>, { who }: SignedInContext, ids: readonly string[]) {
  for (const id of ids) await requirePrompt(trx, who, id, 'edit');
}
