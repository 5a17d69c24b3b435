import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER INDEX prompts_bin RENAME TO prompts_trash`.execute(db);
  await sql`COMMENT ON COLUMN prompts.deleted_at IS 'In the trash since then: restorable for 30 days, then purged'`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`COMMENT ON COLUMN prompts.deleted_at IS 'In the bin since then: restorable for 30 days, then purged'`.execute(
    db,
  );
  await sql`ALTER INDEX prompts_trash RENAME TO prompts_bin`.execute(db);
}
