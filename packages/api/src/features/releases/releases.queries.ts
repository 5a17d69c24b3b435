import { keysetPage, type Page, toPage } from '@promptory/db';
import type { ListReleasesInput, Release, WholeRelease } from '@promptory/schemas';
import { sql } from 'kysely';
import { requirePrompt } from '../../access/require.ts';
import { readablePrompts } from '../../access/visibility.ts';
import type { Db, Who } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { selectMoves } from '../../views/label-view.ts';
import { type ListContext, listCursor } from '../../views/list-cursor.ts';
import { publicUser } from '../../views/user-view.ts';

/** A release is the moves that have its id: of those that `who` may read the prompts of, what they have in common. */
const selectReleases = (db: Db, who: Who) =>
  db
    .selectFrom('label_moves')
    .innerJoin('prompts', 'prompts.id', 'label_moves.prompt_id')
    .innerJoin('users as mover', 'mover.id', 'label_moves.moved_by')
    .select([
      sql<string>`label_moves.release_id`.as('id'),
      sql<string>`min(label_moves.label)`.as('label'),
      sql<string | null>`min(label_moves.reason)`.as('reason'),
      publicUser('mover').as('releasedBy'),
      sql<boolean>`bool_or(label_moves.api_key_id IS NOT NULL)`.as('byProgram'),
      sql<string>`max(label_moves.moved_at)`.as('releasedAt'),
      sql<number>`count(*)::integer`.as('promptCount'),
      sql<string | null>`(
        SELECT earlier.release_id FROM label_moves AS earlier WHERE earlier.id = (array_agg(label_moves.undoes))[1]
      )`.as('undoes'),
      sql<string | null>`(
        SELECT later.release_id FROM label_moves AS later WHERE later.undoes = (array_agg(label_moves.id))[1]
      )`.as('undoneBy'),
    ])
    .where('label_moves.release_id', 'is not', null)
    .where(readablePrompts(who))
    .groupBy(['label_moves.release_id', 'mover.id']);

/**
 * The caller's own releases, or those of a prompt, the newest first.
 * @throws AppError prompt.not_found
 */
export async function listReleases(ctx: ListContext, input: ListReleasesInput): Promise<Page<Release>> {
  const { db, who } = ctx;
  const { promptId } = input;
  if (promptId !== undefined) await requirePrompt(db, who, promptId, 'read');
  const { after, limit, cursorOf } = listCursor(ctx, 'releases', input);
  const all = selectReleases(db, who);
  const ofPrompt = sql<boolean>`label_moves.release_id IN (
    SELECT moves.release_id FROM label_moves AS moves WHERE moves.prompt_id = ${promptId ?? null}::uuid
  )`;
  const those = promptId === undefined ? all.where('label_moves.moved_by', '=', who.userId) : all.where(ofPrompt);
  const rows = await keysetPage(those, {
    orderBy: [{ by: 'label_moves.release_id', direction: 'desc' }],
    limit,
    after,
  }).execute();
  return toPage(rows, limit, (last) => cursorOf([last.id]));
}

/** @throws AppError release.not_found where the caller may read none of its prompts */
export async function getRelease(db: Db, who: Who, id: string): Promise<WholeRelease> {
  const release = await selectReleases(db, who).where('label_moves.release_id', '=', id).executeTakeFirst();
  if (release === undefined) throw new AppError('release.not_found');
  const moves = await selectMoves(db)
    .innerJoin('prompts', 'prompts.id', 'label_moves.prompt_id')
    .select('label_moves.prompt_id as promptId')
    .where('label_moves.release_id', '=', id)
    .where(readablePrompts(who))
    .orderBy('label_moves.prompt_id')
    .execute();
  return { ...release, moves };
}
