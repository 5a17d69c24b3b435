import { type Kysely, sql } from 'kysely';

// jsonb puts the members of an object into an order of its own. These hold the same documents as they were sent; the
// columns of jsonb stay, for servers that know no others and for what was written by them.
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of ['prompts', 'prompt_versions']) {
    await sql`
      ALTER TABLE ${sql.ref(table)} ADD COLUMN sent_messages json, ADD COLUMN sent_config json, ADD COLUMN sent_input_schema json
    `.execute(db);
    await sql`COMMENT ON COLUMN ${sql.ref(`${table}.sent_config`)} IS 'config as it was sent, with the order of its members; null where it was written before that was kept'`.execute(
      db,
    );
  }
  await sql`ALTER TABLE prompts ADD COLUMN sent_version integer`.execute(db);
  await sql`COMMENT ON COLUMN prompts.sent_version IS 'Of which version the documents as sent are; of another they count for nothing'`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE prompts DROP COLUMN sent_version`.execute(db);
  for (const table of ['prompts', 'prompt_versions']) {
    await sql`
      ALTER TABLE ${sql.ref(table)} DROP COLUMN sent_messages, DROP COLUMN sent_config, DROP COLUMN sent_input_schema
    `.execute(db);
  }
}
