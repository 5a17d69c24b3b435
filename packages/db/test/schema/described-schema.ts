import { type Kysely, type RawBuilder, sql } from 'kysely';

/**
 * All that migrations make in a database, a line for each thing: tables, columns, constraints, indexes, triggers and functions
 * with their texts, and whether anybody may call them. What the application may do is granted behind them. The order of
 * columns is left out, for a column that is made anew stands last; so are the months of uses, which stay.
 */
export async function describedSchema(db: Kysely<unknown>): Promise<string[]> {
  const { rows } = await sql<{ line: string }>`
    WITH ours AS (
      SELECT oid, relname, relkind, reloptions, relpersistence FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'i', 'I') AND relname NOT LIKE 'kysely%' AND NOT relispartition
    )
    SELECT concat_ws(' ', relkind, relname, reloptions, relpersistence, obj_description(oid, 'pg_class')) AS line FROM ours
    UNION ALL
    SELECT concat_ws(' ', 'column', relname, attname, format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated,
      attstorage, (SELECT collname FROM pg_collation WHERE oid = attcollation), pg_get_expr(adbin, adrelid),
      col_description(ours.oid, attnum))
    FROM ours JOIN pg_attribute ON attrelid = ours.oid LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT concat_ws(' ', 'constraint', relname, conname, replace(pg_get_constraintdef(pg_constraint.oid), ' NOT VALID', ''))
    FROM ours JOIN pg_constraint ON conrelid = ours.oid WHERE contype <> 'n'
    UNION ALL
    SELECT concat_ws(' ', pg_get_indexdef(indexrelid), indisvalid) FROM ours JOIN pg_index ON indexrelid = ours.oid
    UNION ALL
    SELECT concat_ws(' ', pg_get_triggerdef(pg_trigger.oid), tgenabled)
    FROM ours JOIN pg_trigger ON tgrelid = ours.oid WHERE NOT tgisinternal
    UNION ALL
    SELECT concat_ws(' ', ${plain(sql`pg_get_functiondef(pg_proc.oid)`)}, has_function_privilege('public', pg_proc.oid, 'EXECUTE')) FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
    ORDER BY line
  `.execute(db);
  return rows.map(({ line }) => line);
}

/** A function's text without its comments, and however it is set out; a list of one is that one. */
const plain = (text: RawBuilder<unknown>): RawBuilder<unknown> => sql`regexp_replace(
  regexp_replace(regexp_replace(${text}, '--[^\n]*', '', 'g'), '\\s+', '', 'g'), 'IN\\((''\\w+'')\\)', '=\\1', 'g')`;
