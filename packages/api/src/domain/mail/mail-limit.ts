import type { Context } from '../../context.ts';

/**
 * Counts a mail that is due, by what it is about and whom it goes to. Where it answers false none goes out, and the caller
 * is answered as if one had: else the answer would tell whether an address has an account.
 */
export async function isMailAllowed({ limiter }: Pick<Context, 'limiter'>, key: string): Promise<boolean> {
  const { allowed } = await limiter.consume('mail', key);
  return allowed;
}
