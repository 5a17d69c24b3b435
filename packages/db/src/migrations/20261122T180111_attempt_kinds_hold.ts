import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE auth_attempts VALIDATE CONSTRAINT auth_attempts_kind_check`.execute(db);
}

/** A constraint that holds need not be made to hold less. */
export async function down(): Promise<void> {}
