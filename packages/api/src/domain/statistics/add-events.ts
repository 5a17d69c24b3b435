import { sql } from 'kysely';
import type { Db } from '../../context.ts';
import type { ServerEvent } from './counted-events.ts';

/** How often something happened at a server within a quarter of an hour. */
export interface ServerCount {
  /** The beginning of the quarter. */
  readonly since: Date;
  readonly kind: ServerEvent;
  readonly detail: string;
  readonly amount: number;
}

/** Adds what a server has counted to what others have. One statement, in the order of the keys, so that no two wait crosswise. */
export async function addEvents(db: Db, counts: readonly ServerCount[]): Promise<void> {
  await sql`
    INSERT INTO counted_events (since, kind, detail, amount)
    SELECT since, kind, left(detail, 100), sum(amount)
    FROM json_to_recordset(${JSON.stringify(counts)}::json)
      AS (since timestamptz(3), kind text, detail text COLLATE "C", amount bigint)
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (since, kind, detail) DO UPDATE SET amount = counted_events.amount + excluded.amount
  `.execute(db);
}
