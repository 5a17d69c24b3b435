import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';

/**
 * Lets go on only where a session cookie would be kept, before anything is counted or written for it.
 *
 * @throws AppError request.cookie_not_kept, request.cross_site
 */
export function requireKeptCookie({ cookie }: Pick<Context, 'cookie'>): void {
  const obstacle = cookie.obstacle();
  if (obstacle !== null) throw new AppError('request.cookie_not_kept', { message: obstacle });
}
