import { untilDone } from '@promptory/db';
import { sql } from 'kysely';
import type { Db } from '../../context.ts';

const ROWS_A_STATEMENT = 5_000;

/**
 * Removes what was told of changes more than an hour ago, which every server has read by then or counts as missed. For an hourly job.
 * @returns how many rows were removed
 */
export const forgetChanges = (db: Db): Promise<number> =>
  untilDone(db, ROWS_A_STATEMENT, sql`SELECT public.forget_changes(${ROWS_A_STATEMENT}::integer) AS done`);
