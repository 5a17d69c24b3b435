import { type EmailTokenPurpose, findEmailToken } from '@promptory/auth';
import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';

export interface MailedLink {
  readonly token: string;
  readonly purpose: EmailTokenPurpose;
  readonly now: Date;
}

/**
 * Looks at what somebody shows beside a link. Where that is refused, and another use of the link has spent it meanwhile, it is the
 * link that is wrong: the password it was compared with may be the one that this use has set.
 *
 * @throws AppError auth.link_invalid, and whatever `prove` throws
 */
export async function proveByLink<Proof>(
  { db }: Pick<Context, 'db'>,
  link: MailedLink,
  prove: () => Promise<Proof>,
): Promise<Proof> {
  try {
    return await prove();
  } catch (error) {
    // Not by a limit, which holds for whoever asks.
    const isOfPassword = error instanceof AppError && error.code.startsWith('auth.');
    if (isOfPassword && (await findEmailToken(db, link)) === null) throw new AppError('auth.link_invalid');
    throw error;
  }
}
