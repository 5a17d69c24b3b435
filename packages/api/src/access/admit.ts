import type { Permission } from '@promptory/schemas';
import type { Principal, SignedInContext, Who } from '../context.ts';
import { AppError, detailedError } from '../errors.ts';
import { grants } from './roles.ts';

/** A caller whom the guard has let in. */
export type AdmittedCaller = Pick<SignedInContext, 'principal' | 'who'>;

/** Whether only administrators may make calls under a permission. */
export const needsAdmin = (can: Permission | undefined): boolean => can !== undefined && grants[can].to === 'admin';

/**
 * The guard: who calls, when they may make calls under the permission `can`; null when it is granted to anyone. A
 * procedure that names no permission is closed to all.
 *
 * @throws AppError auth.required, or why the credential was not accepted; auth.session_required, auth.scope_missing,
 *   auth.forbidden
 */
export function admit(principal: Principal, can: Permission | undefined): AdmittedCaller | null {
  if (can === undefined) throw new AppError('auth.forbidden');
  const grant = grants[can];
  if (grant.to === 'anyone') return null;
  if (principal.kind === 'anonymous') throw new AppError(principal.rejected ?? 'auth.required');
  const who: Who = {
    userId: principal.userId,
    isAdmin: principal.kind === 'user' && principal.role === 'admin',
    groupId: principal.kind === 'apiKey' ? principal.groupId : null,
  };
  if (principal.kind === 'apiKey') {
    if (grant.to !== 'caller' || grant.scope === null) throw new AppError('auth.session_required');
    if (!principal.scopes.includes(grant.scope)) {
      const message = `The API key lacks the scope \`${grant.scope}\` for this call.`;
      throw detailedError('auth.scope_missing', { scope: grant.scope }, { message });
    }
    if (principal.groupId !== null && !grant.groupKey) throw new AppError('auth.forbidden');
  }
  if (needsAdmin(can) && !who.isAdmin) throw new AppError('auth.forbidden');
  return { principal, who };
}
