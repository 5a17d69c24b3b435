import { shownAddress } from '@promptory/auth';
import { type OwnAccount, QuotaName } from '@promptory/schemas';
import { sql } from 'kysely';
import type { SignedInContext } from '../../context.ts';
import { isOpen } from '../../domain/invitations/invitation-state.ts';
import { quotasFrom } from '../../domain/quotas/quota-limits.ts';
import { runningImportsHorizon } from '../../domain/quotas/running-imports.ts';
import { AppError } from '../../errors.ts';
import { selectAccounts, withShownEmail } from '../../views/account-view.ts';
import { revised } from '../../views/revision.ts';

interface Held {
  readonly quotas: unknown;
  readonly used: Partial<Record<QuotaName, number>>;
}

/**
 * The caller's account, with what it holds and may hold.
 * @throws AppError user.not_found
 */
export async function getOwnAccount(ctx: SignedInContext): Promise<OwnAccount> {
  const { userId } = ctx.who;
  const found = await selectAccounts(ctx.db)
    .leftJoin('account_resources as held', 'held.user_id', 'users.id')
    .select(
      sql<Held>`jsonb_build_object(
        'quotas', coalesce(held.quotas, '{}'),
        'used', jsonb_build_object(
          'prompts', coalesce(held.prompts, 0),
          'versions', coalesce(held.versions, 0),
          'storedBytes', coalesce(held.stored_bytes, 0),
          'groups', coalesce(held.groups, 0),
          'invitations', (SELECT count(*) FROM group_invitations WHERE invited_by = users.id AND ${isOpen(ctx.clock.now())}),
          'favorites', (SELECT count(*) FROM favorites WHERE favorites.user_id = users.id),
          'apiKeys', (SELECT count(*) FROM api_keys WHERE api_keys.user_id = users.id AND revoked_at IS NULL),
          'sessions', (SELECT count(*) FROM sessions WHERE sessions.user_id = users.id),
          'importsAtOnce', (SELECT count(*) FROM running_imports WHERE running_imports.user_id = users.id
            AND seen_at > ${runningImportsHorizon(ctx.clock.now())}::timestamptz)
        )
      )`.as('held'),
    )
    .select((eb) =>
      eb
        .selectFrom('email_tokens as link')
        .select('link.email')
        .whereRef('link.user_id', '=', 'users.id')
        .whereRef('link.email', '<>', 'users.email')
        .where('link.purpose', '=', 'verify_email')
        .where('link.expires_at', '>', ctx.clock.now().toISOString())
        .orderBy('link.created_at', 'desc')
        .limit(1)
        .as('pendingEmail'),
    )
    .where('users.id', '=', userId)
    .executeTakeFirst();
  if (found === undefined) throw new AppError('user.not_found');
  const { held, ...account } = found;
  const limits = quotasFrom(ctx, held.quotas);
  const quotas = QuotaName.options.map((quota) => ({ quota, limit: limits[quota], used: held.used[quota] ?? null }));
  const pendingEmail = account.pendingEmail && shownAddress(account.pendingEmail);
  return revised({ ...withShownEmail(account), pendingEmail, quotas });
}
