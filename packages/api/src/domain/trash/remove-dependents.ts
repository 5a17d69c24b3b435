import { type Database, retryTransaction } from '@promptory/db';
import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { Db } from '../../context.ts';
import { leaveGroups } from './leave-groups.ts';
import { type StepsLeft, takeStep } from './steps-left.ts';

/** What goes with a prompt in one statement at most; more is removed before it, in steps. */
const ROWS_A_STEP = 1_000;
/** A copy is written anew, with its search index, which takes a second a megabyte. */
const COPIES_A_STEP = 10;

/** What hangs on prompts: rows of one table by their key, as many as one step takes and one more. */
interface Dependents {
  readonly batch: RawBuilder<unknown>;
  readonly rowsAStep: number;
  readonly remove: RawBuilder<unknown>;
}

/**
 * Of prompts in the trash, removes in short steps what others have piled up on them, so that removing them is short as well:
 * uses, favourites, places in groups, that others include them, and that copies came from them. What is little is left to go with
 * them.
 * @returns whether it is done; false where `left` was not enough, and the next call goes on
 */
export async function removeDependents(db: Db, ids: readonly string[], left: StepsLeft): Promise<boolean> {
  const dependents = dependentsOf(ids);
  const [favorites, uses, days, versions, includes, copies] = dependents;
  const isMany = ({ batch, rowsAStep }: Dependents) => sql`(SELECT count(*) > ${rowsAStep} FROM (${batch}) AS batch)`;
  const { rows } = await sql<{ many: boolean[] }>`
    SELECT ARRAY[${isMany(favorites)}, ${isMany(uses)}, ${isMany(days)}, ${isMany(versions)},
      ${isMany(includes)}, ${isMany(copies)}] AS many
  `.execute(db);
  for (const [index, { batch, rowsAStep, remove }] of dependents.entries()) {
    let isLeft = rows[0]?.many[index] ?? false;
    while (isLeft) {
      if (!takeStep(left)) return false;
      const statement = sql`WITH batch AS (${batch}) ${remove} AND (SELECT count(*) > ${rowsAStep} FROM batch)`;
      isLeft = ((await retryTransaction(db, (trx) => statement.execute(trx))).numAffectedRows ?? 0n) > 0n;
    }
  }
  return leaveGroups(db, ids, left);
}

/**
 * Of prompts in the trash of an account, or for 30 days in anybody's (null), removes in steps all that is too much to go with them.
 * @returns whether it is done; false where `steps.left` was not enough, and the next call goes on
 */
export const removeInSteps = async (
  db: Db,
  ownerId: string | null,
  ids: readonly string[],
  steps: VersionSteps,
): Promise<boolean> => (await removeDependents(db, ids, steps.left)) && (await removeVersions(db, ownerId, ids, steps));

/** What `removeVersions` may do, and what it does first in each of its transactions. */
interface VersionSteps {
  readonly left: StepsLeft;
  before?(trx: Transaction<Database>): Promise<unknown>;
}

/**
 * Of prompts in the trash of an account, or for 30 days in anybody's (null), removes the versions in short steps where there are
 * more than go with their prompt. The database's owner does it.
 * @returns whether it is done; false where `left` was not enough, and the next call goes on
 */
export async function removeVersions(
  db: Db,
  ownerId: string | null,
  ids: readonly string[],
  { left, before = async () => undefined }: VersionSteps,
): Promise<boolean> {
  if (!(await haveMany(db, ids))) return true;
  while (takeStep(left)) {
    const removed = await retryTransaction(db, async (trx) => {
      await before(trx);
      const { rows } = await sql<{ removed: number }>`
        SELECT public.remove_versions(${ownerId}::uuid, ${ids}::uuid[], ${ROWS_A_STEP}) AS removed
      `.execute(trx);
      return rows[0]?.removed ?? 0;
    });
    if (removed === 0) return true;
  }
  return false;
}

/**
 * Whether one of the prompts may have so many versions, or moves of labels, that they go in steps. In the order of an index: where
 * most moves are of one prompt, the planner would read them all for each that has none.
 */
async function haveMany(db: Db, ids: readonly string[]): Promise<boolean> {
  const { rows } = await sql<{ many: boolean }>`
    SELECT EXISTS (SELECT FROM prompts WHERE id = ANY(${ids}::uuid[]) AND version > ${ROWS_A_STEP})
      OR EXISTS (SELECT FROM unnest(${ids}::uuid[]) AS asked (id) WHERE (
        SELECT count(*) > ${ROWS_A_STEP} FROM (
          SELECT FROM label_moves WHERE prompt_id = asked.id
          ORDER BY label, number DESC LIMIT ${ROWS_A_STEP + 1}
        ) AS moves
      )) AS many
  `.execute(db);
  return rows[0]?.many ?? false;
}

type SixDependents = readonly [Dependents, Dependents, Dependents, Dependents, Dependents, Dependents];

function dependentsOf(ids: readonly string[]): SixDependents {
  const trashed = sql`(SELECT id FROM prompts WHERE id = ANY(${ids}::uuid[]) AND deleted_at IS NOT NULL)`;
  const rowsOf = (columns: RawBuilder<unknown>, table: string, remove: RawBuilder<unknown>): Dependents => ({
    batch: sql`SELECT ${columns} FROM ${sql.table(table)}
      WHERE prompt_id IN ${trashed} LIMIT ${ROWS_A_STEP + 1}`,
    rowsAStep: ROWS_A_STEP,
    remove,
  });
  return [
    rowsOf(
      sql`user_id, prompt_id`,
      'favorites',
      sql`DELETE FROM favorites USING batch
        WHERE (favorites.user_id, favorites.prompt_id) = (batch.user_id, batch.prompt_id)`,
    ),
    rowsOf(
      sql`occurred_at, id`,
      'usage_events',
      sql`DELETE FROM usage_events USING batch
        WHERE (usage_events.occurred_at, usage_events.id) = (batch.occurred_at, batch.id)`,
    ),
    rowsOf(
      sql`prompt_id, day, version, consumer`,
      'usage_daily',
      sql`DELETE FROM usage_daily USING batch
        WHERE (usage_daily.prompt_id, usage_daily.day, usage_daily.version, usage_daily.consumer)
          = (batch.prompt_id, batch.day, batch.version, batch.consumer)`,
    ),
    rowsOf(
      sql`prompt_id, version, consumer`,
      'version_uses',
      sql`DELETE FROM version_uses USING batch
        WHERE (version_uses.prompt_id, version_uses.version, version_uses.consumer)
          = (batch.prompt_id, batch.version, batch.consumer)`,
    ),
    {
      batch: sql`SELECT prompt_id, version, name FROM prompt_includes
        WHERE included_prompt_id IN ${trashed} LIMIT ${ROWS_A_STEP + 1}`,
      rowsAStep: ROWS_A_STEP,
      remove: sql`UPDATE prompt_includes SET included_prompt_id = NULL FROM batch
        WHERE (prompt_includes.prompt_id, prompt_includes.version, prompt_includes.name)
          = (batch.prompt_id, batch.version, batch.name)`,
    },
    {
      batch: sql`SELECT copy.id FROM prompts AS copy WHERE copy.origin_prompt_id IN ${trashed} LIMIT ${COPIES_A_STEP + 1}`,
      rowsAStep: COPIES_A_STEP,
      remove: sql`UPDATE prompts SET origin_prompt_id = NULL FROM batch WHERE prompts.id = batch.id`,
    },
  ];
}
