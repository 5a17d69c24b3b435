import { type Kysely, sql } from 'kysely';

// How long the list may grow of what is yet to be put into the index of words, is said by the statement that writes them: little where one
// prompt is written, and all of its rows where it writes hundreds, which its last row then puts in together.
const indexes = ['prompt_words_names', 'prompt_words_texts'] as const;

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const name of indexes) await sql`ALTER INDEX ${sql.id(name)} RESET (gin_pending_list_limit)`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const name of indexes) await sql`ALTER INDEX ${sql.id(name)} SET (gin_pending_list_limit = 64)`.execute(db);
}
