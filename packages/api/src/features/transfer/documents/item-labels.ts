import { type Database, newId } from '@promptory/db';
import { sql, type Transaction } from 'kysely';
import { admit } from '../../../access/admit.ts';
import { recordAudits } from '../../../audit/record-audit.ts';
import type { SignedInContext } from '../../../context.ts';
import {
  breaksOfSteps,
  type FoundBreaks,
  nothingBreaks,
  servedVersion,
  type WantedStep,
} from '../../../domain/labels/breaking-moves.ts';
import { type PlannedMove, planMoves, recordMoves, writeMoves } from '../../../domain/labels/label-moves.ts';
import { findQuota, quotaExceeded } from '../../../domain/quotas/quota-limits.ts';
import { AppError } from '../../../errors.ts';
import type { ItemLabel, ItemsRun, PromptItem } from './import-item.ts';

/** The prompt that an item has become, and the number here of a version of the item. */
interface Target {
  readonly promptId: string;
  versionOf(index: number): number | null;
}

/**
 * Points labels at the versions of an item, as any other way does; answers whether one was moved.
 * @throws AppError prompt.breaking_change, label.protected, quota.exceeded; auth.scope_missing for a key that may move none
 */
export async function moveLabels(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  { acceptBreaking, reason }: ItemsRun,
  labels: readonly ItemLabel[],
  { promptId, versionOf }: Target,
): Promise<boolean> {
  const held = await listHeld(trx, promptId);
  let isMoved = false;
  for (const { label, version, isProtected } of labels) {
    const before = held.get(label);
    const to = version === null ? null : versionOf(version);
    const from = before?.version ?? null;
    if (to !== null && to !== from) {
      admit(ctx.principal, 'label.move');
      const found = await foundFor(trx, ctx, { promptId, label, to });
      const [plan] = await planMoves(trx, ctx, [{ promptId, label, to, reason, acceptBreaking }], found);
      if (plan === undefined || plan instanceof AppError) throw plan ?? new Error('A move was not planned.');
      await writeMoves(trx, ctx, [plan]);
      await auditMoves(trx, ctx, promptId, [plan]);
      isMoved = true;
    }
    if (isProtected && before?.isProtected !== true) {
      admit(ctx.principal, 'label.protect');
      await protect(trx, promptId, label);
      isMoved = true;
    }
  }
  if (isMoved) await requireLabelsFit(trx, ctx, promptId);
  return isMoved;
}

interface Held {
  readonly version: number | null;
  readonly isProtected: boolean;
}

async function listHeld(trx: Transaction<Database>, promptId: string): Promise<Map<string, Held>> {
  const rows = await trx
    .selectFrom('prompt_labels')
    .select(['label', 'version', 'is_protected as isProtected'])
    .where('prompt_id', '=', promptId)
    .execute();
  return new Map(rows.map(({ label, ...held }) => [label, held]));
}

/** Against the version that the label served last, also where it points nowhere now. */
async function foundFor(
  trx: Transaction<Database>,
  { workers }: SignedInContext,
  { promptId, label, to }: WantedStep & { readonly to: number },
): Promise<FoundBreaks> {
  const { rows } = await sql<{ from: number | null }>`
    SELECT ${servedVersion(sql`${label}::text`)} AS "from" FROM prompts
    LEFT JOIN prompt_labels AS held ON held.prompt_id = prompts.id AND held.label = ${label}
    WHERE prompts.id = ${promptId}::uuid
  `.execute(trx);
  const from = rows[0]?.from ?? null;
  const steps = from === null || from === to ? [] : [{ promptId, from, to }];
  const [breaks = nothingBreaks] = await breaksOfSteps(trx, workers, steps);
  return { of: () => breaks };
}

async function auditMoves(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  promptId: string,
  moves: readonly PlannedMove[],
): Promise<void> {
  const records = moves.map(({ id: moveId, label, from, to, isBreaking }) => ({
    action: 'label.moved',
    targetType: 'prompt' as const,
    targetId: promptId,
    details: { label, from, to, moveId, ...(isBreaking ? { isBreaking } : {}) },
  }));
  await recordAudits(trx, ctx, records);
}

/** Labels and moves that came by no move of their own are counted as well. @throws AppError quota.exceeded */
async function requireLabelsFit(trx: Transaction<Database>, ctx: SignedInContext, promptId: string): Promise<void> {
  const { rows } = await sql<Record<'labelsPerPrompt' | 'labelMovesPerPrompt', number>>`
    SELECT (SELECT count(*)::integer FROM prompt_labels WHERE prompt_id = ${promptId}::uuid) AS "labelsPerPrompt",
      (SELECT count(*)::integer FROM label_moves WHERE prompt_id = ${promptId}::uuid) AS "labelMovesPerPrompt"
  `.execute(trx);
  for (const quota of ['labelsPerPrompt', 'labelMovesPerPrompt'] as const) {
    const limit = await findQuota(trx, ctx, ctx.who.userId, quota);
    const used = rows[0]?.[quota] ?? 0;
    if (used > limit) throw quotaExceeded(quota, { limit, used: limit });
  }
}

/** It belongs to whoever imports it. */
async function protect(trx: Transaction<Database>, promptId: string, label: string): Promise<void> {
  await sql`
    INSERT INTO prompt_labels (prompt_id, label, version, is_protected) VALUES (${promptId}::uuid, ${label}, NULL, true)
    ON CONFLICT (prompt_id, label) DO UPDATE SET is_protected = true
  `.execute(trx);
}

/**
 * The past of the labels of a prompt that was just made, with its times. All of it was its importer's.
 * @throws AppError quota.exceeded; auth.scope_missing for a key that may move none
 */
export async function writeHistory(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  { moves }: PromptItem,
  { promptId, versionOf }: Target,
): Promise<void> {
  if (moves.length === 0) return;
  admit(ctx.principal, 'label.move');
  const now = ctx.clock.now();
  const at = (version: number | null) => (version === null ? null : versionOf(version));
  const planned = moves.map((move, index): PlannedMove => {
    const movedAt = new Date(Math.min(Date.parse(move.movedAt), now.getTime()));
    const { label, reason, isBreaking } = move;
    const [from, to] = [at(move.from), at(move.to)];
    const about = { id: newId(), promptId, label, from, to, number: index + 1, movedAt, isBreaking };
    return { ...about, isProtected: false, reason: reason ?? undefined };
  });
  const last = new Map(planned.map((move) => [move.label, move]));
  await recordMoves(
    trx,
    ctx,
    planned.filter((move) => last.get(move.label) !== move),
  );
  await writeMoves(trx, ctx, [...last.values()]);
  await requireLabelsFit(trx, ctx, promptId);
}
