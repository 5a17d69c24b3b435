import { newId, retryTransaction } from '@promptory/db';
import { sql } from 'kysely';
import type { Db, UsageEvent } from '../../context.ts';
import { programLabel } from './program-label.ts';

const EVENTS_A_STATEMENT = 1_000;

/**
 * Writes uses with the counts kept of them, all or none. Each use keeps the name of its key, for the history of whoever used it;
 * the counts, which a prompt's owner reads, name the owner's own keys only. Events of prompts that are gone are dropped; a user or key that
 * is gone leaves its use without a name.
 * @returns how many were written.
 */
export async function writeUsage(db: Db, events: readonly UsageEvent[]): Promise<number> {
  if (events.length === 0) return 0;
  return retryTransaction(db, async (trx) => {
    let written = 0;
    for (let start = 0; start < events.length; start += EVENTS_A_STATEMENT) {
      written += await writeStatement(trx, events.slice(start, start + EVENTS_A_STATEMENT));
    }
    return written;
  });
}

// Counts are added in the order of their keys, so that two writers do not wait for each other crosswise.
async function writeStatement(db: Db, events: readonly UsageEvent[]): Promise<number> {
  const json = JSON.stringify(
    events.map((event) => ({
      ...event,
      id: newId(),
      consumer: event.consumer.slice(0, 100),
      byOthers: event.apiKeyId === null ? 'web' : programLabel(event.promptId, event.apiKeyId),
    })),
  );
  const { rows } = await sql<{ written: number }>`
    WITH given AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${json}::json) AS (
        id uuid, "promptId" uuid, version integer, "userId" uuid, "apiKeyId" uuid, kind text, consumer text,
        "byOthers" text, "occurredAt" timestamptz(3)
      )
    ), present AS MATERIALIZED (
      SELECT id, user_id FROM prompts WHERE id IN (SELECT "promptId" FROM given) ORDER BY id FOR KEY SHARE
    ), events AS (
      INSERT INTO usage_events (id, occurred_at, prompt_id, version, user_id, api_key_id, kind, consumer)
      SELECT given.id, given."occurredAt", given."promptId", given.version, users.id, api_keys.id, given.kind, given.consumer
      FROM given
      JOIN present ON present.id = given."promptId"
      LEFT JOIN users ON users.id = given."userId"
      LEFT JOIN api_keys ON api_keys.id = given."apiKeyId"
      RETURNING id, prompt_id, version, occurred_at
    ), days AS (
      INSERT INTO usage_daily (prompt_id, day, version, consumer, uses)
      SELECT events.prompt_id, (events.occurred_at AT TIME ZONE 'UTC')::date AS day, events.version,
        CASE WHEN given."userId" = present.user_id THEN given.consumer ELSE given."byOthers" END AS consumer, count(*)
      FROM events JOIN given ON given.id = events.id JOIN present ON present.id = events.prompt_id
      GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
      ON CONFLICT (prompt_id, day, version, consumer) DO UPDATE SET uses = usage_daily.uses + excluded.uses
    ), totals AS (
      INSERT INTO prompt_totals (prompt_id, uses, last_used_at)
      SELECT prompt_id, count(*), max(occurred_at) FROM events GROUP BY 1 ORDER BY 1
      ON CONFLICT (prompt_id) DO UPDATE SET
        uses = prompt_totals.uses + excluded.uses,
        last_used_at = greatest(prompt_totals.last_used_at, excluded.last_used_at)
    )
    SELECT count(*) AS written FROM events
  `.execute(db);
  return rows[0]?.written ?? 0;
}
