import { createHash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';

export const transaction = false;

const ROWS_A_STATEMENT = 200;

interface Row {
  id: string;
  version: number;
  title: string;
  description: string;
  content: string;
  messages: unknown;
  config: unknown;
  input_schema: unknown;
}

/** As the application makes it from now on: the documents in their own order, everything else in one. */
function hashOf({ config, content, description, input_schema: inputSchema, messages, title }: Row): string {
  const text = JSON.stringify({ config, content, description, inputSchema, messages, title });
  return `\\x${createHash('sha256').update(text).digest('hex')}`;
}

const jsonOf = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));

// A prompt's hash says whether content is new, so it has to be of what is read. Where a prompt has no documents it is
// already. Versions keep theirs: they are never changed, and no two are compared by it.
export async function up(db: Kysely<unknown>): Promise<void> {
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const { rows } = await sql<Row>`
      SELECT id, version, title, description, content, messages, config, input_schema FROM prompts
      WHERE id > ${after} AND sent_version IS DISTINCT FROM version
        AND (messages IS NOT NULL OR config <> '{}' OR input_schema IS NOT NULL)
      ORDER BY id LIMIT ${ROWS_A_STATEMENT}
    `.execute(db);
    for (const row of rows) {
      await sql`
        UPDATE prompts SET content_hash = ${hashOf(row)}, sent_version = version, sent_messages = ${jsonOf(row.messages)},
          sent_config = ${jsonOf(row.config)}, sent_input_schema = ${jsonOf(row.input_schema)}
        WHERE id = ${row.id} AND version = ${row.version}
      `.execute(db);
    }
    after = rows.at(-1)?.id ?? after;
    if (rows.length < ROWS_A_STATEMENT) return;
  }
}

/** The hashes of before are not known here; content that is compared with these is taken for new once. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`SELECT 1`.execute(db);
}
