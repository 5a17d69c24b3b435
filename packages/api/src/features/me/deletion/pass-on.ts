import { type Database, isUniqueViolation, retryTransaction, storeWordsOf } from '@promptory/db';
import { sql, type Transaction } from 'kysely';
import { lockGroupRow } from '../../../access/require.ts';
import { recordAudit, recordAudits } from '../../../audit/record-audit.ts';
import { lockAccount } from '../../../domain/accounts/lock-account.ts';
import { freeSlugs, SLUG_ATTEMPTS } from '../../../domain/prompts/prompt-slugs.ts';
import { lockResources } from '../../../domain/quotas/account-resources.ts';
import { auditOf, type DeletionJob, type DeletionServices } from './deletion-job.ts';
import { hasRoom, heirs, heirsWithRoom } from './heirs.queries.ts';

const PROMPTS_A_TRANSACTION = 20;

/** How many things passed to others, and how many did not. */
export interface PassedOn {
  passed: number;
  removed: number;
}

/** Passes the groups of a deleted account to their heirs, one a transaction, and removes those that have none. */
export async function passOnGroups(services: DeletionServices, job: DeletionJob): Promise<PassedOn> {
  const { db } = services;
  const done: PassedOn = { passed: 0, removed: 0 };
  for (;;) {
    const next = await db
      .selectFrom('groups')
      .select('id')
      .where('user_id', '=', job.userId)
      .limit(1)
      .executeTakeFirst();
    if (next === undefined) return done;
    const isPassed = await retryTransaction(db, (trx) => passOnGroup(trx, services, job, next.id));
    done[isPassed ? 'passed' : 'removed'] += 1;
  }
}

async function passOnGroup(
  trx: Transaction<Database>,
  services: DeletionServices,
  job: DeletionJob,
  groupId: string,
): Promise<boolean> {
  await lockGroupRow(trx, groupId);
  const heirId = await findHeir(trx, job.userId, groupId);
  const target = { targetType: 'group', targetId: groupId, actorId: job.userId } as const;
  if (heirId === null) {
    await trx.deleteFrom('groups').where('id', '=', groupId).where('user_id', '=', job.userId).execute();
    await recordAudit(trx, auditOf(services, job), { ...target, action: 'group.deleted' });
    return false;
  }
  await trx.deleteFrom('group_members').where('group_id', '=', groupId).where('user_id', '=', heirId).execute();
  await trx
    .updateTable('groups')
    .set({ user_id: heirId, updated_at: services.clock.now() })
    .where('id', '=', groupId)
    .execute();
  const details = { userId: heirId, from: 'editor', to: 'owner' };
  await recordAudit(trx, auditOf(services, job), { ...target, action: 'group.handed_over', details });
  return true;
}

/** Who a group passes to, locked so that they are not deleted meanwhile; looked for again where they just were. */
async function findHeir(trx: Transaction<Database>, userId: string, groupId: string): Promise<string | null> {
  for (;;) {
    const { rows } = await sql<{ heirId: string | null }>`
      WITH ${heirs(userId, { groupId })} SELECT heir_id AS "heirId" FROM own_groups
    `.execute(trx);
    const heirId = rows[0]?.heirId ?? null;
    if (heirId === null || (await lockAccount(trx, heirId, 'share'))?.status === 'active') return heirId;
  }
}

/**
 * Passes the prompts of a deleted account to their heirs, twenty a transaction, and puts those into the trash that have none.
 * Their groups are passed on before.
 */
export async function passOnPrompts(services: DeletionServices, job: DeletionJob): Promise<PassedOn> {
  const { db, settings } = services;
  const withRoom = new Set(await heirsWithRoom(db, { settings }, job.userId));
  const done: PassedOn = { passed: 0, removed: 0 };
  for (;;) {
    const next = await db
      .selectFrom('prompts')
      .select('id')
      .where('user_id', '=', job.userId)
      .where('deleted_at', 'is', null)
      .limit(PROMPTS_A_TRANSACTION)
      .execute();
    if (next.length === 0) return done;
    const { rows } = await sql<{ id: string; heirId: string | null }>`
      WITH ${heirs(job.userId, { promptIds: next.map(({ id }) => id) })}
      SELECT id, heir_id AS "heirId" FROM own_prompts ORDER BY id
    `.execute(db);
    const byHeir = Map.groupBy(rows, ({ heirId }) => (heirId !== null && withRoom.has(heirId) ? heirId : null));
    for (const [heirId, prompts] of byHeir) {
      const ids = prompts.map(({ id }) => id);
      const passed = heirId === null ? [] : await passOnTo(services, job, heirId, ids);
      const left = ids.filter((id) => !passed.includes(id));
      done.passed += passed.length;
      done.removed += left.length;
      if (left.length > 0) await retryTransaction(db, (trx) => intoTrash(trx, services, job, left));
    }
  }
}

