import { type RawBuilder, sql } from 'kysely';

type Table = 'prompts' | 'prompt_versions';

/** As they were sent: written by a server that keeps the order of members, and not overtaken by one that does not. */
const isAsSent: Readonly<Record<Table, RawBuilder<boolean>>> = {
  prompts: sql`prompts.sent_version = prompts.version`,
  prompt_versions: sql`prompt_versions.sent_config IS NOT NULL`,
};

/** A document of a row as it was sent; of what was written before its order was kept, in the order of jsonb. */
export const storedDocument = <T>(table: Table, column: 'messages' | 'config' | 'input_schema'): RawBuilder<T> =>
  sql<T>`CASE WHEN ${isAsSent[table]} THEN ${sql.ref(`${table}.sent_${column}`)}
    ELSE ${sql.ref(`${table}.${column}`)}::json END`;

/** The schema of the output. Of a prompt whose version was written by a server that knew none, none. */
export const storedOutputSchema = (table: Table): RawBuilder<Record<string, unknown> | null> =>
  table === 'prompts'
    ? sql`CASE WHEN prompts.output_version = prompts.version THEN prompts.output_schema END`
    : sql`prompt_versions.output_schema`;
