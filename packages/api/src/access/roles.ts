import type { Permission, Scope } from '@promptory/schemas';

/** Who may make a call at all; what it may touch is decided in visibility.ts and require.ts. */
interface Grant {
  /** `caller`: a person or an API key. `session`: a person only. */
  readonly to: 'anyone' | 'caller' | 'session' | 'admin';
  /** What an API key must carry. */
  readonly scope: Scope | null;
  /** Whether a key that is limited to one group may call: only where the call stays within that group. */
  readonly groupKey: boolean;
}

const anyone: Grant = { to: 'anyone', scope: null, groupKey: false };
const session: Grant = { to: 'session', scope: null, groupKey: false };
const admin: Grant = { to: 'admin', scope: null, groupKey: false };
const key = (scope: Scope, groupKey = false): Grant => ({ to: 'caller', scope, groupKey });

/** The whole table. A permission that is not in it does not exist, and the compiler says so. */
export const grants: Readonly<Record<Permission, Grant>> = {
  'account.register': anyone,
  'account.signIn': anyone,
  'account.recover': anyone,
  'account.verify': anyone,
  'account.chooseMails': anyone,
  'account.read': key('account:read'),
  'account.update': session,
  'account.secure': session,
  'account.export': session,
  'account.delete': session,
  'apiKey.list': session,
  'apiKey.create': session,
  'apiKey.revoke': session,
  'prompt.list': key('prompts:read', true),
  'prompt.read': key('prompts:read', true),
  'prompt.create': key('prompts:write'),
  'prompt.update': key('prompts:write', true),
  'prompt.delete': key('prompts:write'),
  'prompt.restore': key('prompts:write'),
  // What is purged is gone: a key that leaked must not be able to.
  'prompt.purge': session,
  'prompt.copy': key('prompts:write'),
  'prompt.import': key('prompts:write'),
  'prompt.export': key('prompts:read', true),
  'prompt.favorite': key('prompts:write'),
  'label.move': key('labels:write', true),
  'label.protect': key('labels:write', true),
  'group.list': key('groups:read', true),
  'group.read': key('groups:read', true),
  'group.create': key('groups:write'),
  'group.update': key('groups:write', true),
  'group.arrange': key('groups:write', true),
  'group.share': key('groups:write', true),
  'group.leave': key('groups:write', true),
  'group.delete': key('groups:write', true),
  'invitation.list': key('groups:read'),
  'invitation.answer': session,
  'usage.read': key('usage:read', true),
  'admin.users': admin,
  'admin.audit': admin,
  'admin.stats': admin,
};
