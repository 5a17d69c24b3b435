import { newId } from '@promptory/db';
import type { Db } from '../context.ts';
import type { Person } from './given.ts';

/** A group with its members and, in order, prompts that its owner put there. Answers its id. */
export async function givenSharedGroup(
  db: Db,
  group: { owner: Person; editors: readonly Person[]; viewers: readonly Person[]; promptIds: readonly string[] },
): Promise<string> {
  const id = newId();
  await db.insertInto('groups').values({ id, name: 'Group', user_id: group.owner.id }).execute();
  const members = [
    ...group.editors.map((person) => ({ group_id: id, user_id: person.id, role: 'editor' as const })),
    ...group.viewers.map((person) => ({ group_id: id, user_id: person.id, role: 'viewer' as const })),
  ];
  if (members.length > 0) await db.insertInto('group_members').values(members).execute();
  const entries = group.promptIds.map((promptId, position) => ({
    group_id: id,
    prompt_id: promptId,
    position,
    added_by: group.owner.id,
  }));
  if (entries.length > 0) await db.insertInto('group_prompts').values(entries).execute();
  return id;
}
