import { keysetPage, toPage } from '@promptory/db';
import type {
  AdminUser,
  AuditEntry,
  AuthAttempt,
  AuthAttemptKind,
  ListAuditInput,
  ListAuthAttemptsInput,
  ListUsersInput,
  OwnQuotas,
  Page,
  UserStatus,
} from '@promptory/schemas';
import { type SqlBool, sql } from 'kysely';
import type { Db, SessionContext } from '../../context.ts';
import { requireEmailAddress } from '../../domain/accounts/account-input.ts';
import { selectAccounts, withShownEmail } from '../../views/account-view.ts';
import { listCursor } from '../../views/list-cursor.ts';

/** A query whose rows are accounts as admins see them; what is left of a deleted one is none. */
export const selectAdminUsers = (db: Db) =>
  selectAccounts(db)
    .leftJoin('account_resources', 'account_resources.user_id', 'users.id')
    .where('users.deleted_at', 'is', null)
    .select([
      sql<UserStatus>`users.status`.as('status'),
      sql<OwnQuotas>`coalesce(account_resources.quotas, '{}')`.as('quotas'),
    ]);

/** A pattern that finds `text` itself anywhere, whatever it means to LIKE. */
const containing = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

/** All accounts, the latest first. */
export async function listUsers(ctx: SessionContext, input: ListUsersInput): Promise<Page<AdminUser>> {
  const { after, limit, cursorOf } = listCursor(ctx, 'admin.users', input);
  const { q, role, status } = input;
  let users = selectAdminUsers(ctx.db);
  if (q !== undefined && q !== '') {
    const pattern = containing(q);
    users = users.where(
      sql<SqlBool>`(users.email ILIKE ${pattern} OR users.name ILIKE ${pattern} OR users.handle ILIKE ${pattern})`,
    );
  }
  if (role !== undefined) users = users.where('users.role', '=', role);
  if (status !== undefined) users = users.where('users.status', '=', status);
  const rows = await keysetPage(users, {
    orderBy: [
      { by: 'users.created_at', direction: 'desc' },
      { by: 'users.id', direction: 'desc' },
    ],
    limit,
    after,
  }).execute();
  return toPage(rows.map(withShownEmail), limit, (last) => cursorOf([last.createdAt, last.id]));
}

/** Who did what, the latest first. */
export async function listAudit(ctx: SessionContext, input: ListAuditInput): Promise<Page<AuditEntry>> {
  const { after, limit, cursorOf } = listCursor(ctx, 'admin.audit', input);
  const { actorId, targetId, action } = input;
  let entries = ctx.db
    .selectFrom('audit_log')
    .select([
      'id',
      'occurred_at as occurredAt',
      'actor_id as actorId',
      'api_key_id as apiKeyId',
      'action',
      'target_type as targetType',
      'target_id as targetId',
      'changes',
      'request_id as requestId',
      'ip',
    ])
    .select(sql<Record<string, unknown>>`details`.as('details'));
  if (actorId !== undefined) entries = entries.where('actor_id', '=', actorId);
  if (targetId !== undefined) entries = entries.where('target_id', '=', targetId);
  if (action !== undefined) entries = entries.where('action', '=', action);
  const rows = await keysetPage(entries, {
    orderBy: [
      { by: 'audit_log.occurred_at', direction: 'desc' },
      { by: 'audit_log.id', direction: 'desc' },
    ],
    limit,
    after,
  }).execute();
  return toPage(rows, limit, (last) => cursorOf([last.occurredAt, last.id]));
}

/** Attempts to prove who one is, the latest first. @throws AppError request.invalid for what is no address */
export async function listAuthAttempts(ctx: SessionContext, input: ListAuthAttemptsInput): Promise<Page<AuthAttempt>> {
  const { after, limit, cursorOf } = listCursor(ctx, 'admin.authAttempts', input);
  const { email, userId, kind, succeeded } = input;
  let attempts = ctx.db
    .selectFrom('auth_attempts')
    .select([
      'id',
      'succeeded',
      'reason',
      'email',
      'user_id as userId',
      'ip',
      'user_agent as userAgent',
      'occurred_at as occurredAt',
    ])
    .select(sql<AuthAttemptKind>`kind`.as('kind'));
  if (email !== undefined) attempts = attempts.where('email', '=', requireEmailAddress(email));
  if (userId !== undefined) attempts = attempts.where('user_id', '=', userId);
  if (kind !== undefined) attempts = attempts.where('kind', '=', kind);
  if (succeeded !== undefined) attempts = attempts.where('succeeded', '=', succeeded);
  const rows = await keysetPage(attempts, {
    orderBy: [
      { by: 'auth_attempts.occurred_at', direction: 'desc' },
      { by: 'auth_attempts.id', direction: 'desc' },
    ],
    limit,
    after,
  }).execute();
  return toPage(rows.map(withShownEmail), limit, (last) => cursorOf([last.occurredAt, last.id]));
}
