import type pg from 'pg';

/**
 * Ends connections by which servers hear of changes, chosen at random, all unless `most` is given. The feed's own role may.
 * @returns how many were ended
 */
export async function cutFeeds(pool: Pick<pg.Pool, 'query'>, most: number | null = null): Promise<number> {
  const { rowCount } = await pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'promptory-feed' AND datname = current_database() ORDER BY random() LIMIT $1`,
    [most],
  );
  return rowCount ?? 0;
}
