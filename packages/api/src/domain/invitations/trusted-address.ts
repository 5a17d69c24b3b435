import type { Context, Db } from '../../context.ts';

type Trusting = Pick<Context, 'settings'>;

/**
 * Whether an account is taken for its address's: it has proved to be, or the deployment asks nobody for a proof and trusts
 * what people register with. Asked at each call, and never stored: once proofs are asked for, only they count.
 */
export const isTrusted = ({ settings }: Trusting, isVerified: boolean): boolean =>
  isVerified || !settings.requireEmailVerification;

/** The address that an account is taken for the owner of; null for none. */
export async function findTrustedAddress(db: Db, ctx: Trusting, userId: string): Promise<string | null> {
  const account = await db
    .selectFrom('users')
    .select(['email', 'email_verified_at as verifiedAt'])
    .where('id', '=', userId)
    .executeTakeFirst();
  return account !== undefined && isTrusted(ctx, account.verifiedAt !== null) ? account.email : null;
}
