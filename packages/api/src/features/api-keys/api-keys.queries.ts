import { keysetPage, toPage } from '@promptory/db';
import type { ApiKey, Page, PageInput, Scope } from '@promptory/schemas';
import { sql } from 'kysely';
import type { Db, SignedInContext } from '../../context.ts';
import { listCursor } from '../../views/list-cursor.ts';

/** A query whose rows are keys as their owner sees them: never the key or its hash. */
export const selectApiKeys = (db: Db) =>
  db
    .selectFrom('api_keys')
    .select([
      'id',
      'name',
      'hint',
      'group_id as groupId',
      'calls_per_minute as callsPerMinute',
      'created_at as createdAt',
      'expires_at as expiresAt',
      'last_used_at as lastUsedAt',
    ])
    .select(sql<Scope[]>`scopes`.as('scopes'));

/** The caller's keys that are not revoked, the latest first; expired ones too. */
export async function listApiKeys(ctx: SignedInContext, input: PageInput): Promise<Page<ApiKey>> {
  const { after, limit, cursorOf } = listCursor(ctx, 'apiKeys', input);
  const keys = selectApiKeys(ctx.db).where('user_id', '=', ctx.who.userId).where('revoked_at', 'is', null);
  const rows = await keysetPage(keys, {
    orderBy: [
      { by: 'api_keys.created_at', direction: 'desc' },
      { by: 'api_keys.id', direction: 'desc' },
    ],
    limit,
    after,
  }).execute();
  return toPage(rows, limit, (last) => cursorOf([last.createdAt, last.id]));
}
