import { newId, retryTransaction } from '@promptory/db';
import type { SignedInContext } from '../../../context.ts';
import { lockResources } from '../../../domain/quotas/account-resources.ts';
import { quotaExceeded } from '../../../domain/quotas/quota-limits.ts';
import { runningImportsHorizon } from '../../../domain/quotas/running-imports.ts';
import { AppError } from '../../../errors.ts';

/** An import that has its place among those of its account. */
export interface RunningImport {
  /**
   * Ends it where its caller has gone away: nobody is told any more what became of it, and it would hold what others wait for.
   * @throws AppError request.aborted
   */
  requireCaller(): void;
  /**
   * Says that it still runs, before each batch. After a silence its place may be another's: then it takes one anew.
   * @throws AppError quota.exceeded
   */
  goOn(): Promise<void>;
  /** Gives the place back. */
  end(): Promise<void>;
}

/**
 * Takes a place among the imports that the account has at once, on all servers.
 * @param signal fires when the caller has gone away
 * @throws AppError quota.exceeded
 */
export async function startImport(ctx: SignedInContext, signal: AbortSignal | undefined): Promise<RunningImport> {
  const id = newId();
  await takePlace(ctx, id);
  return {
    requireCaller() {
      if (signal?.aborted === true) throw new AppError('request.aborted');
    },
    async goOn() {
      const { numUpdatedRows } = await ctx.db
        .updateTable('running_imports')
        .set({ seen_at: ctx.clock.now() })
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      if (numUpdatedRows === 0n) await takePlace(ctx, id);
    },
    async end() {
      try {
        await ctx.db.deleteFrom('running_imports').where('id', '=', id).execute();
      } catch (error) {
        // What the import did, or why it failed, is the answer; its silence frees the place.
        ctx.log.warn({ err: error }, 'The place of an import could not be given back');
      }
    },
  };
}

async function takePlace(ctx: SignedInContext, id: string): Promise<void> {
  const { userId } = ctx.who;
  await retryTransaction(ctx.db, async (trx) => {
    const { importsAtOnce: limit } = (await lockResources(trx, ctx, userId)).quotas;
    const now = ctx.clock.now();
    await trx
      .deleteFrom('running_imports')
      .where('user_id', '=', userId)
      .where('seen_at', '<=', runningImportsHorizon(now))
      .execute();
    const { used } = await trx
      .selectFrom('running_imports')
      .select((eb) => eb.fn.countAll<number>().as('used'))
      .where('user_id', '=', userId)
      .executeTakeFirstOrThrow();
    if (used >= limit) throw quotaExceeded('importsAtOnce', { limit, used });
    await trx.insertInto('running_imports').values({ id, user_id: userId, seen_at: now }).execute();
  });
}
