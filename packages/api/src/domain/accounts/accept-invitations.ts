import { type Database, retryTransaction } from '@promptory/db';
import { Id } from '@promptory/schemas';
import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { type AuditContext, recordAudits } from '../../audit/record-audit.ts';
import type { Context, Services } from '../../context.ts';
import { isOpen } from '../invitations/invitation-state.ts';

export const INVITATIONS_TASK = 'accept_invitations';

const GROUPS_A_TRANSACTION = 50;
// Before every mail: whoever has just verified an address looks for the groups at once.
const PRIORITY = -10;

const InvitationsJob = z.strictObject({ userId: Id, requestId: z.string().max(100) });
export type InvitationsJob = Readonly<z.infer<typeof InvitationsJob>>;

/**
 * What the queue hands back.
 * @throws ZodError when it is not a job of ours
 */
export const parseInvitationsJob = (payload: unknown): InvitationsJob => InvitationsJob.parse(payload);

/**
 * Has a job let an account into the groups that its address was invited to. A job, because others decide how many these
 * are: whatever proves the address must neither wait for them nor fail with them.
 */
export async function enqueueInvitations(
  trx: Transaction<Database>,
  { requestId }: Pick<Context, 'requestId'>,
  userId: string,
): Promise<void> {
  const job: InvitationsJob = { userId, requestId };
  await sql`
    SELECT graphile_worker.add_job(${INVITATIONS_TASK}, ${JSON.stringify(job)}::json, priority => ${PRIORITY})
  `.execute(trx);
}

/**
 * Makes an account a member of every group that its verified address is invited to, unless it owns the group or is a member
 * already; fifty groups a transaction. Without a verified address it does nothing.
 *
 * @returns how many groups it entered
 * @throws Error when groups were locked by others meanwhile, after all others are done: the job is tried again
 */
export async function acceptInvitations(
  services: Pick<Services, 'db' | 'clock'>,
  job: InvitationsJob,
): Promise<number> {
  let entered = 0;
  let left = 0;
  for (let after: string | null = NIL_ID; after !== null; ) {
    const from: string = after;
    const batch = await retryTransaction(services.db, (trx) => acceptSome(trx, services, job, from));
    entered += batch.entered;
    left += batch.skipped;
    after = batch.last;
  }
  if (left > 0) throw new Error(`${left} invitations wait for groups that others are changing`);
  return entered;
}

const NIL_ID = '00000000-0000-0000-0000-000000000000';

interface Batch {
  readonly entered: number;
  /** Groups that somebody else holds: one of them is not to keep the others waiting. */
  readonly skipped: number;
  /** The last group of a full batch; null where no more follow. */
  readonly last: string | null;
}

async function acceptSome(
  trx: Transaction<Database>,
  { clock }: Pick<Services, 'clock'>,
  { userId, requestId }: InvitationsJob,
  after: string,
): Promise<Batch> {
  const email = await verifiedAddress(trx, userId);
  const due = email === null ? [] : await invitedGroups(trx, email, after, clock.now());
  const last = due.length < GROUPS_A_TRANSACTION ? null : (due.at(-1) ?? null);
  // Groups before accounts, as everything does that changes members.
  const { rows: locked } = await sql<{ id: string }>`
    SELECT id FROM groups WHERE id = ANY(${due}::uuid[]) ORDER BY id FOR UPDATE SKIP LOCKED
  `.execute(trx);
  const skipped = due.length - locked.length;
  const isStillTheirs = locked.length > 0 && (await verifiedAddress(trx, userId, 'locked')) === email;
  if (!isStillTheirs) return { entered: 0, skipped, last };

  const groupIds = locked.map(({ id }) => id);
  const now = clock.now().toISOString();
  const open = isOpen(clock.now());
  const { rows: members } = await sql<{ groupId: string; role: string; invitedBy: string | null }>`
    WITH taken AS (
      UPDATE group_invitations SET answer = 'accepted', answered_at = ${now}::timestamptz
      WHERE email = ${email} AND group_id = ANY(${groupIds}::uuid[]) AND ${open}
      RETURNING group_id, role, invited_by
    ), entered AS (
      INSERT INTO group_members (group_id, user_id, role, created_at)
      SELECT taken.group_id, ${userId}::uuid, taken.role, ${now}::timestamptz
      FROM taken JOIN groups ON groups.id = taken.group_id WHERE groups.user_id <> ${userId}::uuid
      ON CONFLICT (group_id, user_id) DO NOTHING
      RETURNING group_id
    ), touched AS (
      UPDATE groups SET updated_at = ${now}::timestamptz FROM entered WHERE groups.id = entered.group_id
    )
    SELECT taken.group_id AS "groupId", taken.role AS role, taken.invited_by AS "invitedBy"
    FROM entered JOIN taken USING (group_id) ORDER BY taken.group_id
  `.execute(trx);
  if (members.length > 0) {
    await recordAudits(
      trx,
      { ...command, clock, requestId },
      members.map(({ groupId, role, invitedBy }) => ({
        action: 'group.invitation_accepted',
        targetType: 'group',
        targetId: groupId,
        details: { userId, role, invitedBy },
        actorId: userId,
      })),
    );
  }
  return { entered: members.length, skipped, last };
}

/** The address that an account has proved to be its own. `locked`: it stays so until the transaction ends. */
async function verifiedAddress(
  trx: Transaction<Database>,
  userId: string,
  lock: 'locked' | null = null,
): Promise<string | null> {
  const account = await trx
    .selectFrom('users')
    .select('email')
    .where('id', '=', userId)
    .where('email_verified_at', 'is not', null)
    .$if(lock === 'locked', (query) => query.forShare())
    .executeTakeFirst();
  return account?.email ?? null;
}

async function invitedGroups(trx: Transaction<Database>, email: string, after: string, now: Date): Promise<string[]> {
  const rows = await trx
    .selectFrom('group_invitations')
    .select('group_id as groupId')
    .where('email', '=', email)
    .where('group_id', '>', after)
    .where(isOpen(now))
    .orderBy('group_id')
    .limit(GROUPS_A_TRANSACTION)
    .execute();
  return rows.map(({ groupId }) => groupId);
}

const command: Pick<AuditContext, 'principal' | 'client'> = {
  principal: { kind: 'anonymous', rejected: null },
  client: { ip: '', userAgent: null },
};
