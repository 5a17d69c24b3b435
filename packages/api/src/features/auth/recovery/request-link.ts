import { retryTransaction } from '@promptory/db';
import { recordAudit } from '../../../audit/record-audit.ts';
import type { Context } from '../../../context.ts';
import { enqueueMail, type MailJob } from '../../../domain/mail/mail-job.ts';

type MailToAddress = Extract<MailJob, { kind: 'reset_password' | 'resend_verification' }>;

/** Queues a mail with a link. The same work whether or not the address is an account's: only the audit entry names one. */
export async function requestLink(ctx: Context, mail: MailToAddress, action: string): Promise<void> {
  await retryTransaction(ctx.db, async (trx) => {
    const account = await trx.selectFrom('users').select('id').where('email', '=', mail.email).executeTakeFirst();
    await enqueueMail(trx, mail);
    await recordAudit(trx, ctx, { action, targetType: 'user', targetId: account?.id ?? null });
  });
}