/** @returns those that passed: none where the heir is gone or has no room by now */
async function passOnTo(
  services: DeletionServices,
  job: DeletionJob,
  heirId: string,
  ids: readonly string[],
): Promise<string[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await retryTransaction(services.db, (trx) => passTo(trx, services, job, { heirId, ids, attempt }));
    } catch (error) {
      // Somebody took a slug that had just been free.
      if (!isUniqueViolation(error) || attempt === SLUG_ATTEMPTS) throw error;
    }
  }
}

interface Passing {
  readonly heirId: string;
  readonly ids: readonly string[];
  readonly attempt: number;
}

async function passTo(
  trx: Transaction<Database>,
  services: DeletionServices,
  job: DeletionJob,
  { heirId, ids, attempt }: Passing,
): Promise<string[]> {
  const { userId } = job;
  const { rows } = await sql<{ id: string; slug: string; versions: number; bytes: number }>`
    SELECT id, slug, version AS versions, coalesce(stored_bytes, 0) AS bytes FROM prompts
    WHERE id = ANY(${ids}::uuid[]) AND user_id = ${userId}::uuid AND deleted_at IS NULL ORDER BY id FOR UPDATE
  `.execute(trx);
  const { rows: still } = await sql<{ id: string }>`
    WITH ${heirs(userId, { promptIds: ids })} SELECT id FROM own_prompts WHERE heir_id = ${heirId}::uuid
  `.execute(trx);
  const due = rows.filter(({ id }) => still.some((one) => one.id === id));
  // Whoever is deleted while this waits for them gets nothing, and no job of theirs is over before.
  if (due.length === 0 || (await lockAccount(trx, heirId, 'share')) === undefined) return [];
  if (!(await isThere(trx, heirId))) return [];
  const sum = (what: 'versions' | 'bytes'): number => due.reduce((all, one) => all + Number(one[what]), 0);
  const more = { prompts: due.length, versions: sum('versions'), storedBytes: sum('bytes') };
  if (!hasRoom(await lockResources(trx, services, heirId), more)) return [];

  const passed = due.map(({ id }) => id);
  const slugs = await freeSlugs(
    trx,
    heirId,
    due.map(({ slug }) => slug),
    attempt,
  );
  await sql`
    UPDATE prompts SET user_id = ${heirId}::uuid, slug = passed.slug, updated_at = ${services.clock.now().toISOString()}::timestamptz
    FROM unnest(${passed}::uuid[], ${slugs}::text[]) AS passed (id, slug) WHERE prompts.id = passed.id
  `.execute(trx);
  await sql`
    UPDATE account_resources SET prompts = prompts + sign * ${more.prompts}::integer,
      versions = versions + sign * ${more.versions}::integer, stored_bytes = stored_bytes + sign * ${more.storedBytes}::bigint
    FROM (VALUES (${heirId}::uuid, 1), (${userId}::uuid, -1)) AS change (id, sign) WHERE user_id = change.id
  `.execute(trx);
  // What groups grant stays as it is.
  await sql`
    UPDATE group_prompts SET added_by = ${heirId}::uuid WHERE prompt_id = ANY(${passed}::uuid[]) AND added_by = ${userId}::uuid
  `.execute(trx);
  await sql`DELETE FROM prompt_aliases WHERE prompt_id = ANY(${passed}::uuid[]) AND user_id = ${userId}::uuid`.execute(
    trx,
  );
  await storeWordsOf(trx, passed);
  await audit(trx, services, job, { action: 'prompt.passed_on', ids: passed, details: { to: heirId } });
  return passed;
}

async function isThere(trx: Transaction<Database>, userId: string): Promise<boolean> {
  const found = await trx
    .selectFrom('users')
    .select('id')
    .where('id', '=', userId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  return found !== undefined;
}

async function intoTrash(
  trx: Transaction<Database>,
  services: DeletionServices,
  job: DeletionJob,
  ids: readonly string[],
): Promise<void> {
  await sql`SELECT FROM prompts WHERE id = ANY(${ids}::uuid[]) ORDER BY id FOR UPDATE`.execute(trx);
  const trashed = await trx
    .updateTable('prompts')
    .set({ deleted_at: services.clock.now() })
    .where(sql<boolean>`id = ANY(${ids}::uuid[])`)
    .where('user_id', '=', job.userId)
    .where('deleted_at', 'is', null)
    .returning('id')
    .execute();
  await audit(trx, services, job, { action: 'prompt.deleted', ids: trashed.map(({ id }) => id) });
}

interface Audited {
  readonly action: string;
  readonly ids: readonly string[];
  readonly details?: Readonly<Record<string, unknown>>;
}

const audit = (
  trx: Transaction<Database>,
  services: DeletionServices,
  job: DeletionJob,
  { action, ids, details = {} }: Audited,
): Promise<void> =>
  recordAudits(
    trx,
    auditOf(services, job),
    ids.map((targetId) => ({ action, targetType: 'prompt', targetId, details, actorId: job.userId })),
  );
