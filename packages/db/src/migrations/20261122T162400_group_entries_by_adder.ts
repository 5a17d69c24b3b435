import { type Kysely, sql } from 'kysely';

// Access asks for a prompt's entries by who added them. With a column between the two, PostgreSQL 18 plans a skip scan
// over every group instead, and a list of thousands of prompts takes seconds.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`DROP INDEX group_prompts_prompt`.execute(db);
  await sql`CREATE INDEX group_prompts_prompt ON group_prompts (prompt_id, added_by, group_id)`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP INDEX group_prompts_prompt`.execute(db);
  await sql`CREATE INDEX group_prompts_prompt ON group_prompts (prompt_id, group_id, added_by)`.execute(db);
}
