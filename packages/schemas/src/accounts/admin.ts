import { z } from 'zod';
import { Id, Timestamp } from '../values/ids.ts';
import { pageInput, pageOf } from '../values/page.ts';
import { line, SearchText } from '../values/text.ts';
import { UserRole } from './permissions.ts';
import { OwnQuotas, SetQuotasInput } from './quotas.ts';
import { Me } from './users.ts';

export const UserStatus = z.enum(['active', 'suspended']);
export type UserStatus = z.infer<typeof UserStatus>;

/** An account, as administrators see it. */
export const AdminUser = z
  .strictObject({
    ...Me.shape,
    status: UserStatus,
    /** Set for this account; the others are the server's. */
    quotas: OwnQuotas,
  })
  .meta({ id: 'AdminUser' });
export type AdminUser = z.infer<typeof AdminUser>;
export const AdminUserPage = pageOf(AdminUser).meta({ id: 'AdminUserPage' });

export const ListUsersInput = z.strictObject({
  ...pageInput,
  /** Part of an address, a name or a handle. */
  q: SearchText.optional(),
  role: UserRole.optional(),
  status: UserStatus.optional(),
});
export type ListUsersInput = z.infer<typeof ListUsersInput>;

/** What an administrator changes of an account; what is left out stays. */
export const UpdateUserInput = z.strictObject({
  id: Id,
  role: UserRole.optional(),
  status: UserStatus.optional(),
  quotas: SetQuotasInput.optional(),
});
export type UpdateUserInput = z.infer<typeof UpdateUserInput>;

export const ListAuditInput = z.strictObject({
  ...pageInput,
  actorId: Id.optional(),
  targetId: Id.optional(),
  action: line(100).optional(),
});
export type ListAuditInput = z.infer<typeof ListAuditInput>;

/** One thing that was done, by whom and to what. */
export const AuditEntry = z
  .strictObject({
    id: Id,
    occurredAt: Timestamp,
    actorId: Id.nullable(),
    apiKeyId: Id.nullable(),
    action: z.string().max(100),
    targetType: z.string().max(50),
    targetId: Id.nullable(),
    /** Of how many changes it speaks: beyond a number a day they are counted, by action, kind of target and hour. */
    changes: z.int().min(1),
    details: z.record(z.string(), z.unknown()),
    requestId: z.string().max(100).nullable(),
    ip: z.string().max(50).nullable(),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof AuditEntry>;
export const AuditPage = pageOf(AuditEntry).meta({ id: 'AuditPage' });

/** By what somebody tried to sign in, or to change by what one signs in. */
export const AuthAttemptKind = z.enum([
  'register',
  'login',
  'refresh',
  'forgot_password',
  'reset_password',
  'verify_email',
  'change_password',
  'second_factor',
]);
export type AuthAttemptKind = z.infer<typeof AuthAttemptKind>;

export const ListAuthAttemptsInput = z.strictObject({
  ...pageInput,
  email: z.string().max(254).optional(),
  userId: Id.optional(),
  kind: AuthAttemptKind.optional(),
  succeeded: z.boolean().optional(),
});
export type ListAuthAttemptsInput = z.infer<typeof ListAuthAttemptsInput>;

/** One such attempt, and what came of it. */
export const AuthAttempt = z
  .strictObject({
    id: Id,
    kind: AuthAttemptKind,
    succeeded: z.boolean(),
    reason: z.string().max(100).nullable(),
    email: z.string().max(254).nullable(),
    userId: Id.nullable(),
    ip: z.string().max(50).nullable(),
    userAgent: z.string().max(512).nullable(),
    occurredAt: Timestamp,
  })
  .meta({ id: 'AuthAttempt' });
export type AuthAttempt = z.infer<typeof AuthAttempt>;
export const AuthAttemptPage = pageOf(AuthAttempt).meta({ id: 'AuthAttemptPage' });
