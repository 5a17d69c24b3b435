import { randomBytes } from 'node:crypto';
import { type Database, newId } from '@promptory/db';
import type { Kysely, Transaction } from 'kysely';
import { sha256 } from '../secrets/sha256.ts';

export type EmailTokenPurpose = 'verify_email' | 'reset_password';

const MINUTE_MS = 60_000;
const LIFETIME_MS: Record<EmailTokenPurpose, number> = {
  reset_password: 15 * MINUTE_MS,
  verify_email: 24 * 60 * MINUTE_MS,
};
/** 32 random bytes in base64url. */
const TOKEN = /^[\w-]{43}$/;

/**
 * Makes the secret of a link sent by mail (15 minutes for a reset, 24 hours for a verification) and voids the older
 * ones of its purpose. Make it when the mail is sent, so that none rests in a queue.
 *
 * @param input.email the address the mail goes to, given back on use: it may since have been changed
 */
export async function issueEmailToken(
  trx: Transaction<Database>,
  input: { userId: string; purpose: EmailTokenPurpose; email: string; now: Date },
): Promise<{ token: string; expiresAt: Date }> {
  const token = randomBytes(32).toString('base64url');
  const expiresAt = new Date(input.now.getTime() + LIFETIME_MS[input.purpose]);
  // Two at once for one user go one after the other; else neither would see the other's row, and both would live.
  await trx.selectFrom('users').select('id').where('id', '=', input.userId).forNoKeyUpdate().execute();
  await voidEmailTokens(trx, input);
  await trx
    .insertInto('email_tokens')
    .values({
      id: newId(),
      user_id: input.userId,
      purpose: input.purpose,
      email: input.email,
      token_hash: sha256(token),
      created_at: input.now.toISOString(),
      expires_at: expiresAt.toISOString(),
    })
    .execute();
  return { token, expiresAt };
}

interface Presented {
  readonly token: string;
  readonly purpose: EmailTokenPurpose;
  readonly now: Date;
}

/**
 * Whose account a token is for, without using it up: to lock that first, for `redeemEmailToken` may then find it voided.
 *
 * @returns null when unknown, used, voided, expired, or of another purpose
 */
export async function findEmailToken(
  db: Kysely<Database>,
  { token, purpose, now }: Presented,
): Promise<{ userId: string; email: string } | null> {
  if (!TOKEN.test(token)) return null;
  const found = await db
    .selectFrom('email_tokens')
    .select(['user_id as userId', 'email'])
    .where('token_hash', '=', sha256(token))
    .where('purpose', '=', purpose)
    .where('expires_at', '>', now.toISOString())
    .executeTakeFirst();
  return found ?? null;
}

/**
 * Uses a token up: of any number of uses at once exactly one succeeds, and it is undone if the transaction is.
 *
 * @returns null when unknown, used, voided, expired, or of another purpose
 */
export async function redeemEmailToken(
  trx: Kysely<Database>,
  { token, purpose, now }: Presented,
): Promise<{ userId: string; email: string } | null> {
  if (!TOKEN.test(token)) return null;
  const redeemed = await trx
    .deleteFrom('email_tokens')
    .where('token_hash', '=', sha256(token))
    .where('purpose', '=', purpose)
    .where('expires_at', '>', now.toISOString())
    .returning(['user_id as userId', 'email'])
    .executeTakeFirst();
  return redeemed ?? null;
}

/** Voids what was sent, for instance when the address is changed. */
export async function voidEmailTokens(
  trx: Kysely<Database>,
  { userId, purpose }: { userId: string; purpose: EmailTokenPurpose },
): Promise<void> {
  await trx.deleteFrom('email_tokens').where('user_id', '=', userId).where('purpose', '=', purpose).execute();
}

/** @returns how many were removed */
export async function deleteExpiredEmailTokens(db: Kysely<Database>, now: Date): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('email_tokens')
    .where('expires_at', '<=', now.toISOString())
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
