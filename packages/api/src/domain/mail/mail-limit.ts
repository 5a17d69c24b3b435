import type { Context } from '../../context.ts';

/**
 * Counts a mail that is due, by what it is about and whom it goes to.
 * @returns whether it may go out. Where it may not, the caller is answered as if it had: else the answer would tell whether
 *   an address has an account.
 */
export async function consumeMailLimit({ limiter }: Pick<Context, 'limiter'>, key: string): Promise<boolean> {
  const { allowed } = await limiter.consume('mail', key);
  return allowed;
}
