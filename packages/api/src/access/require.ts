import { type Database, takeTurn } from '@promptory/db';
import type { ErrorCode } from '@promptory/schemas';
import type { Transaction } from 'kysely';
import type { Db, Who } from '../context.ts';
import { AppError } from '../errors.ts';
import {
  editableGroups,
  editablePrompts,
  isOneOf,
  ownGroups,
  ownPrompts,
  readableGroups,
  readablePrompts,
} from './visibility.ts';

type Need = 'read' | 'edit' | 'own';

/** What requirePrompt throws, by what is needed. */
export const promptErrors = {
  read: ['prompt.not_found'],
  edit: ['prompt.not_found', 'prompt.forbidden'],
  own: ['prompt.not_found', 'prompt.forbidden'],
} as const satisfies Record<Need, readonly ErrorCode[]>;

/** What requireGroup throws, by what is needed. */
export const groupErrors = {
  read: ['group.not_found'],
  edit: ['group.not_found', 'group.forbidden'],
  own: ['group.not_found', 'group.forbidden'],
} as const satisfies Record<Need, readonly ErrorCode[]>;

/** The part of a prompt that rules look at. */
export interface PromptAccess {
  readonly id: string;
  readonly userId: string;
  readonly version: number;
  readonly visibility: string;
  readonly isTemplate: boolean;
}

/**
 * The prompt, when `who` may do what is needed.
 * @throws AppError prompt.not_found when it is not readable, prompt.forbidden when it is readable only.
 */
export async function requirePrompt(db: Db, who: Who, promptId: string, need: Need): Promise<PromptAccess> {
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

/**
 * The same with its row locked until the transaction ends.
 * @throws AppError prompt.not_found, prompt.forbidden
 */
export async function lockPrompt(
  trx: Transaction<Database>,
  who: Who,
  promptId: string,
  need: Need,
): Promise<PromptAccess> {
  // In a statement of its own, so that the check sees what happened to groups and members while the lock was waited for.
  takeTurn(trx, `prompt|${promptId}`);
  await trx.selectFrom('prompts').select('id').where('id', '=', promptId).forUpdate().execute();
  return requirePrompt(trx, who, promptId, need);
}

/**
 * Those of many prompts that `who` may edit, by id, with their rows locked until the transaction ends. They are locked in one
 * order, so that two who name the same ones do not wait for each other for ever; others' are not, who would wait for them.
 */
export async function lockEditablePrompts(
  trx: Transaction<Database>,
  who: Who,
  promptIds: readonly string[],
): Promise<Map<string, PromptAccess>> {
  const editable = await selectEditable(trx, who, promptIds);
  const ids = editable.map(({ id }) => id).sort();
  for (const id of ids) takeTurn(trx, `prompt|${id}`);
  await trx.selectFrom('prompts').select('id').where(isOneOf(ids)).orderBy('id').forUpdate().execute();
  // What happened to groups and members while the locks were waited for shows in a statement of its own only.
  const locked = await selectEditable(trx, who, ids);
  return new Map(locked.map((prompt) => [prompt.id, prompt]));
}

const selectEditable = (db: Db, who: Who, ids: readonly string[]): Promise<PromptAccess[]> =>
  db
    .selectFrom('prompts')
    .select(['id', 'user_id as userId', 'version', 'visibility', 'is_template as isTemplate'])
    .where(isOneOf(ids))
    .where(editablePrompts(who))
    .execute();

export interface GroupAccess {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
}

/**
 * The group, when `who` may do what is needed.
 * @throws AppError group.not_found when it is not readable, group.forbidden when it is readable only.
 */
export async function requireGroup(db: Db, who: Who, groupId: string, need: Need): Promise<GroupAccess> {
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

/**
 * The same with its row locked until the transaction ends: whatever changes the order or the members of a group locks it
 * first.
 * @throws AppError group.not_found, group.forbidden
 */
export async function lockGroup(
  trx: Transaction<Database>,
  who: Who,
  groupId: string,
  need: Need,
): Promise<GroupAccess> {
  // In a statement of its own, so that the check sees what the lock's last holder did to the group's members.
  await lockGroupRow(trx, groupId);
  return requireGroup(trx, who, groupId, need);
}

/** Locks a group that is there until the transaction ends, whoever asks. */
export async function lockGroupRow(trx: Transaction<Database>, groupId: string): Promise<void> {
  takeTurn(trx, `group|${groupId}`);
  await trx.selectFrom('groups').select('id').where('id', '=', groupId).forUpdate().execute();
}
