import { type RawBuilder, sql } from 'kysely';

/** Whether a column holds `part`, without regard to case and accents. Nothing in `part` is a wildcard. */
export const nameContains = (column: string, part: string): RawBuilder<boolean> =>
  sql<boolean>`strpos(public.fold_text(${sql.ref(column)}), public.fold_text(${part})) > 0`;

/**
 * A pattern of LIKE for folded texts that hold `part`. Escaped once it is folded: folding makes a wildcard of a full-width ％, and a
 * backslash of ＼.
 */
export const holding = (part: string): RawBuilder<string> => sql<string>`
  '%' || regexp_replace(public.fold_text(${part}), '([\\\\%_])', '\\\\\\1', 'g') || '%'`;
