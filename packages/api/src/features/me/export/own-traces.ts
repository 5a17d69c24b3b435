import { shownAddress } from '@promptory/auth';
import { type Database, keysetPage } from '@promptory/db';
import type { AccountRecord, Scope } from '@promptory/schemas';
import { type SelectQueryBuilder, type StringReference, sql } from 'kysely';
import type { Db } from '../../../context.ts';
import { paged } from './pages.ts';

const ROWS_A_QUERY = 500;

/** What an account marked, used and did, the latest first of each: favourites, keys, uses, entries of the audit log, attempts. */
export async function* ownTraces(db: Db, userId: string): AsyncGenerator<AccountRecord> {
  const favorites = db
    .selectFrom('favorites')
    .select(['prompt_id as promptId', 'created_at as favoritedAt', sql<'favorite'>`'favorite'`.as('type')])
    .where('user_id', '=', userId);
  yield* latestFirst(favorites, ['created_at', 'prompt_id'], (last) => [last.favoritedAt, last.promptId]);
  const keys = db
    .selectFrom('api_keys')
    .select(['id', 'name', 'hint', 'group_id as groupId', 'calls_per_minute as callsPerMinute'])
    .select(['created_at as createdAt', 'expires_at as expiresAt', 'last_used_at as lastUsedAt'])
    .select(['revoked_at as revokedAt', sql<Scope[]>`scopes`.as('scopes'), sql<'apiKey'>`'apiKey'`.as('type')])
    .where('user_id', '=', userId);
  yield* latestFirst(keys, ['created_at', 'id'], (last) => [last.createdAt, last.id]);
  const uses = db
    .selectFrom('usage_events')
    .select(['id', 'prompt_id as promptId', 'version', 'kind', 'consumer', 'occurred_at as occurredAt'])
    .select(sql<'use'>`'use'`.as('type'))
    .where('user_id', '=', userId);
  yield* latestFirst(uses, ['occurred_at', 'id'], (last) => [last.occurredAt, last.id]);
  const entries = db
    .selectFrom('audit_log')
    .select(['id', 'occurred_at as occurredAt', 'api_key_id as apiKeyId', 'action', 'target_type as targetType'])
    .select(['target_id as targetId', 'changes', 'request_id as requestId', 'ip'])
    .select([sql<Record<string, unknown>>`details`.as('details'), sql<'auditEntry'>`'auditEntry'`.as('type')])
    .where('actor_id', '=', userId);
  yield* latestFirst(entries, ['occurred_at', 'id'], (last) => [last.occurredAt, last.id]);
  const attempts = db
    .selectFrom('auth_attempts')
    .select([
      'id',
      'kind',
      'succeeded',
      'reason',
      'email',
      'ip',
      'user_agent as userAgent',
      'occurred_at as occurredAt',
    ])
    .select(sql<'signInAttempt'>`'signInAttempt'`.as('type'))
    .where('user_id', '=', userId);
  const tried = latestFirst(attempts, ['occurred_at', 'id'], (last) => [last.occurredAt, last.id]);
  for await (const attempt of tried) yield { ...attempt, email: attempt.email && shownAddress(attempt.email) };
}

/** Rows by two columns, both descending. */
const latestFirst = <Table extends keyof Database, Row>(
  query: SelectQueryBuilder<Database, Table, Row>,
  columns: readonly [StringReference<Database, Table>, StringReference<Database, Table>],
  keyOf: (last: Row) => string[],
): AsyncGenerator<Row> =>
  paged(ROWS_A_QUERY, async (after: Row | undefined, limit) => {
    const orderBy = columns.map((by) => ({ by, direction: 'desc' as const }));
    // It takes one row more than a page has.
    const page = { orderBy, limit: limit - 1, after: after === undefined ? undefined : keyOf(after) };
    return keysetPage(query, page).execute();
  });
