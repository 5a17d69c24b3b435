import type { Database } from '@promptory/db';
import { Id } from '@promptory/schemas';
import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import type { AuditContext } from '../../../audit/record-audit.ts';
import type { Context, Services } from '../../../context.ts';

export const DELETION_TASK = 'finish_deletion';

const DeletionJob = z.strictObject({ userId: Id, requestId: z.string().max(100) });
export type DeletionJob = Readonly<z.infer<typeof DeletionJob>>;

/**
 * What the queue hands back.
 * @throws ZodError when it is not a job of ours
 */
export const parseDeletionJob = (payload: unknown): DeletionJob => DeletionJob.parse(payload);

/** Of this name: one is finished at a time, so that mails and other jobs never wait for accounts that had much. */
const QUEUE = 'deletions';

/** Calls that began before the deletion are over by then, streams too: what these have written meanwhile is forgotten as well. */
const AGAIN_AFTER_MINUTES = 15;

/** Has a job do what takes as long as there is much of it. */
export async function enqueueDeletion(
  trx: Transaction<Database>,
  { requestId }: Pick<Context, 'requestId'>,
  userId: string,
): Promise<void> {
  const job: DeletionJob = { userId, requestId };
  await sql`
    SELECT graphile_worker.add_job(${DELETION_TASK}, ${JSON.stringify(job)}::json, ${QUEUE}, run_at => now() + wait * interval '1 minute')
    FROM unnest(ARRAY[0, ${AGAIN_AFTER_MINUTES}::integer]) AS wait
  `.execute(trx);
}

export type DeletionServices = Pick<Services, 'db' | 'clock' | 'settings'>;

/** By which the audit log says that it was the owner who did it, and from nowhere. */
export const auditOf = ({ clock }: DeletionServices, { requestId }: DeletionJob): AuditContext => ({
  clock,
  requestId,
  principal: { kind: 'anonymous', rejected: null },
  client: { ip: '', userAgent: null },
});
