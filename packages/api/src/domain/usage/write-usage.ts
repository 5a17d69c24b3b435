import { newId, retryTransaction } from '@promptory/db';
import { cutTo, VersionUse } from '@promptory/schemas';
import { sql } from 'kysely';
import type { Db, UsageEvent } from '../../context.ts';
import { programLabel } from './program-label.ts';

const EVENTS_A_STATEMENT = 1_000;

/** A use, and whether it is kept by itself, as it is unless said, or only counted. */
export type RecordedUse = UsageEvent & {
  readonly isKept?: boolean;
  /** Of those that are only counted, how many are the same but for their time, within one day of UTC; 1 unless said. */
  readonly uses?: number;
  /** When the last of these was. */
  readonly lastUsedAt?: Date;
};

/**
 * Writes uses with the counts kept of them, all or none. Each use keeps the name of its key, for the history of whoever used it;
 * the counts, which a prompt's owner reads, name the owner's own keys only. Events of prompts that are gone are dropped; a user that is
 * gone, or deleted, leaves its use without a name. A use that is not kept makes no row: where the count of its version and program has none
 * on that day, it counts with the prompt's latest version, as `others`.
 * @returns how many were counted.
 */
export async function writeUsage(db: Db, events: readonly RecordedUse[]): Promise<number> {
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
async function writeStatement(db: Db, events: readonly RecordedUse[]): Promise<number> {
  const json = JSON.stringify(
    events.map(({ isKept = true, uses = 1, lastUsedAt, ...event }) => ({
      ...event,
      id: isKept ? newId() : null,
      consumer: cutTo(VersionUse.shape.consumer, event.consumer),
      isKept,
      uses,
      lastUsedAt: lastUsedAt ?? event.occurredAt,
      byOthers: event.apiKeyId === null ? 'web' : programLabel(event.promptId, event.apiKeyId),
    })),
  );
  const { rows } = await sql<{ written: number }>`
    WITH given AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${json}::json) AS (
        id uuid, "promptId" uuid, version integer, "userId" uuid, "apiKeyId" uuid, kind text, consumer text,
        "byOthers" text, "occurredAt" timestamptz(3), "lastUsedAt" timestamptz(3), "isKept" boolean, uses integer
      )
    ), present AS MATERIALIZED (
      SELECT id, user_id, version FROM prompts WHERE id IN (SELECT "promptId" FROM given) ORDER BY id FOR KEY SHARE
    ), people AS MATERIALIZED (
      SELECT id FROM users WHERE id IN (SELECT "userId" FROM given) AND deleted_at IS NULL ORDER BY id FOR KEY SHARE
    ), counted AS MATERIALIZED (
      SELECT present.id AS prompt_id, (given."occurredAt" AT TIME ZONE 'UTC')::date AS day, given.version,
        CASE WHEN given."userId" = present.user_id THEN given.consumer ELSE given."byOthers" END AS consumer,
        present.version AS latest, given."occurredAt" AS first_at, given."lastUsedAt" AS last_at, given."isKept" AS is_kept,
        given.uses
      FROM given JOIN present ON present.id = given."promptId"
    ), placed AS (
      SELECT prompt_id, day, first_at, last_at, uses, CASE WHEN has_row THEN version ELSE latest END AS version,
        CASE WHEN has_row THEN consumer ELSE 'others' END AS consumer
      FROM (
        SELECT counted.*, counted.is_kept OR known.prompt_id IS NOT NULL AS has_row
        FROM counted LEFT JOIN (SELECT prompt_id, day, version, consumer FROM usage_daily) AS known
          USING (prompt_id, day, version, consumer)
      ) AS found
    ), events AS (
      INSERT INTO usage_events (id, occurred_at, prompt_id, version, user_id, api_key_id, kind, consumer)
      SELECT given.id, given."occurredAt", given."promptId", given.version, people.id, given."apiKeyId", given.kind, given.consumer
      FROM given
      JOIN present ON present.id = given."promptId"
      LEFT JOIN people ON people.id = given."userId"
      WHERE given."isKept"
    ), days AS (
      INSERT INTO usage_daily (prompt_id, day, version, consumer, uses)
      SELECT prompt_id, day, version, consumer, sum(uses) FROM placed GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
      ON CONFLICT (prompt_id, day, version, consumer) DO UPDATE SET uses = usage_daily.uses + excluded.uses
    ), versions AS (
      INSERT INTO version_uses (prompt_id, version, consumer, uses, first_used_at, last_used_at)
      SELECT prompt_id, version, consumer, sum(uses), min(first_at), max(last_at) FROM placed
      GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
      ON CONFLICT (prompt_id, version, consumer) DO UPDATE SET
        uses = version_uses.uses + excluded.uses,
        first_used_at = least(version_uses.first_used_at, excluded.first_used_at),
        last_used_at = greatest(version_uses.last_used_at, excluded.last_used_at)
    ), totals AS (
      INSERT INTO prompt_totals (prompt_id, uses, last_used_at)
      SELECT prompt_id, sum(uses), max(last_at) FROM counted GROUP BY 1 ORDER BY 1
      ON CONFLICT (prompt_id) DO UPDATE SET
        uses = prompt_totals.uses + excluded.uses,
        last_used_at = greatest(prompt_totals.last_used_at, excluded.last_used_at)
    )
    SELECT coalesce(sum(uses), 0) AS written FROM counted
  `.execute(db);
  return rows[0]?.written ?? 0;
}
