import { type RawBuilder, sql } from 'kysely';

/** Whether a column holds `part`, without regard to case and accents. Nothing in `part` is a wildcard. */
export const nameContains = (column: string, part: string): RawBuilder<boolean> =>
  sql<boolean>`strpos(public.fold_text(${sql.ref(column)}), public.fold_text(${part})) > 0`;
