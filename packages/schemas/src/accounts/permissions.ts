import { z } from 'zod';

/** What an API key may be limited to. */
export const Scope = z.enum([
  'prompts:read',
  'prompts:write',
  'labels:write',
  'groups:read',
  'groups:write',
  'usage:read',
  'account:read',
]);
export type Scope = z.infer<typeof Scope>;

/** Each procedure names one of these as its `can`. */
export const permissions = [
  'account.register',
  'account.signIn',
  'account.recover',
  'account.verify',
  'account.chooseMails',
  'account.read',
  'account.update',
  'account.secure',
  'account.export',
  'account.delete',
  'apiKey.list',
  'apiKey.create',
  'apiKey.revoke',
  'prompt.list',
  'prompt.read',
  'prompt.create',
  'prompt.update',
  'prompt.delete',
  'prompt.restore',
  'prompt.purge',
  'prompt.copy',
  'prompt.import',
  'prompt.export',
  'prompt.favorite',
  'label.move',
  'label.protect',
  'group.list',
  'group.read',
  'group.create',
  'group.update',
  'group.arrange',
  'group.share',
  'group.leave',
  'group.delete',
  'invitation.list',
  'invitation.answer',
  'usage.read',
  'admin.users',
  'admin.audit',
  'admin.stats',
] as const;
export type Permission = (typeof permissions)[number];

/** What a person is to a group. */
export const GroupRole = z.enum(['viewer', 'editor', 'owner']);
export type GroupRole = z.infer<typeof GroupRole>;

export const UserRole = z.enum(['user', 'admin']);
export type UserRole = z.infer<typeof UserRole>;
