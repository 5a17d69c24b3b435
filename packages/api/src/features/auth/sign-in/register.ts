import { type Database, retryTransaction } from '@promptory/db';
import type { Registered, RegisterInput } from '@promptory/schemas';
import { sql, type Transaction } from 'kysely';
import { recordAudit } from '../../../audit/record-audit.ts';
import type { Context } from '../../../context.ts';
import {
  checkAll,
  requireAllowedHandle,
  requireEmailAddress,
  requireNewPassword,
} from '../../../domain/accounts/account-input.ts';
import { findPasswordHash } from '../../../domain/accounts/current-password.ts';
import { type InsertedAccount, insertAccount, type NewAccount } from '../../../domain/accounts/insert-account.ts';
import { lockActiveAccount } from '../../../domain/accounts/lock-account.ts';
import { revokeUnverifiedKeys } from '../../../domain/accounts/revoke-unverified-keys.ts';
import { secureAccount } from '../../../domain/accounts/secure-account.ts';
import { enqueueMail } from '../../../domain/mail/mail-job.ts';
import { consumeMailLimit, requireAskerLimit } from '../../../domain/mail/mail-limit.ts';
import { isInvited, refusal, requireOpenFor } from '../../../domain/registration/may-register.ts';
import { nameTaken } from '../../../errors.ts';
import { countAttempt, recordAttempt, recordFailure } from '../record-attempt.ts';
import { requireKeptCookie } from '../sessions/require-kept-cookie.ts';
import { answerSignIn, startSignIn } from '../sessions/start-sign-in.ts';
import { isHandleKnown } from './sign-in.queries.ts';

/**
 * Makes an account. Where addresses must be verified the answer is the same whether or not the address is known, and
 * only a mail tells; else the caller is signed in.
 *
 * @throws AppError request.cookie_not_kept, request.invalid, auth.password_too_weak, limit.exceeded, auth.email_taken, user.handle_taken,
 *   auth.registration_closed
 */
export async function register(ctx: Context, input: RegisterInput): Promise<Registered> {
  if (input.session === 'cookie') requireKeptCookie(ctx);
  const { email, password } = checkAll({
    email: () => requireEmailAddress(input.email),
    password: () => requireNewPassword(input.password, input.email),
    handle: () => requireAllowedHandle(input.handle),
  });
  await countAttempt(ctx, { kind: 'register', email }, 'register', ctx.client.ip);
  await recordFailure(ctx, { kind: 'register', email }, async () => requireOpenFor(ctx, email));
  await recordFailure(ctx, { kind: 'register', email }, () => requireAskerLimit(ctx));
  const account: NewAccount = {
    email,
    name: input.name,
    handle: input.handle,
    // For a known address too, so that both take the same time.
    passwordHash: await ctx.passwords.hash(password),
    role: 'user',
    verified: false,
  };
  return recordFailure(ctx, { kind: 'register', email }, () =>
    ctx.settings.requireEmailVerification
      ? registerByMail(ctx, account)
      : registerSignedIn(ctx, account, input.session),
  );
}

async function registerSignedIn(
  ctx: Context,
  account: NewAccount,
  carrier: RegisterInput['session'],
): Promise<Registered> {
  const signIn = await retryTransaction(ctx.db, async (trx) => {
    if (!(await isInvited(trx, ctx, account.email))) throw refusal(ctx.settings.registration);
    const inserted = await insertAccount(trx, account, ctx.clock.now());
    if (inserted.outcome === 'email_taken') throw nameTaken('auth.email_taken');
    if (inserted.outcome === 'handle_taken') throw nameTaken('user.handle_taken');
    const { userId } = inserted;
    await recordAudit(trx, ctx, { action: 'user.registered', targetType: 'user', targetId: userId, actorId: userId });
    await enqueueMail(trx, { kind: 'verify_email', userId, email: account.email });
    const made = await lockActiveAccount(trx, userId, 'update');
    if (made === undefined) throw new Error('An account is not there that has just been made');
    return startSignIn(trx, ctx, made, carrier);
  });
  await recordAttempt(ctx, { kind: 'register', email: account.email, userId: signIn.user.id });
  return answerSignIn(ctx, signIn);
}

/**
 * A wanted handle of an account that is not verified is numbered rather than refused: asking for one's own handle again
 * with another address would tell whether the first call made an account.
 */
