import type { Db } from '../context.ts';
import { answerHorizon } from './run-idempotent.ts';

const ROWS_A_STATEMENT = 1_000;

/**
 * Removes the answers of creating calls that were stored for their day. For an hourly job.
 * @returns how many were removed.
 */
export async function deleteOldAnswers(db: Db, now: Date): Promise<number> {
  for (let deleted = 0; ; ) {
    const { numDeletedRows } = await db
      .deleteFrom('idempotency_keys')
      .where('key_hash', 'in', (old) =>
        old
          .selectFrom('idempotency_keys')
          .select('key_hash')
          .where('created_at', '<=', answerHorizon(now))
          .limit(ROWS_A_STATEMENT)
          .forUpdate()
          .skipLocked(),
      )
      .executeTakeFirstOrThrow();
    deleted += Number(numDeletedRows);
    if (numDeletedRows < ROWS_A_STATEMENT) return deleted;
  }
}
