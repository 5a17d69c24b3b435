import { openBytes, sealBytes } from '@promptory/auth';
import { Id, MailedNotification } from '@promptory/schemas';
import { z } from 'zod';
import type { Db, Services } from '../../context.ts';

export type { MailedNotification };

/** Who may turn which mails on and off: whoever reads those that come to the address that the account has. */
const Choice = z.strictObject({ notification: MailedNotification, userId: Id, email: z.string().max(254) });
type Choice = Readonly<z.infer<typeof Choice>>;

const PLACE = 'promptory.mail-choice.v1';

/** The secret of the link by which the reader of a mail ends mails of its kind. It does no more than that, and does not run out. */
export const choiceToken = ({ serverKey }: Pick<Services, 'serverKey'>, choice: Choice): string =>
  sealBytes(serverKey, Buffer.from(JSON.stringify(choice)), PLACE).toString('base64url');

/**
 * What a link chooses, while the account has the address that the mail went to.
 * @returns null for a token that is not ours, was made under another JWT_SECRET, or came to an address of before
 */
export async function findMailChoice(
  { db, serverKey }: Pick<Services, 'serverKey'> & { readonly db: Db },
  token: string,
): Promise<Choice | null> {
  const opened = openBytes(serverKey, Buffer.from(token, 'base64url'), PLACE);
  if (opened === null) return null;
  const choice = Choice.parse(JSON.parse(opened.toString()));
  const user = await db
    .selectFrom('users')
    .select('id')
    .where('id', '=', choice.userId)
    .where('email', '=', choice.email)
    .where('status', '=', 'active')
    .executeTakeFirst();
  return user === undefined ? null : choice;
}
