import { type Kysely, sql } from 'kysely';

/** Batches that are committed one by one: a single transaction would keep every owner from writing. */
export const transaction = false;

const ROWS_A_BATCH = 200;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE INDEX CONCURRENTLY IF NOT EXISTS groups_made_by ON groups (made_by)`.execute(db);
  await untilNone(() =>
    sql`
      WITH unmeasured AS (SELECT id FROM prompts WHERE stored_bytes IS NULL LIMIT ${ROWS_A_BATCH} FOR NO KEY UPDATE SKIP LOCKED)
      UPDATE prompts SET stored_bytes = (
        SELECT coalesce(sum(public.text_bytes(title, description, content, messages, config, input_schema)), 0)
        FROM prompt_versions WHERE prompt_id = prompts.id
      )
      FROM unmeasured WHERE prompts.id = unmeasured.id
    `.execute(db),
  );
  await untilNone(() =>
    sql`
      WITH unmarked AS (SELECT id FROM groups WHERE made_by IS NULL LIMIT ${ROWS_A_BATCH} FOR NO KEY UPDATE SKIP LOCKED)
      UPDATE groups SET made_by = user_id FROM unmarked WHERE groups.id = unmarked.id
    `.execute(db),
  );
  let last = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const { rows } = await sql<{ id: string }>`
      SELECT id FROM users WHERE id > ${last}::uuid ORDER BY id LIMIT ${ROWS_A_BATCH}
    `.execute(db);
    for (const { id } of rows) await sql`SELECT public.recount_account(${id}::uuid)`.execute(db);
    const end = rows.at(-1);
    if (end === undefined) return;
    last = end.id;
  }
}

async function untilNone(step: () => Promise<{ readonly numAffectedRows?: bigint }>): Promise<void> {
  while (((await step()).numAffectedRows ?? 0n) > 0n);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP INDEX CONCURRENTLY IF EXISTS groups_made_by`.execute(db);
}
