import type { Db, Who } from '../context.ts';
import { AppError } from '../errors.ts';
import {
  editableGroups,
  editablePrompts,
  ownGroups,
  ownPrompts,
  readableGroups,
  readablePrompts,
} from './visibility.ts';

type Need = 'read' | 'edit' | 'own';

/** The part of a prompt that rules look at. */
export interface PromptAccess {
  readonly id: string;
  readonly userId: string;
  readonly version: number;
  readonly visibility: string;
  readonly isTemplate: boolean;
}

/**
 * The prompt, when `who` may do what is needed. `lock` holds its row until the transaction ends.
 * @throws AppError prompt.not_found when it is not readable, prompt.forbidden when it is readable only.
 */
export async function requirePrompt(
  db: Db,
  who: Who,
  promptId: string,
  need: Need,
  options: { lock?: boolean } = {},
): Promise<PromptAccess> {
  // In a statement of its own, so that the check sees what happened to groups and members while the lock was waited for.
  if (options.lock === true) {
    await db.selectFrom('prompts').select('id').where('id', '=', promptId).forUpdate().execute();
  }
  const found = await db
    .selectFrom('prompts')
    .select(['id', 'user_id as userId', 'version', 'visibility', 'is_template as isTemplate'])
    .select([editablePrompts(who).as('editable'), ownPrompts(who).as('owned')])
    .where('id', '=', promptId)
    .where(readablePrompts(who))
    .executeTakeFirst();
  if (found === undefined) throw new AppError('prompt.not_found');
  const { editable, owned, ...access } = found;
  if ((need === 'edit' && !editable) || (need === 'own' && !owned)) throw new AppError('prompt.forbidden');
  return access;
}

export interface GroupAccess {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
}

/**
 * The group, when `who` may do what is needed. `lock` holds its row until the transaction ends: whatever changes the
 * order or the members of a group takes it first.
 * @throws AppError group.not_found when it is not readable, group.forbidden when it is readable only.
 */
export async function requireGroup(
  db: Db,
  who: Who,
  groupId: string,
  need: Need,
  options: { lock?: boolean } = {},
): Promise<GroupAccess> {
  // In a statement of its own, so that the check sees what the lock's last holder did to the group's members.
  if (options.lock === true) {
    await db.selectFrom('groups').select('id').where('id', '=', groupId).forUpdate().execute();
  }
  const found = await db
    .selectFrom('groups')
    .select(['id', 'user_id as userId', 'name'])
    .select([editableGroups(who).as('editable'), ownGroups(who).as('owned')])
    .where('id', '=', groupId)
    .where(readableGroups(who))
    .executeTakeFirst();
  if (found === undefined) throw new AppError('group.not_found');
  const { editable, owned, ...access } = found;
  if ((need === 'edit' && !editable) || (need === 'own' && !owned)) throw new AppError('group.forbidden');
  return access;
}
