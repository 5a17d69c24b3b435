import { retryTransaction } from '@promptory/db';
import type { LoginInput, PlainErrorCode, SignedIn } from '@promptory/schemas';
import type { Context } from '../../../context.ts';
import { requireEmailAddress, typedPassword } from '../../../domain/accounts/account-input.ts';
import { lockActiveAccount } from '../../../domain/accounts/lock-account.ts';
import { AppError } from '../../../errors.ts';
import { countAttempt, recordAttempt } from '../record-attempt.ts';
import { proofIn } from '../second-factor/factor-proof.ts';
import { requireKeptCookie } from '../sessions/require-kept-cookie.ts';
import { answerSignIn, startSignIn } from '../sessions/start-sign-in.ts';
import { countGuessAtLogIn, proveSecondFactor } from './log-in-factor.ts';
import { type Credentials, findCredentials } from './sign-in.queries.ts';

/**
 * Signs in by address and password, and by the second factor where the account has one. An unknown address, a wrong
 * password and a suspended account get one answer, after the same work. That an account has a second factor is said only
 * to callers who know its password.
 *
 * @throws AppError request.cookie_not_kept, request.invalid, limit.exceeded, auth.invalid_credentials, auth.email_not_verified,
 *   auth.second_factor_required, auth.second_factor_invalid
 */
export async function logIn(ctx: Context, input: LoginInput): Promise<SignedIn> {
  if (input.session === 'cookie') requireKeptCookie(ctx);
  const email = requireEmailAddress(input.email);
  const attempt = { kind: 'login', email } as const;
  await countAttempt(ctx, attempt, 'loginAddress', ctx.client.ip);
  await countAttempt(ctx, attempt, 'login', `${email}|${ctx.client.ip}`);

  const account = await findCredentials(ctx.db, email);
  const refuse = async (reason: string, code: PlainErrorCode = 'auth.invalid_credentials'): Promise<never> => {
    await recordAttempt(ctx, { ...attempt, reason, ...(account === undefined ? {} : { userId: account.id }) });
    throw new AppError(code);
  };
  const hash = await provenHash(ctx, account, typedPassword(input.password));
  if (account === undefined) return refuse('unknown_address');
  if (hash === null) return refuse('wrong_password');
  if (!account.isActive) return refuse('suspended');
  if (ctx.settings.requireEmailVerification && !account.isVerified) {
    return refuse('not_verified', 'auth.email_not_verified');
  }

  const proof = proofIn(input);
  if (proof !== null) await countGuessAtLogIn(ctx, { ...attempt, userId: account.id });

  const signIn = await retryTransaction(ctx.db, async (trx) => {
    // A reset, a suspension or another address may have come while the hash was computed: no session outlives it.
    const locked = await lockActiveAccount(trx, account.id, 'share');
    if (locked === undefined || locked.passwordHash !== hash || locked.email !== email) return null;
    const factor = await proveSecondFactor(trx, ctx, { userId: account.id, proof });
    return factor.ok ? startSignIn(trx, ctx, locked, input.session, factor.by) : factor;
  });
  if (signIn === null) return refuse('wrong_password');
  if ('reason' in signIn) return refuse(signIn.reason, signIn.code);
  await recordAttempt(ctx, { ...attempt, userId: account.id });
  return answerSignIn(ctx, signIn);
}

/** The account's hash when the password is the right one; the work is the same where there is no account. */
async function provenHash(ctx: Context, account: Credentials | undefined, password: string): Promise<string | null> {
  const hash = account?.hash ?? null;
  if (hash === null) {
    await ctx.passwords.verifyNothing(password);
    return null;
  }
  return (await ctx.passwords.verify(hash, password)) ? hash : null;
}
