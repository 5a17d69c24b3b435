import { retryTransaction } from '@promptory/db';
import type { ChooseMailsInput, MailChoice } from '@promptory/schemas';
import type { Context } from '../../context.ts';
import { lockActiveAccount } from '../../domain/accounts/lock-account.ts';
import { mergePreferences } from '../../domain/accounts/stored-preferences.ts';
import { findMailChoice } from '../../domain/mail/mail-choice.ts';
import { AppError } from '../../errors.ts';
import { getPreferences } from './preferences.queries.ts';
import { writePreferences } from './update-preferences.ts';

/**
 * Turns mails of one kind on or off by the link that stands in each of them, for whoever reads them; signs nobody in.
 * @throws AppError auth.link_invalid
 */
export function chooseMails(ctx: Context, { token, wanted }: ChooseMailsInput): Promise<MailChoice> {
  return retryTransaction(ctx.db, async (trx) => {
    const found = await findMailChoice({ ...ctx, db: trx }, token);
    const account = found === null ? undefined : await lockActiveAccount(trx, found.userId, 'update');
    if (found === null || account?.email !== found.email) throw new AppError('auth.link_invalid');
    const { userId, notification } = found;
    const current = await getPreferences(trx, userId);
    const merged = mergePreferences(current, { emailNotifications: { [notification]: wanted } });
    await writePreferences(trx, ctx, { userId, current, merged });
    return { notification, wanted };
  });
}

/**
 * What such a link chooses, and what is chosen now.
 * @returns null where it does not work, or no more
 */
export async function getMailChoice(
  services: Pick<Context, 'db' | 'serverKey'>,
  token: string,
): Promise<MailChoice | null> {
  const found = await findMailChoice(services, token);
  if (found === null) return null;
  const { notification, userId } = found;
  const { emailNotifications } = await getPreferences(services.db, userId);
  return { notification, wanted: emailNotifications[notification] };
}
