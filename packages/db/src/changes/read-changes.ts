import type pg from 'pg';
import { type LogPosition, positionOf } from './log-position.ts';

/**
 * Up to where changes were read. `snapshot` says which transactions had ended then: transactions get their numbers when they
 * begin to write and end in any order, so that no number alone could say it. A reader that keeps one reads on from there.
 */
export interface ChangePosition {
  /** A `pg_snapshot`. */
  readonly snapshot: string;
  /** By the clock of the database, ISO 8601. */
  readonly readAt: string;
  /** Which database of which server it was, since it was started: of another one a snapshot means nothing. */
  readonly server: string;
}

/** What was told since a position. */
export interface ReadChanges {
  readonly position: ChangePosition;
  /** Such as `prompt:<id>`, of all transactions that have ended since. */
  readonly topics: readonly string[];
  /** Whether what was told in between may be gone, or is too much: whoever remembers anything has to forget it. */
  readonly isLost: boolean;
  /** Null unless it was asked for. */
  readonly log: LogPosition | null;
}

/** Rows are kept for an hour at least. */
const READABLE_FOR = '30 minutes';
/** Of two hundred topics at most. */
const MOST_ROWS = 1_000;

const SERVER = `concat_ws('/', pg_postmaster_start_time(), (SELECT oid FROM pg_database WHERE datname = current_database()))`;

// One statement, so one snapshot: what it finds and up to where it has looked are the same. Rows of numbers that this server has
// not given yet came with a dump of another one.
const readWith = (more: string): string => `
  SELECT ${more} pg_current_snapshot()::text AS snapshot, to_json(now()) #>> '{}' AS "readAt",
    ${SERVER} AS server,
    coalesce($2::timestamptz < now() - interval '${READABLE_FOR}', true) AS "isLate",
    (SELECT json_agg(topics) FROM (
      SELECT topics FROM changes
      WHERE xid >= pg_snapshot_xmax($1::pg_snapshot) AND xid < pg_snapshot_xmax(pg_current_snapshot())
      UNION ALL
      SELECT topics FROM changes WHERE xid = ANY (ARRAY(SELECT pg_snapshot_xip($1::pg_snapshot)))
      LIMIT ${MOST_ROWS + 1}
    ) AS rows) AS found`;
const READ = readWith('');
// It has its snapshot before it looks where the log stands, and a transaction is in none before its end is written there. The end of
// one that does not wait for the disk may not have got there: so not what was flushed, but what was written counts.
const READ_WITH_LOG = readWith(
  'pg_current_wal_insert_lsn()::text AS written, pg_current_wal_flush_lsn()::text AS flushed,',
);

interface Row {
  snapshot: string;
  readAt: string;
  server: string;
  isLate: boolean;
  found: string[][] | null;
  written?: string;
  flushed?: string;
}

/**
 * What the transactions have told that have ended since a position: each once, whenever it began. What it costs grows by what is
 * new, and by how many transactions were under way then.
 *
 * @param since null to begin: nothing of before is told, and all is lost
 * @param withLog whether it says where the log stands: where nobody asks, some that are like PostgreSQL need not know
 */
export async function readChanges(
  client: Pick<pg.ClientBase, 'query'>,
  since: ChangePosition | null,
  withLog = false,
): Promise<ReadChanges> {
  const { rows } = await client.query<Row>(withLog ? READ_WITH_LOG : READ, [
    since?.snapshot ?? null,
    since?.readAt ?? null,
  ]);
  const [row] = rows;
  if (row === undefined) throw new Error('The database told nothing of its changes.');
  const { snapshot, readAt, server, isLate, found, written, flushed } = row;
  const isLost = since === null || isLate || server !== since.server || (found?.length ?? 0) > MOST_ROWS;
  return {
    position: { snapshot, readAt, server },
    topics: isLost ? [] : [...new Set(found?.flat())],
    isLost,
    log:
      written === undefined || flushed === undefined
        ? null
        : { written: positionOf(written), flushed: positionOf(flushed) },
  };
}

/** Which database of which server it is, since that was started. */
export async function serverOf(client: Pick<pg.ClientBase | pg.Pool, 'query'>): Promise<string> {
  const { rows } = await client.query<{ server: string }>(`SELECT ${SERVER} AS server`);
  return rows[0]?.server ?? '';
}
