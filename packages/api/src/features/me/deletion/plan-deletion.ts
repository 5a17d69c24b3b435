import { toPage } from '@promptory/db';
import type { DeletionItem, DeletionPlan, DeletionPlanInput, DeletionTotals } from '@promptory/schemas';
import { type RawBuilder, sql } from 'kysely';
import type { SessionContext } from '../../../context.ts';
import { listCursor } from '../../../views/list-cursor.ts';
import { revised } from '../../../views/revision.ts';
import { publicUser } from '../../../views/user-view.ts';
import { heirs, heirsWithRoom } from './heirs.queries.ts';

type PlanContext = Pick<SessionContext, 'db' | 'who' | 'serverKey' | 'settings'>;

/**
 * What would become of the caller's groups and prompts if the account were deleted now, a page of it. The revision is of all
 * pages together: another one whenever anything would pass otherwise.
 */
export async function planDeletion(ctx: PlanContext, input: DeletionPlanInput): Promise<DeletionPlan> {
  const { db, who } = ctx;
  const { after, limit, cursorOf } = listCursor(ctx, 'me.deletion', input);
  const items = itemsOf(who.userId, await heirsWithRoom(db, ctx, who.userId));
  const { totals, isLastAdmin, digest } = await totalsOf(ctx, items);
  const [place = -1, id = null] = after ?? [];
  const { rows } = await sql<DeletionItem & { place: number }>`
    WITH ${items}
    SELECT items.place, CASE place WHEN 0 THEN 'group' ELSE 'prompt' END AS kind, items.id, items.name,
      CASE WHEN to_id IS NOT NULL THEN ${publicUser('heir')} END AS to, removed_for AS "removedFor"
    FROM items LEFT JOIN users AS heir ON heir.id = to_id
    WHERE (items.place, items.id) > (${Number(place)}::integer, coalesce(${id}::uuid, '00000000-0000-0000-0000-000000000000'))
    ORDER BY items.place, items.id LIMIT ${limit + 1}
  `.execute(db);
  const page = toPage(rows, limit, (last) => cursorOf([last.place, last.id]));
  const shown = page.items.map(({ place: _, ...item }) => item);
  return revised({ ...page, items: shown, totals, isLastAdmin }, { totals, isLastAdmin, digest });
}

/** `items (place, id, name, to_id, removed_for)`: groups first. */
const itemsOf = (userId: string, withRoom: readonly string[]): RawBuilder<unknown> => sql`
  ${heirs(userId)}, items AS (
    SELECT 0 AS place, id, name, heir_id AS to_id, CASE WHEN heir_id IS NULL THEN 'no_editor' END AS removed_for
    FROM own_groups
    UNION ALL
    SELECT 1, id, title, CASE WHEN heir_id = ANY(${withRoom}::uuid[]) THEN heir_id END,
      CASE WHEN heir_id IS NULL THEN 'not_shared' WHEN heir_id <> ALL(${withRoom}::uuid[]) THEN 'no_room' END
    FROM own_prompts
  )`;

interface Totals {
  readonly totals: DeletionTotals;
  readonly isLastAdmin: boolean;
  /** Of what becomes of every single one. */
  readonly digest: string;
}

async function totalsOf({ db, who }: PlanContext, items: RawBuilder<unknown>): Promise<Totals> {
  const { rows } = await sql<Totals>`
    WITH ${items}
    SELECT json_build_object(
      'groupsPassed', count(*) FILTER (WHERE place = 0 AND to_id IS NOT NULL),
      'groupsRemoved', count(*) FILTER (WHERE place = 0 AND to_id IS NULL),
      'promptsPassed', count(*) FILTER (WHERE place = 1 AND to_id IS NOT NULL),
      'promptsRemoved', count(*) FILTER (WHERE place = 1 AND to_id IS NULL),
      'promptsInTrash', (
        SELECT count(*) FROM prompts WHERE prompts.user_id = ${who.userId}::uuid AND prompts.deleted_at IS NOT NULL
      )
    ) AS totals,
    coalesce(md5(string_agg(id::text || coalesce(to_id::text, removed_for), ',' ORDER BY place, id)), '') AS digest,
    EXISTS (SELECT FROM users WHERE users.id = ${who.userId}::uuid AND role = 'admin' AND status = 'active')
      AND NOT EXISTS (
        SELECT FROM users WHERE users.id <> ${who.userId}::uuid AND role = 'admin' AND status = 'active'
      ) AS "isLastAdmin"
    FROM items
  `.execute(db);
  const [found] = rows;
  if (found === undefined) throw new Error('A sum of no rows has a row.');
  return found;
}