async function registerByMail(ctx: Context, account: NewAccount): Promise<Registered> {
  if (account.handle !== undefined && (await isHandleKnown(ctx.db, account.handle))) {
    throw nameTaken('user.handle_taken');
  }
  const { email } = account;
  // The owner of a known address is mailed no oftener than about a forgotten password. Counted for every address alike.
  const mayMail = await consumeMailLimit(ctx, `register|${email}`);
  const inserted = await retryTransaction(ctx.db, async (trx) => {
    let outcome = await insertInvited(trx, ctx, account);
    if (outcome.outcome === 'email_taken') {
      if (!outcome.verified) await dropUnverifiedPassword(trx, ctx, outcome.userId);
      // Its account may just have been deleted: then this makes the next one, rather than a mail that nobody gets.
      if (!(await holdsAddress(trx, outcome.userId, email))) outcome = await insertInvited(trx, ctx, account);
    }
    if (outcome.outcome === 'inserted') {
      const { userId } = outcome;
      await recordAudit(trx, ctx, { action: 'user.registered', targetType: 'user', targetId: userId, actorId: userId });
      await enqueueMail(trx, { kind: 'verify_email', userId, email });
    } else if (outcome.outcome === 'email_taken') {
      if (mayMail) await enqueueMail(trx, { kind: 'already_registered', userId: outcome.userId });
    } else if (outcome.outcome === 'not_invited' && mayMail) {
      await enqueueMail(trx, { kind: 'not_invited', email });
    }
    return outcome;
  });
  await recordAttempt(ctx, {
    kind: 'register',
    email,
    ...attemptOf(inserted),
  });
  return { status: 'verification_sent' };
}

/** Whether an account has an address still, and keeps it until the transaction ends. */
async function holdsAddress(trx: Transaction<Database>, userId: string, email: string): Promise<boolean> {
  const holder = await trx
    .selectFrom('users')
    .select('id')
    .where('id', '=', userId)
    .where('email', '=', email)
    .forKeyShare()
    .executeTakeFirst();
  return holder !== undefined;
}

function attemptOf(inserted: InsertedAccount | NotInvited): { userId: string } | { reason: string } {
  if (inserted.outcome === 'inserted') return { userId: inserted.userId };
  return { reason: inserted.outcome === 'not_invited' ? 'auth.registration_closed' : 'auth.email_taken' };
}

interface NotInvited {
  readonly outcome: 'not_invited';
}

/**
 * Inserts the account, unless accounts are by invitation and the address has none: then it is inserted and taken back, so
 * that who is invited shows in no time either.
 */
async function insertInvited(
  trx: Transaction<Database>,
  ctx: Context,
  account: NewAccount,
): Promise<InsertedAccount | NotInvited> {
  const mayEnter = await isInvited(trx, ctx, account.email);
  if (!mayEnter) await sql`SAVEPOINT before_account`.execute(trx);
  const outcome = await insertAccount(trx, account, ctx.clock.now(), { otherHandle: true });
  if (mayEnter || outcome.outcome !== 'inserted') return outcome;
  await sql`ROLLBACK TO SAVEPOINT before_account`.execute(trx);
  return { outcome: 'not_invited' };
}

/**
 * Of two who register one address either may be the one who reads its mails, so neither's password opens the account:
 * the next is chosen by a link.
 */
async function dropUnverifiedPassword(trx: Transaction<Database>, ctx: Context, userId: string): Promise<void> {
  // Of many calls at once only the first has anything to drop; the others need not wait for each other's lock.
  if ((await findPasswordHash(trx, userId)) === null) return;
  const account = await lockActiveAccount(trx, userId, 'update');
  if (account === undefined || account.isVerified) return;
  const { numDeletedRows } = await trx
    .deleteFrom('user_passwords')
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow();
  if (numDeletedRows === 0n) return;
  await secureAccount(trx, account);
  await revokeUnverifiedKeys(trx, { userId, now: ctx.clock.now() });
  await recordAudit(trx, ctx, { action: 'user.registered_again', targetType: 'user', targetId: userId });
}

/** Whether registering was answered without a session. */
export const isVerificationSent = (output: unknown): boolean =>
  typeof output === 'object' && output !== null && 'status' in output && output.status === 'verification_sent';
