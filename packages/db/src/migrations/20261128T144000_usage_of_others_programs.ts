import { type Kysely, sql } from 'kysely';

// The name of a key is its owner's own text. Which key it was is no longer known here, so one row holds them all.
const OTHERS = "somebody's program";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    WITH named AS (
      DELETE FROM usage_daily USING prompts
      WHERE prompts.id = usage_daily.prompt_id AND usage_daily.consumer NOT IN ('web', ${OTHERS})
        AND NOT EXISTS (
          SELECT FROM api_keys WHERE api_keys.user_id = prompts.user_id AND api_keys.name = usage_daily.consumer
        )
      RETURNING usage_daily.prompt_id, usage_daily.day, usage_daily.version, usage_daily.uses
    )
    INSERT INTO usage_daily (prompt_id, day, version, consumer, uses)
    SELECT prompt_id, day, version, ${OTHERS}, sum(uses) FROM named GROUP BY prompt_id, day, version
    ON CONFLICT (prompt_id, day, version, consumer) DO UPDATE SET uses = usage_daily.uses + excluded.uses
  `.execute(db);
  await sql`COMMENT ON COLUMN usage_daily.consumer IS 'web, the name of a key of the prompt''s owner, or somebody''s program and a number'`.execute(
    db,
  );
}

/** The names are gone. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`COMMENT ON COLUMN usage_daily.consumer IS NULL`.execute(db);
}
