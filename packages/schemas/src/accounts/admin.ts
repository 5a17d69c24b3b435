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
  q: SearchText.optional().describe('Part of an address, a name or a handle.'),
  role: UserRole.optional().describe('Only accounts of this role.'),
  status: UserStatus.optional().describe('Only accounts of this status.'),
});
export type ListUsersInput = z.infer<typeof ListUsersInput>;

/** What an administrator changes of an account; what is left out stays. */
export const UpdateUserInput = z.strictObject({
  id: Id,
  role: UserRole.optional().describe('Whether it administers the server.'),
  status: UserStatus.optional().describe(
    'Nobody signs in to a suspended account, and its sessions and keys do nothing.',
  ),
  quotas: SetQuotasInput.optional().describe('How much it may hold, in place of the settings of the server.'),
});
export type UpdateUserInput = z.infer<typeof UpdateUserInput>;

export const ListAuditInput = z.strictObject({
  ...pageInput,
  actorId: Id.optional().describe('Only what this account did.'),
  targetId: Id.optional().describe('Only what was done to this thing.'),
  action: line(100).optional().describe('Only this action: `prompt.deleted`.'),
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
  email: z.string().max(254).optional().describe('Only attempts with this address.'),
  userId: Id.optional().describe('Only attempts at this account.'),
  kind: AuthAttemptKind.optional().describe('Only attempts of this kind.'),
  succeeded: z.boolean().optional().describe('Only those that succeeded, or only those that failed.'),
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

export const ListJobsInput = z.strictObject(pageInput);
export type ListJobsInput = z.infer<typeof ListJobsInput>;

export const JobState = z.enum(['waiting', 'running', 'failed']).meta({
  description:
    '`waiting`: it is tried at `nextTryAt`. `running`: since `startedAt`. `failed`: it was tried as often as it may be.',
});
export type JobState = z.infer<typeof JobState>;

/** A job that the server does beside its answers: a mail, a summary, a removal. One that is done is gone. */
export const Job = z
  .strictObject({
    id: z.string().max(20),
    task: z.string().max(100).meta({ description: 'What it does: `send_mail`.' }),
    state: JobState,
    attempts: z.int().min(0).meta({ description: 'How often it was begun.' }),
    maxAttempts: z.int().min(1),
    createdAt: Timestamp,
    nextTryAt: Timestamp.nullable(),
    startedAt: Timestamp.nullable(),
    lastError: z
      .string()
      .max(500)
      .nullable()
      .meta({ description: 'What failed when it was tried last, without secrets.' }),
  })
  .meta({ id: 'Job' });
export type Job = z.infer<typeof Job>;

/** What the server does by itself at certain times. */
export const ScheduledTask = z
  .strictObject({
    task: z.string().max(100),
    lastRunAt: Timestamp.nullable().meta({ description: 'When its job was made last; null before the first time.' }),
  })
  .meta({ id: 'ScheduledTask' });
export type ScheduledTask = z.infer<typeof ScheduledTask>;

/** Of each page the same tasks. */
export const JobPage = z
  .strictObject({ ...pageOf(Job).shape, scheduled: z.array(ScheduledTask).max(50) })
  .meta({ id: 'JobPage' });
export type JobPage = z.infer<typeof JobPage>;
