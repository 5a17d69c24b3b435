import type { Db } from '../../context.ts';

/** Without a batch for so long an import runs no more: its process has ended, whatever became of it. */
const SILENT_MS = 120_000;

/** An import that said at this time, or before, that it runs does so no longer. */
export const runningImportsHorizon = (now: Date): string => new Date(now.getTime() - SILENT_MS).toISOString();

/**
 * Removes what is left of imports whose process died. For a daily job: the account's next import does so too.
 * @returns how many were removed
 */
export async function deleteDeadImports(db: Db, now: Date): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('running_imports')
    .where('seen_at', '<=', runningImportsHorizon(now))
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
