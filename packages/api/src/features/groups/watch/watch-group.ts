import type { GroupEvent, WatchGroupInput } from '@promptory/schemas';
import type { EventStream } from '@promptory/trpc-fastify/procedure';
import { requireGroup } from '../../../access/require.ts';
import type { Db, Seen, SignedInContext, Who } from '../../../context.ts';
import { findWatchedGroups, type WatchedGroup } from './watched-groups.queries.ts';

/**
 * Tells what a group is to the caller, at first and whenever something of it is another one: its name and description, the prompts
 * that they may read and the order of these, its members, and what they are to it.
 * @throws AppError group.not_found where it may not be read from the start; server.busy, server.unavailable
 */
export async function watchGroup(
  { db, who: { userId, isAdmin, groupId }, live }: SignedInContext,
  { id, lastEventId }: WatchGroupInput,
): Promise<EventStream<GroupEvent>> {
  const who = { userId, isAdmin, groupId };
  await requireGroup(db, who, id, 'read');
  return live.stream<GroupEvent>({
    ...{ what: 'groups', who, keys: [id.toLowerCase()] },
    lookUp: (ids) => lookUp(db, who, ids),
    // Each may have five hundred prompts.
    atOnce: 10,
    reset: { type: 'reset' },
    leftAt: lastEventId,
  });
}

async function lookUp(db: Db, who: Who, ids: readonly string[]): Promise<Seen<GroupEvent>[]> {
  const groups = await findWatchedGroups(db, who, ids);
  return ids.map((id, at) => seen(who, id, groups[at] ?? null));
}

function seen({ userId }: Who, id: string, group: WatchedGroup | null): Seen<GroupEvent> {
  return {
    event: eventOf(id, group),
    // Whether an entry may be read follows from its prompt and from what its reader may reach; `shown` is of order and description.
    dependsOn: [
      ...[`group:${id}`, `shown:${id}`, `reach:${userId}`],
      ...(group?.entryIds ?? []).map((promptId) => `prompt:${promptId}`),
    ],
    isWhole: true,
  };
}

function eventOf(id: string, group: WatchedGroup | null): GroupEvent {
  if (group === null) return { type: 'none', id, code: 'group.not_found' };
  const { entryIds: _, ...shown } = group;
  return { type: 'group', id, ...shown };
}
