import { type Kysely, sql } from 'kysely';

/** Each step is committed by itself: a count reads for long, and nobody waits for it. */
export const transaction = false;

const CHANGES_A_STEP = 10_000;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`SET statement_timeout = 0`.execute(db);
  await sql`SELECT public.correct_name_counts()`.execute(db);
  for (;;) {
    const { rows } = await sql<{ added: number }>`
      SELECT public.add_up_name_counts(${CHANGES_A_STEP}) AS added
    `.execute(db);
    if ((rows[0]?.added ?? 0) === 0) break;
  }
  await sql`RESET statement_timeout`.execute(db);
}

/** The counts go with their tables. */
export async function down(): Promise<void> {}
