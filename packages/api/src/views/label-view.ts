import type { LabelMove, PromptLabel } from '@promptory/schemas';
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../context.ts';
import { isoTime } from './iso-time.ts';
import { publicUser } from './user-view.ts';

/** Moves of labels as the wire shows them. Tables: `label_moves` and `mover`. */
export const selectMoves = (db: Db) =>
  db
    .selectFrom('label_moves')
    .innerJoin('users as mover', 'mover.id', 'label_moves.moved_by')
    .select([
      'label_moves.id',
      'label_moves.label',
      'label_moves.from_version as from',
      'label_moves.to_version as to',
      publicUser('mover').as('movedBy'),
      sql<boolean>`label_moves.api_key_id IS NOT NULL`.as('byProgram'),
      'label_moves.moved_at as movedAt',
      'label_moves.reason',
      'label_moves.is_breaking as isBreaking',
      'label_moves.undoes',
      'label_moves.release_id as releaseId',
    ]);

/**
 * Whether a row of `label_moves`, which the query names so, is of one label. By a range, and to be sorted by label and number, which
 * only the index of labels has: by an equal label the planner may take the prompt's moves one by one, until one is of this label.
 */
export const isMoveOf = (
  name: string,
  promptId: RawBuilder<unknown>,
  label: RawBuilder<unknown>,
): RawBuilder<boolean> => {
  const at = (column: string) => sql.ref(`${name}.${column}`);
  return sql<boolean>`(${at('prompt_id')} = ${promptId} AND ${at('label')} >= ${label} AND ${at('label')} <= ${label})`;
};

/** The same, the last one first. */
export const latestMoves = (name: string, promptId: RawBuilder<unknown>, label: RawBuilder<unknown>) =>
  sql`${isMoveOf(name, promptId, label)} ORDER BY ${sql.ref(`${name}.label`)}, ${sql.ref(`${name}.number`)} DESC`;

const lastMove = sql<LabelMove | null>`(
  SELECT json_build_object(
    'id', moves.id, 'label', moves.label, 'from', moves.from_version, 'to', moves.to_version,
    'movedBy', ${publicUser('mover')}, 'byProgram', moves.api_key_id IS NOT NULL, 'movedAt', ${isoTime('moves.moved_at')},
    'reason', moves.reason, 'isBreaking', moves.is_breaking, 'undoes', moves.undoes, 'releaseId', moves.release_id
  )
  FROM label_moves AS moves JOIN users AS mover ON mover.id = moves.moved_by
  WHERE ${latestMoves('moves', sql`prompt_labels.prompt_id`, sql`prompt_labels.label`)} LIMIT 1
)`;

/** Labels as they stand. The caller has made sure that the prompt may be read. */
export const selectLabels = (db: Db, promptId: string) =>
  db
    .selectFrom('prompt_labels')
    .select(['prompt_labels.label', 'prompt_labels.version', 'prompt_labels.is_protected as isProtected'])
    .select(lastMove.as('lastMove'))
    .where('prompt_labels.prompt_id', '=', promptId);

/** A label that may be nowhere: never moved, or removed. */
export async function getLabel(db: Db, promptId: string, label: string): Promise<PromptLabel | undefined> {
  return selectLabels(db, promptId).where('prompt_labels.label', '=', label).executeTakeFirst();
}
