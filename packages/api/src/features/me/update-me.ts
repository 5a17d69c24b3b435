import { isOwnAddress, issueEmailToken, shownAddress } from '@promptory/auth';
import { type Database, isUniqueViolation, retryTransaction } from '@promptory/db';
import { fault, type Me, type OwnAccount, type UpdateMeInput } from '@promptory/schemas';
import type { Transaction } from 'kysely';
import { recordAudit } from '../../audit/record-audit.ts';
import { consumeLimit } from '../../call-limits.ts';
import type { SessionContext } from '../../context.ts';
import { requireAllowedHandle, requireEmailAddress, typedPassword } from '../../domain/accounts/account-input.ts';
import { requireCurrentPassword, requireSamePassword } from '../../domain/accounts/current-password.ts';
import { lockOwnAccount } from '../../domain/accounts/lock-account.ts';
import { enqueueMail } from '../../domain/mail/mail-job.ts';
import { consumeMailLimit, requireSenderLimit } from '../../domain/mail/mail-limit.ts';
import { requireDomain } from '../../domain/registration/may-register.ts';
import { invalidInput, nameTaken } from '../../errors.ts';
import { getAccount } from '../../views/account-view.ts';
import { requireRevision } from '../../views/revision.ts';
import { getOwnAccount } from './own-account.queries.ts';

/**
 * Changes the caller's own account. A new address gets a link, and is the account's when that is opened; until then the
 * account is as it was. Whether the address has another account shows only then, to who reads its mails.
 *
 * @throws AppError request.invalid, auth.invalid_credentials, limit.exceeded, user.handle_taken,
 *   auth.session_ended, auth.registration_closed, request.precondition_failed
 */
export async function updateMe(ctx: SessionContext, input: UpdateMeInput): Promise<OwnAccount> {
  const { userId } = ctx.who;
  const change = await provenNewAddress(ctx, input);
  const newEmail = change?.email ?? null;
  // Many accounts may claim one address: it gets no more mails than its owner could ask for, and no answer says so.
  const mails = newEmail !== null && (await consumeMailLimit(ctx, `claim|${newEmail}`));
  return retryTransaction(ctx.db, async (trx) => {
    const account = await lockOwnAccount(trx, ctx);
    if (change !== null) requireSamePassword(account, change.provedHash);
    const shown = () => getOwnAccount({ ...ctx, db: trx });
    await requireRevision(input.revision, shown);
    const current = await getAccount(trx, userId);
    const profile = profileChange(current, input);
    const changed = Object.keys(profile);
    if (changed.length > 0) await writeProfile(trx, userId, profile, ctx.clock.now());
    if (newEmail !== null) {
      const { securityStamp } = account;
      await awaitAddress(trx, ctx, newEmail);
      if (mails) await enqueueMail(trx, { kind: 'verify_email', userId, email: newEmail, securityStamp });
    }
    if (changed.length === 0 && newEmail === null) return shown();
    await recordAudit(trx, ctx, {
      action: 'user.updated',
      targetType: 'user',
      targetId: userId,
      details: { changed, emailChangeRequested: newEmail !== null },
    });
    return shown();
  });
}

/** The address to change to, once the caller has proved with their password that they may; null for no change. */
async function provenNewAddress(
  ctx: SessionContext,
  input: UpdateMeInput,
): Promise<{ email: string; provedHash: string } | null> {
  if (input.email === undefined) return null;
  const email = requireEmailAddress(input.email);
  const current = await getAccount(ctx.db, ctx.who.userId);
  if (shownAddress(email) === current.email) return null;
  requireDomain(ctx.settings.registration, email);
  if (input.currentPassword === undefined) {
    throw invalidInput('currentPassword', fault('required', {}, 'Is needed to change the e-mail address'));
  }
  const provedHash = await requireCurrentPassword(ctx, input.currentPassword, 'currentPassword');
  if (isOwnAddress(typedPassword(input.currentPassword), email)) {
    throw invalidInput(
      'email',
      fault('own_address', {}, 'Is the password of the account: choose another password first'),
    );
  }
  // Mails to addresses that the caller only claims to have are counted like those to a forgetful owner.
  await consumeLimit(ctx, 'mail', `change|${current.id}`);
  await requireSenderLimit(ctx.db, ctx);
  return { email, provedHash };
}

/**
 * Shows from now on which address is asked for: by the row of its link, of which nobody has the token until the mail is written
 * and makes another. Where a link to the address is out already, it stays.
 */
async function awaitAddress(trx: Transaction<Database>, { who, clock }: SessionContext, email: string): Promise<void> {
  const { userId } = who;
  const now = clock.now();
  const sent = await trx
    .selectFrom('email_tokens')
    .select('id')
    .where('user_id', '=', userId)
    .where('purpose', '=', 'verify_email')
    .where('email', '=', email)
    .where('expires_at', '>', now.toISOString())
    .executeTakeFirst();
  if (sent === undefined) await issueEmailToken(trx, { userId, purpose: 'verify_email', email, now });
}

interface ProfileChange {
  name?: string;
  handle?: string;
  avatar_url?: string | null;
}

function profileChange(current: Me, { name, handle, avatarUrl }: UpdateMeInput): ProfileChange {
  const change: ProfileChange = {};
  if (name !== undefined && name !== current.name) change.name = name;
  if (handle !== undefined && handle !== current.handle) change.handle = handle;
  if (avatarUrl !== undefined && avatarUrl !== current.avatarUrl) change.avatar_url = avatarUrl;
  return change;
}

async function writeProfile(
  trx: Transaction<Database>,
  userId: string,
  change: ProfileChange,
  now: Date,
): Promise<void> {
  requireAllowedHandle(change.handle);
  try {
    await trx
      .updateTable('users')
      .set({ ...change, updated_at: now })
      .where('id', '=', userId)
      .execute();
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken('user.handle_taken', error);
    throw error;
  }
}
