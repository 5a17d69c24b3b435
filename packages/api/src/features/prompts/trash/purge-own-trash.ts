import { originColumns } from '@promptory/auth';
import { type Database, retryTransaction } from '@promptory/db';
import type { PurgedTrash } from '@promptory/schemas';
import { sql, type Transaction } from 'kysely';
import { requirePrompt } from '../../../access/require.ts';
import type { Db, SessionContext } from '../../../context.ts';
import { lockOwnAccount } from '../../../domain/accounts/lock-account.ts';
import { removeInSteps } from '../../../domain/trash/remove-dependents.ts';
import type { StepsLeft } from '../../../domain/trash/steps-left.ts';
import { AppError } from '../../../errors.ts';

const PROMPTS_A_TRANSACTION = 200;
const TRANSACTIONS_A_CALL = 5;
/** Of a prompt that a hundred thousand people marked or copied, or with as many versions, so much is done with each call. */
const STEPS_A_CALL = 60;
/** And of the fifteen seconds that a call may take no more: whoever gets no answer does not know that it goes on. */
const STEPS_MS = 6_000;

/**
 * Removes a prompt of the caller's trash for good, with its versions.
 * @throws AppError prompt.not_found, prompt.forbidden, prompt.not_in_trash, auth.session_ended; server.busy where others
 *   have piled up more on it than one call removes, or it has more versions: the next call goes on
 */
export async function purgePrompt(ctx: SessionContext, promptId: string): Promise<void> {
  const { db, who } = ctx;
  const ids = await listOwnTrash(db, who.userId, { limit: 1, id: promptId });
  if (!(await removeOwnInSteps(ctx, ids, stepsOfCall()))) {
    throw new AppError('server.busy', { retryAfterSeconds: 1 });
  }
  await retryTransaction(db, async (trx) => {
    const purged = await removeOwn(trx, ctx, ids);
    if (purged.length > 0) return;
    await requirePrompt(trx, who, promptId, 'own');
    throw new AppError('prompt.not_in_trash');
  });
}

/**
 * Removes for good what is in the caller's trash, the oldest first, a thousand prompts with one call. Each two hundred
 * are a transaction of their own, so nobody waits for long, and a call that breaks off has done what it did.
 * @throws AppError auth.session_ended
 */
export async function purgeOwnTrash(ctx: SessionContext): Promise<PurgedTrash> {
  const { db, who } = ctx;
  const left = stepsOfCall();
  let purged = 0;
  for (let transactions = 0; transactions < TRANSACTIONS_A_CALL && !left.isLate(); transactions += 1) {
    const ids = await listOwnTrash(db, who.userId, { limit: PROMPTS_A_TRANSACTION });
    if (ids.length === 0) return { purged, more: false };
    if (!(await removeOwnInSteps(ctx, ids, left))) return { purged, more: true };
    purged += (await retryTransaction(db, (trx) => removeOwn(trx, ctx, ids))).length;
  }
  return { purged, more: (await listOwnTrash(db, who.userId, { limit: 1 })).length > 0 };
}

/** What a call that begins now may take. */
function stepsOfCall() {
  const end = performance.now() + STEPS_MS;
  return { steps: STEPS_A_CALL, isLate: () => performance.now() > end };
}

/**
 * Removes of prompts in the caller's trash what is too much to go with them. From its first version on that goes so, nothing
 * restores a prompt, and the daily job ends what a call leaves.
 */
const removeOwnInSteps = (ctx: SessionContext, ids: readonly string[], left: StepsLeft): Promise<boolean> =>
  removeInSteps(ctx.db, ctx.who.userId, ids, { left, before: (trx) => lockOwnAccount(trx, ctx) });

async function listOwnTrash(
  db: Db,
  userId: string,
  { limit, id }: { readonly limit: number; readonly id?: string },
): Promise<string[]> {
  let query = db.selectFrom('prompts').select('id').where('user_id', '=', userId).where('deleted_at', 'is not', null);
  if (id !== undefined) query = query.where('id', '=', id);
  return (await query.orderBy('deleted_at').limit(limit).execute()).map((row) => row.id);
}

/** Those of the ids that the database's owner removed now, which writes that down. */
async function removeOwn(trx: Transaction<Database>, ctx: SessionContext, ids: readonly string[]): Promise<string[]> {
  await lockOwnAccount(trx, ctx);
  const { userId } = ctx.who;
  const kept = ids.filter(() => ctx.keptEntries(userId, { action: 'prompt.purged' }, ctx.clock.now())).length;
  const entry = { requestId: ctx.requestId, ip: originColumns(ctx.client).ip, kept };
  const { rows } = await sql<{ purged: string[] }>`
    SELECT public.purge_own_trash(${userId}::uuid, ${ids}::uuid[], ${JSON.stringify(entry)}::jsonb) AS purged
  `.execute(trx);
  return rows[0]?.purged ?? [];
}
