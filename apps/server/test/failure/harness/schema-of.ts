import { withClient } from '@promptory/db/testing';

/** All that the schema of a database consists of, a line for each: what two databases have alike that were made by the same migrations. */
export async function schemaOf(connectionString: string): Promise<string[]> {
  const { rows } = await withClient(connectionString, (client) =>
    client.query<{ line: string }>(`
      SELECT concat_ws(' ', 'column', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid)) AS line
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid AND relkind IN ('r', 'p', 'v')
        LEFT JOIN pg_attrdef ON (adrelid, adnum) = (attrelid, attnum)
        WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
      UNION ALL
      SELECT concat_ws(' ', 'index', pg_get_indexdef(indexrelid), indisvalid, indisready)
        FROM pg_index JOIN pg_class ON pg_class.oid = indrelid WHERE relnamespace = 'public'::regnamespace
      UNION ALL
      SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid))
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
      UNION ALL
      SELECT concat_ws(' ', 'trigger', pg_get_triggerdef(oid), tgenabled) FROM pg_trigger WHERE NOT tgisinternal
      UNION ALL
      SELECT concat_ws(' ', 'function', oid::regprocedure, md5(prosrc)) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND prolang <> (SELECT oid FROM pg_language WHERE lanname = 'c')
      UNION ALL
      SELECT concat_ws(' ', 'rights', relname, relacl::text) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
      UNION ALL
      SELECT concat_ws(' ', 'migration', name) FROM public.kysely_migration
      ORDER BY 1`),
  );
  return rows.map(({ line }) => line);
}
