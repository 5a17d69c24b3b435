import type pg from 'pg';

/** How many connections a database takes from the role that asks. */
export interface ConnectionRoom {
  /** All that may be open at once, whoever opens them. */
  readonly connections: number;
  /** What sets that number, for a person: `max_connections` less those kept for superusers, or a limit of role or database. */
  readonly because: string;
}

/** Reads the limits that hold for a pool's role in its database; the least of them counts. */
export async function connectionRoom(pool: pg.Pool): Promise<ConnectionRoom> {
  // `reserved_connections` came with PostgreSQL 16.
  const { rows } = await pool.query<{ most: number; kept: number; ofRole: number; ofDatabase: number }>(`
    SELECT current_setting('max_connections')::int AS most,
      current_setting('superuser_reserved_connections')::int
        + coalesce(current_setting('reserved_connections', true)::int, 0) AS kept,
      (SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user) AS "ofRole",
      (SELECT datconnlimit FROM pg_database WHERE datname = current_database()) AS "ofDatabase"`);
  const { most = 0, kept = 0, ofRole = -1, ofDatabase = -1 } = rows[0] ?? {};
  const limits: ConnectionRoom[] = [
    { connections: most - kept, because: `max_connections is ${most}, of which ${kept} are kept for superusers` },
    { connections: ofRole, because: 'the role has a connection limit' },
    { connections: ofDatabase, because: 'the database has a connection limit' },
  ];
  return limits
    .filter(({ connections }) => connections >= 0)
    .reduce((least, limit) => (limit.connections < least.connections ? limit : least));
}
