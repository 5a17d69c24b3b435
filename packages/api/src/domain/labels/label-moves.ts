// The one way in which a label comes to point somewhere, whoever asks for it: a call, a release, an undo. The rows of the
// prompts are locked by then, so that of two moves at once the second sees what the first has done.
import { type Database, newId } from '@promptory/db';
import { fault, isNumber } from '@promptory/schemas';
import { sql, type Transaction } from 'kysely';
import { ownPrompts } from '../../access/visibility.ts';
import type { SignedInContext } from '../../context.ts';
import { AppError, detailedError, invalidInput } from '../../errors.ts';
import { latestMoves } from '../../views/label-view.ts';
import { type Quotas, quotaExceeded, quotasFrom, shareOfOthers } from '../quotas/quota-limits.ts';
import type { VersionBreaks } from '../signatures/breaks-between.ts';
import { type FoundBreaks, noBreaks, nothingBreaks, servedVersion } from './breaking-moves.ts';
import { enqueueOwners } from './tell-owners.ts';

/** Where a label is to point: null is nowhere. */
export interface WantedMove {
  readonly promptId: string;
  readonly label: string;
  readonly to: number | null;
  /** Where it has to point still; undefined where the caller does not say. */
  readonly expectedVersion?: number | null | undefined;
  /** The move that is taken back: the label's last one, or it is too late. */
  readonly undoes?: string;
  readonly reason?: string | undefined;
  /** Whether it may break callers. What takes a move back may, for where it leads was there before; what takes that back may not. */
  readonly acceptBreaking?: boolean | undefined;
}

/** A move that nothing stands in the way of. `id` is null where the label points there already. */
export interface PlannedMove extends WantedMove {
  readonly id: string | null;
  readonly from: number | null;
  readonly number: number;
  readonly movedAt: Date;
  readonly isProtected: boolean;
  readonly isBreaking: boolean;
}

interface Held {
  readonly isOwner: boolean;
  readonly mayMoveProtected: boolean;
  readonly quotas: unknown;
  readonly isProtected: boolean | null;
  readonly version: number | null;
  /** Whose callers it has: `version`, or where it pointed last. */
  readonly served: number | null;
  readonly labels: number;
  readonly moves: number;
  readonly lastMoveId: string | null;
  /** Whether its last move took another one back. */
  readonly hasUndone: boolean;
  readonly lastMovedAt: string | null;
  readonly hasVersion: boolean;
}

/**
 * What becomes of each, in their order: a move to be written, or why it is refused. Each prompt is named once, is locked, and may
 * be edited by the caller.
 */
export async function planMoves(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  wanted: readonly WantedMove[],
  found: FoundBreaks = noBreaks,
): Promise<Array<PlannedMove | AppError>> {
  const held = await readHeld(trx, ctx, wanted);
  return wanted.map((move, index) => planned(ctx, move, held[index], found));
}

function planned(
  ctx: SignedInContext,
  move: WantedMove,
  held: Held | undefined,
  found: FoundBreaks,
): PlannedMove | AppError {
  if (held === undefined) return new AppError('prompt.not_found');
  const { version: from, lastMoveId } = held;
  if (!held.hasVersion) return new AppError('prompt.version_not_found');
  if (held.isProtected === true && !held.mayMoveProtected) return new AppError('label.protected');
  const hasMoved =
    (move.undoes !== undefined && move.undoes !== lastMoveId) ||
    (move.expectedVersion !== undefined && move.expectedVersion !== from);
  if (hasMoved) {
    return detailedError('label.moved_since', { current: { label: move.label, version: from, moveId: lastMoveId } });
  }
  const movedAt = new Date(Math.max(ctx.clock.now().getTime(), Date.parse(held.lastMovedAt ?? '') || 0));
  const plan = { ...move, from, number: held.moves + 1, movedAt, isProtected: held.isProtected ?? false };
  if (move.to === from) return { ...plan, id: null, isBreaking: false };
  if (lastMoveId === null && isNumber(move.label)) return invalidInput('label', numberedLabel);
  const { served } = held;
  const { breaks, count } = breaksOf(found, move, served);
  // What is taken back leads to where the label was; whoever takes that back again goes forward once more.
  const isBack = move.undoes !== undefined && !held.hasUndone;
  if (served !== null && move.to !== null && count > 0 && move.acceptBreaking !== true && !isBack) {
    return detailedError('prompt.breaking_change', {
      from: served,
      to: move.to,
      breaks: [...breaks],
      breakCount: count,
    });
  }
  return overQuota(ctx, move, held) ?? { ...plan, id: newId(), isBreaking: count > 0 };
}

const breaksOf = (found: FoundBreaks, { promptId, to }: WantedMove, from: number | null): VersionBreaks =>
  from === null || to === null || from === to ? nothingBreaks : found.of({ promptId, from, to });

const numberedLabel = fault(
  'not_allowed',
  {},
  'Must be another label: a number reads as a version, which is named by `#`',
);

