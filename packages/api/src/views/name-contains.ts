import { nameKey } from '@promptory/db';
import { type RawBuilder, sql } from 'kysely';

/** Whether a column holds `part`, without regard to case and accents. Nothing in `part` is a wildcard. */
export const nameContains = (column: string, part: string): RawBuilder<boolean> =>
  sql<boolean>`strpos(public.fold_text(${sql.ref(column)}), public.fold_text(${part})) > 0`;

/** The same of a name that is stored with its key: also whether that holds the key of `part`. */
export const keyedNameContains = (column: string, keyColumn: string, part: string): RawBuilder<boolean> =>
  sql<boolean>`(${nameContains(column, part)} OR strpos(${sql.ref(keyColumn)}, ${nameKey(part)}) > 0)`;
