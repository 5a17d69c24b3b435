import type pg from 'pg';
import { isDiskFull, sqlState } from './sql-state.ts';

/** Sixteen megabytes, as much as a segment of the write-ahead log: less is soon used up again. */
const SPILLING_SORT = `
  SET LOCAL work_mem = '64kB';
  SELECT count(row) FROM (
    SELECT repeat('x', 8000) || n AS row FROM generate_series(1, 2000) AS n ORDER BY md5(n::text) OFFSET 0
  ) AS sorted`;
const FILE_LIMIT_REACHED = '53400';

/**
 * Whether the database's disk has room again, found out by a sort that does not fit into memory: its temporary file needs
 * no right, leaves nothing behind, and lies where the tables do.
 *
 * @throws what the database answers for another reason, such as that it is away
 */
export async function hasDiskRoom(pool: pg.Pool): Promise<boolean> {
  try {
    await pool.query(SPILLING_SORT);
    return true;
  } catch (error) {
    if (isDiskFull(error)) return false;
    if (sqlState(error) === FILE_LIMIT_REACHED) return true;
    throw error;
  }
}
