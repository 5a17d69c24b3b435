import { type Kysely, sql } from 'kysely';

export const transaction = false;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE prompts DROP CONSTRAINT IF EXISTS prompts_trashed_slug_check`.execute(db);
  await sql`
    ALTER TABLE prompts ADD CONSTRAINT prompts_trashed_slug_check
    CHECK ((deleted_at IS NULL) = (trashed_slug IS NULL)) NOT VALID
  `.execute(db);
  await sql`ALTER TABLE prompts VALIDATE CONSTRAINT prompts_trashed_slug_check`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE prompts DROP CONSTRAINT IF EXISTS prompts_trashed_slug_check`.execute(db);
}
