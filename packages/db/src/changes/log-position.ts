import type pg from 'pg';

/** Where the write-ahead log of a database stood, and how far of it was on the disk: only that goes to replicas. */
export interface LogPosition {
  /** Whatever a read of that moment found was written into the log before it. */
  readonly written: bigint;
  readonly flushed: bigint;
}

/** A position as PostgreSQL writes it, such as `16/B374D848`. */
export function positionOf(text: string): bigint {
  const [high = '', low = ''] = text.split('/');
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}

// Of a server that is written to, its log's name says the timeline; a replica's control data say which it had reached when they were
// last written, so that one which follows to a new timeline is known there a little later.
const TIMELINE = `CASE WHEN pg_is_in_recovery()
  THEN (SELECT greatest(timeline_id, min_recovery_end_timeline) FROM pg_control_checkpoint(), pg_control_recovery())
  ELSE ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int END`;

/**
 * Names the history that positions are of, in SQL: which cluster, by the number that initdb gave it, which timeline of it, and which of
 * its databases. Positions of one history can be compared, whichever server says them.
 */
export const HISTORY = `concat_ws('/', (SELECT system_identifier FROM pg_control_system()), ${TIMELINE},
  (SELECT oid FROM pg_database WHERE datname = current_database()))`;

/** The history that a database writes; null where it writes none, as it follows another one. */
export async function historyOf(client: Pick<pg.ClientBase, 'query'>): Promise<string | null> {
  const { rows } = await client.query<{ history: string }>(
    `SELECT ${HISTORY} AS history WHERE NOT pg_is_in_recovery()`,
  );
  return rows[0]?.history ?? null;
}