/** What editors do stops at nine tenths, so that it never stops the owner. */
function overQuota(ctx: SignedInContext, { to }: WantedMove, held: Held): AppError | null {
  const quotas = quotasFrom(ctx, held.quotas);
  const isNew = held.isProtected === null && to !== null;
  const used: Partial<Quotas> = { labelMovesPerPrompt: held.moves, ...(isNew ? { labelsPerPrompt: held.labels } : {}) };
  for (const quota of ['labelMovesPerPrompt', 'labelsPerPrompt'] as const) {
    const limit = held.isOwner ? quotas[quota] : shareOfOthers(quotas[quota]);
    const before = used[quota];
    if (before !== undefined && before >= limit) return quotaExceeded(quota, { limit, used: before });
  }
  return null;
}

async function readHeld(
  trx: Transaction<Database>,
  { who }: SignedInContext,
  wanted: readonly WantedMove[],
): Promise<Array<Held | undefined>> {
  const json = JSON.stringify(wanted.map(({ promptId, label, to }, place) => ({ place, promptId, label, to })));
  const { rows } = await sql<Held & { place: number }>`
    SELECT wanted.place, prompts.user_id = ${who.userId} AS "isOwner", ${ownPrompts(who)} AS "mayMoveProtected",
      (SELECT quotas FROM account_resources WHERE account_resources.user_id = prompts.user_id) AS quotas,
      held.is_protected AS "isProtected", held.version, ${servedVersion(sql`wanted.label`)} AS served,
      (SELECT count(*)::integer FROM prompt_labels WHERE prompt_labels.prompt_id = prompts.id) AS labels,
      coalesce((SELECT max(number) FROM label_moves WHERE label_moves.prompt_id = prompts.id), 0) AS moves,
      last.id AS "lastMoveId", last.moved_at AS "lastMovedAt", coalesce(last.undoes IS NOT NULL, false) AS "hasUndone",
      wanted."to" IS NULL OR EXISTS (
        SELECT FROM prompt_versions WHERE prompt_versions.prompt_id = prompts.id AND prompt_versions.version = wanted."to"
      ) AS "hasVersion"
    FROM json_to_recordset(${json}::json) AS wanted (place integer, "promptId" uuid, label text, "to" integer)
    JOIN prompts ON prompts.id = wanted."promptId"
    LEFT JOIN prompt_labels AS held ON held.prompt_id = prompts.id AND held.label = wanted.label
    LEFT JOIN LATERAL (
      SELECT id, moved_at, undoes FROM label_moves
      WHERE ${latestMoves('label_moves', sql`prompts.id`, sql`wanted.label`)} LIMIT 1
    ) AS last ON true
  `.execute(trx);
  const held: Array<Held | undefined> = wanted.map(() => undefined);
  for (const row of rows) held[row.place] = row;
  return held;
}

/** Writes the history of moves alone, and moves no pointer. */
export async function recordMoves(
  trx: Transaction<Database>,
  { principal }: Pick<SignedInContext, 'principal'>,
  moves: readonly PlannedMove[],
  releaseId: string | null = null,
): Promise<string> {
  const rows = moves.map(({ id, promptId, number, label, from, to, reason, undoes, isBreaking, movedAt }) => ({
    ...{ id, number, label, reason: reason ?? null, undoes: undoes ?? null },
    prompt_id: promptId,
    from_version: from,
    to_version: to,
    moved_by: principal.userId,
    api_key_id: principal.kind === 'apiKey' ? principal.keyId : null,
    is_breaking: isBreaking,
    release_id: releaseId,
    moved_at: movedAt.toISOString(),
  }));
  const json = JSON.stringify(rows);
  await sql`
    INSERT INTO label_moves SELECT * FROM json_populate_recordset(NULL::label_moves, ${json}::json)
  `.execute(trx);
  return json;
}

/** Writes what was planned, pointers and history, in two statements whatever their number. */
export async function writeMoves(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  plans: readonly PlannedMove[],
  releaseId: string | null = null,
): Promise<void> {
  const moves = plans.filter(({ id }) => id !== null);
  if (moves.length === 0) return;
  const json = await recordMoves(trx, ctx, moves, releaseId);
  // A label that points nowhere is kept while it is protected.
  await sql`
    WITH moves AS MATERIALIZED (SELECT * FROM json_populate_recordset(NULL::label_moves, ${json}::json)), removed AS (
      DELETE FROM prompt_labels USING moves
      WHERE prompt_labels.prompt_id = moves.prompt_id AND prompt_labels.label = moves.label
        AND moves.to_version IS NULL AND NOT prompt_labels.is_protected
    ), emptied AS (
      UPDATE prompt_labels SET version = NULL FROM moves
      WHERE prompt_labels.prompt_id = moves.prompt_id AND prompt_labels.label = moves.label
        AND moves.to_version IS NULL AND prompt_labels.is_protected
    )
    INSERT INTO prompt_labels (prompt_id, label, version)
    SELECT prompt_id, label, to_version FROM moves WHERE to_version IS NOT NULL
    ON CONFLICT (prompt_id, label) DO UPDATE SET version = excluded.version
  `.execute(trx);
  await enqueueOwners(trx, ctx, moves);
}
