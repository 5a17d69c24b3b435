import { hash } from 'node:crypto';
import { withClient } from '@promptory/db/testing';

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
}

/** The rows of one table, as hashes of what its columns held. */
interface KeptTable extends Table {
  readonly rows: readonly string[];
}

// What servers do by themselves meanwhile: the feed of changes, the queue, what is counted of everybody, and the migrations.
const MOVING = ['changes', 'kysely_migration', 'kysely_migration_lock', 'name_counts', 'name_count_changes'];

/** Everything that a database holds now, by table, so that it can be looked for when more has come. */
export async function rowsOf(connectionString: string): Promise<KeptTable[]> {
  return withClient(connectionString, async (client) => {
    const { rows: tables } = await client.query<Table>(
      `SELECT quote_ident(relname) AS name, array_agg(quote_ident(attname) ORDER BY attnum) AS columns
       FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
       WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> ALL ($1)
       GROUP BY relname ORDER BY relname`,
      [MOVING],
    );
    const kept: KeptTable[] = [];
    for (const table of tables) kept.push({ ...table, rows: await hashesOf(client, table) });
    return kept;
  });
}

/** What of these rows is not there any more as it was, a line for each table: nothing that was added counts. */
export async function lostRows(connectionString: string, before: readonly KeptTable[]): Promise<string[]> {
  return withClient(connectionString, async (client) => {
    const lost: string[] = [];
    for (const table of before) {
      const now = new Map<string, number>();
      for (const row of await hashesOf(client, table)) now.set(row, (now.get(row) ?? 0) + 1);
      let missing = 0;
      for (const row of table.rows) {
        const left = now.get(row) ?? 0;
        if (left === 0) missing += 1;
        else now.set(row, left - 1);
      }
      if (missing > 0) lost.push(`${missing} of ${table.rows.length} rows of ${table.name}`);
    }
    return lost;
  });
}

type Client = Parameters<Parameters<typeof withClient>[1]>[0];

async function hashesOf(client: Client, { name, columns }: Table): Promise<string[]> {
  const { rows } = await client.query<{ text: string }>(`SELECT ROW(${columns.join(', ')})::text AS text FROM ${name}`);
  return rows.map(({ text }) => hash('sha256', text));
}
