import type { Context, Db, Registration } from '../../context.ts';
import { type AppError, detailedError } from '../../errors.ts';
import { isOpen } from '../invitations/invitation-state.ts';

type Registering = Pick<Context, 'settings'>;

/**
 * Refuses an address that the server takes no accounts of, as far as everybody may know: while registration is closed any,
 * and beside domains that are listed. Whether an address is invited is not for everybody.
 * @throws AppError auth.registration_closed
 */
export function requireOpenFor({ settings: { registration } }: Registering, email: string): void {
  if (registration.mode === 'closed') throw refusal(registration);
  requireDomain(registration, email);
}

/**
 * Refuses an address of another domain, where accounts are for some domains only.
 * @throws AppError auth.registration_closed
 */
export function requireDomain(registration: Registration, email: string): void {
  if (registration.mode !== 'domains' || isOfDomains(email, registration.domains)) return;
  throw refusal(registration);
}

/** Why, and no more: neither which domains nor who is invited. */
export const refusal = ({ mode }: Registration): AppError =>
  detailedError('auth.registration_closed', { registration: mode });

/** Whether an address may become an account's where accounts are by invitation; elsewhere it may. */
export async function isInvited(db: Db, ctx: Registering & Pick<Context, 'clock'>, email: string): Promise<boolean> {
  if (ctx.settings.registration.mode !== 'invitation') return true;
  const invitation = await db
    .selectFrom('group_invitations')
    .select('id')
    .where('email', '=', email)
    .where(isOpen(ctx.clock.now()))
    .limit(1)
    .executeTakeFirst();
  return invitation !== undefined;
}

/**
 * Whether a normalised address is of one of the domains. `example.com` is just that one, `*.example.com` any below it.
 * Both are as the normaliser of addresses makes them: in lower case and punycode.
 */
export function isOfDomains(email: string, domains: readonly string[]): boolean {
  const domain = email.slice(email.lastIndexOf('@') + 1);
  return domains.some((listed) =>
    listed.startsWith('*.') ? domain.endsWith(listed.slice(1)) && domain.length >= listed.length : domain === listed,
  );
}
