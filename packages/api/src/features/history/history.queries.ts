import { keysetPage, type Page, toPage } from '@promptory/db';
import type { HistoryItem, PageInput } from '@promptory/schemas';
import { sql } from 'kysely';
import { readablePrompts } from '../../access/visibility.ts';
import { type ListContext, listCursor } from '../../views/list-cursor.ts';

/**
 * The caller's own uses, the newest first. A prompt that can no longer be read is null; to a key that is limited to one
 * group, its uses do not show.
 */
export async function listHistory(ctx: ListContext, input: PageInput): Promise<Page<HistoryItem>> {
  const { who } = ctx;
  const { after, limit, cursorOf } = listCursor(ctx, 'history', input);
  let query = ctx.db
    .selectFrom('usage_events')
    .leftJoinLateral(
      (from) =>
        from
          .selectFrom('prompts')
          .innerJoin('users as owner', 'owner.id', 'prompts.user_id')
          .select(
            sql<HistoryItem['prompt']>`json_build_object(
              'id', prompts.id, 'ref', owner.handle || '/' || prompts.slug, 'title', prompts.title)`.as('shown'),
          )
          .whereRef('prompts.id', '=', 'usage_events.prompt_id')
          .where(readablePrompts(who))
          .as('readable'),
      (join) => join.onTrue(),
    )
    .select([
      'usage_events.id',
      'usage_events.kind',
      'usage_events.version',
      'usage_events.consumer',
      'usage_events.occurred_at as occurredAt',
      'readable.shown as prompt',
    ])
    .where('usage_events.user_id', '=', who.userId);
  if (who.groupId !== null) query = query.where('readable.shown', 'is not', null);
  const rows = await keysetPage(query, {
    orderBy: [
      { by: 'usage_events.occurred_at', direction: 'desc' },
      { by: 'usage_events.id', direction: 'desc' },
    ],
    limit,
    after,
  }).execute();
  return toPage(rows, limit, (last) => cursorOf([last.occurredAt, last.id]));
}
