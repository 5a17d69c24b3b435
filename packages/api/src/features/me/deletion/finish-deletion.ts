import { retryTransaction, untilDone } from '@promptory/db';
import { type RawBuilder, sql } from 'kysely';
import { removeInSteps } from '../../../domain/trash/remove-dependents.ts';
import { ENDLESS } from '../../../domain/trash/steps-left.ts';
import type { DeletionJob, DeletionServices } from './deletion-job.ts';
import { type PassedOn, passOnGroups, passOnPrompts } from './pass-on.ts';

const PROMPTS_A_TRANSACTION = 200;
const ROWS_A_STATEMENT = 2_000;

/** What became of what a deleted account had. */
export interface FinishedDeletion {
  readonly groups: PassedOn;
  readonly prompts: PassedOn;
  /** From the trash. */
  readonly purged: number;
}

/**
 * Does what is left to do of a deletion: passes on what is shared, removes the other prompts with their versions, and forgets what
 * else is kept of the account. In short steps, none of which depends on another that was not done: a job that broke off goes on. Of
 * an account that is there it does nothing.
 */
export async function finishDeletion(services: DeletionServices, job: DeletionJob): Promise<FinishedDeletion | null> {
  const { db } = services;
  const account = await db
    .selectFrom('users')
    .select('id')
    .where('id', '=', job.userId)
    .where('deleted_at', 'is not', null)
    .executeTakeFirst();
  if (account === undefined) return null;
  const groups = await passOnGroups(services, job);
  const prompts = await passOnPrompts(services, job);
  const purged = await purgeTrashOf(services, job);
  await forgetAccount(services, job.userId);
  return { groups, prompts, purged };
}

async function purgeTrashOf({ db }: DeletionServices, { userId, requestId }: DeletionJob): Promise<number> {
  for (let purged = 0; ; ) {
    const due = await db
      .selectFrom('prompts')
      .select('id')
      .where('user_id', '=', userId)
      .where('deleted_at', 'is not', null)
      .orderBy('deleted_at')
      .limit(PROMPTS_A_TRANSACTION)
      .execute();
    if (due.length === 0) return purged;
    const ids = due.map(({ id }) => id);
    await removeInSteps(db, userId, ids, { left: ENDLESS });
    const { rows } = await retryTransaction(db, (trx) =>
      sql<{ purged: string[] }>`
        SELECT public.purge_own_trash(${userId}::uuid, ${ids}::uuid[], ${JSON.stringify({ requestId })}::jsonb) AS purged
      `.execute(trx),
    );
    purged += rows[0]?.purged.length ?? 0;
  }
}

/** Removes what is kept of an account beside its row, and takes it out of what is counted for others and of the audit log. */
async function forgetAccount({ db }: DeletionServices, userId: string): Promise<void> {
  const own = sql`${userId}::uuid`;
  const some = sql`LIMIT ${ROWS_A_STATEMENT}`;
  const steps: readonly RawBuilder<unknown>[] = [
    sql`DELETE FROM group_members WHERE (group_id, user_id) IN (
      SELECT group_id, user_id FROM group_members WHERE user_id = ${own} ${some}) RETURNING 1`,
    sql`DELETE FROM favorites WHERE (user_id, prompt_id) IN (
      SELECT user_id, prompt_id FROM favorites WHERE user_id = ${own} ${some}) RETURNING 1`,
    sql`DELETE FROM api_keys WHERE id IN (SELECT id FROM api_keys WHERE user_id = ${own} ${some}) RETURNING 1`,
    sql`DELETE FROM group_invitations WHERE id IN (
      SELECT id FROM group_invitations WHERE invited_by = ${own} AND answer IS NULL ${some}) RETURNING 1`,
    sql`DELETE FROM prompt_aliases WHERE (user_id, alias) IN (
      SELECT user_id, alias FROM prompt_aliases WHERE user_id = ${own} ${some}) RETURNING 1`,
    sql`DELETE FROM idempotency_keys WHERE key_hash IN (
      SELECT key_hash FROM idempotency_keys WHERE user_id = ${own} ${some}) RETURNING 1`,
    sql`DELETE FROM running_imports WHERE user_id = ${own} RETURNING 1`,
    sql`DELETE FROM auth_attempts WHERE id IN (
      SELECT id FROM auth_attempts WHERE user_id = ${own} ${some}) RETURNING 1`,
    // How often a prompt was used stays, and by whom goes.
    sql`UPDATE usage_events SET user_id = NULL, api_key_id = NULL FROM (
      SELECT occurred_at, id FROM usage_events WHERE user_id = ${own} ${some}
    ) AS used WHERE (usage_events.occurred_at, usage_events.id) = (used.occurred_at, used.id) RETURNING 1`,
  ];
  for (const step of steps) {
    await untilDone(db, ROWS_A_STATEMENT, sql`WITH done AS (${step}) SELECT count(*)::integer AS done FROM done`);
  }
  await untilDone(db, ROWS_A_STATEMENT, sql`SELECT public.forget_actor(${own}, ${ROWS_A_STATEMENT}) AS done`);
}
