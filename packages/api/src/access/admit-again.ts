import type { Database } from '@promptory/db';
import type { UserRole } from '@promptory/schemas';
import type { Transaction } from 'kysely';
import type { SessionContext } from '../context.ts';
import { AppError } from '../errors.ts';
import { requireRecentFactor } from './step-up.ts';

/**
 * What the guard asked of a call in a session, asked again in the transaction that acts, under the lock of the account: the
 * role of now, and the second factor where the procedure wants it, also one that was turned on meanwhile.
 *
 * @throws AppError auth.forbidden, auth.second_factor_required
 */
export async function admitAgain(
  trx: Transaction<Database>,
  ctx: SessionContext,
  account: { readonly role: UserRole },
): Promise<void> {
  if (ctx.admission.asAdmin && account.role !== 'admin') throw new AppError('auth.forbidden');
  if (ctx.admission.recentFactor) await requireRecentFactor({ ...ctx, db: trx });
}
