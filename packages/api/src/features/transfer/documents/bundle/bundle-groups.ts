import { type Database, newId } from '@promptory/db';
import { type BundleGroup, CreateGroupInput, MAX_GROUP_PROMPTS } from '@promptory/schemas';
import { sql, type Transaction } from 'kysely';
import { admit } from '../../../../access/admit.ts';
import { recordAudit } from '../../../../audit/record-audit.ts';
import type { SignedInContext } from '../../../../context.ts';
import { lockResources, requireRoom } from '../../../../domain/quotas/account-resources.ts';
import { AppError } from '../../../../errors.ts';

/** A group of the importer's by the name of one in a bundle. */
export interface OwnGroup {
  readonly id: string;
  readonly name: string;
  /** Whether others read what it holds, or are asked to. */
  readonly isShared: boolean;
  readonly prompts: readonly string[];
}

/** What became of the prompts of groups: those that were put into one, and why others were not, by their ids. */
export interface GroupedPrompts {
  readonly joined: ReadonlySet<string>;
  readonly left: ReadonlyMap<string, readonly string[]>;
}

/** The importer's own groups of these names, locked until the transaction ends; the oldest of each name. */
export async function lockOwnGroups(
  trx: Transaction<Database>,
  ownerId: string,
  groups: readonly BundleGroup[],
): Promise<Map<string, OwnGroup>> {
  if (groups.length === 0) return new Map();
  const names = groups.flatMap((group) => namedAs(group)?.name ?? []);
  await sql`
    SELECT FROM groups WHERE user_id = ${ownerId}::uuid AND name = ANY(${names}::text[]) ORDER BY id FOR UPDATE
  `.execute(trx);
  const { rows } = await sql<OwnGroup>`
    SELECT DISTINCT ON (name) id, name,
      EXISTS (SELECT FROM group_members WHERE group_id = groups.id)
        OR EXISTS (SELECT FROM group_invitations WHERE group_id = groups.id) AS "isShared",
      ARRAY(SELECT prompt_id FROM group_prompts WHERE group_id = groups.id) AS prompts
    FROM groups WHERE user_id = ${ownerId}::uuid AND name = ANY(${names}::text[])
    ORDER BY name, created_at, id
  `.execute(trx);
  return new Map(rows.map((group) => [group.name, group]));
}

/**
 * Puts imported prompts into the importer's own groups of the same names, behind what stands there, and makes groups that are
 * not there. What a group shares is not decided by a file: one that has members stays as it is.
 * @param own the groups of those names that were there, as `lockOwnGroups` found them
 * @param imported the ids of the prompts by what the bundle calls them
 */
export async function joinGroups(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  groups: readonly BundleGroup[],
  own: Map<string, OwnGroup>,
  imported: ReadonlyMap<string, string>,
): Promise<GroupedPrompts> {
  const joined = new Set<string>();
  const left = new Map<string, string[]>();
  for (const group of groups) {
    const ids = group.prompts.flatMap((ref) => imported.get(ref) ?? []);
    const named = namedAs(group);
    const found = named === null ? undefined : own.get(named.name);
    const missing = [...new Set(ids)].filter((id) => found?.prompts.includes(id) !== true);
    if (missing.length === 0) continue;
    try {
      if (named === null) throw new AppError('request.invalid', { message: 'no group can have that name' });
      if (found?.isShared === true) {
        throw new AppError('request.invalid', { message: 'it has members, who would see it: add it yourself' });
      }
      admit(ctx.principal, found === undefined ? 'group.create' : 'group.arrange');
      const target = found ?? (await makeGroup(trx, ctx, named));
      const room = MAX_GROUP_PROMPTS - target.prompts.length;
      const added = missing.slice(0, Math.max(room, 0));
      await addEntries(trx, ctx, target, added);
      own.set(target.name, { ...target, prompts: [...target.prompts, ...added] });
      for (const id of added) joined.add(id);
      if (added.length < missing.length) say(left, missing.slice(added.length), group, 'it is full');
    } catch (error) {
      if (!(error instanceof AppError) || error.status >= 500) throw error;
      say(left, missing, group, error.message.replace(/\.$/, ''));
    }
  }
  return { joined, left };
}

const say = (left: Map<string, string[]>, ids: readonly string[], { name }: BundleGroup, why: string): void => {
  for (const id of ids) left.set(id, [...(left.get(id) ?? []), `It is not put into the group "${name}": ${why}.`]);
};

/** As groups here are called; null where none can be. */
function namedAs({ name, description }: BundleGroup): { name: string; description: string } | null {
  const read = CreateGroupInput.safeParse({ name, description });
  return read.success ? { name: read.data.name, description: read.data.description ?? '' } : null;
}

async function makeGroup(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  { name, description }: { readonly name: string; readonly description: string },
): Promise<OwnGroup> {
  requireRoom(await lockResources(trx, ctx, ctx.who.userId), { groups: 1 });
  const [id, now] = [newId(), ctx.clock.now()];
  await trx
    .insertInto('groups')
    .values({ id, name, description, user_id: ctx.who.userId, created_at: now, updated_at: now })
    .execute();
  await recordAudit(trx, ctx, { action: 'group.created', targetType: 'group', targetId: id });
  return { id, name, isShared: false, prompts: [] };
}

async function addEntries(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  { id, prompts }: OwnGroup,
  added: readonly string[],
): Promise<void> {
  const now = ctx.clock.now().toISOString();
  await sql`
    INSERT INTO group_prompts (group_id, prompt_id, position, added_by, created_at)
    SELECT ${id}::uuid, added.prompt_id, ${prompts.length} + added.place - 1, ${ctx.who.userId}::uuid, ${now}::timestamptz
    FROM unnest(${[...added]}::uuid[]) WITH ORDINALITY AS added(prompt_id, place)
  `.execute(trx);
  await sql`UPDATE groups SET updated_at = ${now}::timestamptz WHERE id = ${id}::uuid`.execute(trx);
  for (const promptId of added) {
    const details = { promptId, grantsAccess: true };
    await recordAudit(trx, ctx, { action: 'group.prompt_added', targetType: 'group', targetId: id, details });
  }
}
