import { type RawBuilder, sql } from 'kysely';

/** A time within JSON, where it is text already and so is written as the wire has it. */
export const isoTime = (column: string): RawBuilder<string> =>
  sql<string>`to_char(${sql.ref(column)} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
