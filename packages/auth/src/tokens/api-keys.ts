import { crc32 } from 'node:zlib';
import { compiledOnce, type Database } from '@promptory/db';
import type { ExpressionBuilder, Kysely, Transaction } from 'kysely';
import { alphabet, generateRandomString } from 'oslo/crypto';
import { type UserRole, userRole } from '../identity/user-role.ts';
import { type CredentialMarks, MARK_BYTES, type MarkedFor } from '../secrets/credential-marks.ts';
import { sha256 } from '../secrets/sha256.ts';

/** What every API key begins with. */
export const API_KEY_PREFIX = 'pty_live_';
const RANDOM_LENGTH = 32;
const MARK_LENGTH = 18;
const CHECKSUM_LENGTH = 6;
/** `pty_live_`, the random part, the mark of those that have one, the checksum of both. */
const KEY = /^pty_live_([0-9A-Za-z]{32})([0-9A-Za-z]{18})?([0-9A-Za-z]{6})$/;
const BASE62 = alphabet('0-9', 'A-Z', 'a-z');
const TOUCH_EVERY_MS = 60_000;

export interface GeneratedApiKey {
  /** Shown to its owner once, stored nowhere. */
  key: string;
  /** SHA-256 of the key: what is stored. */
  hash: Buffer;
  /** First and last characters, to recognise it by. */
  hint: string;
}

export interface LiveApiKey {
  keyId: string;
  keyName: string;
  userId: string;
  role: UserRole;
  scopes: string[];
  /** When set, the key reaches this group only. */
  groupId: string | null;
  /** When set, stands in for the usual limit. */
  callsPerMinute: number | null;
  /** From when on it has to be asked for again: its use is to be recorded then, or it has expired. */
  askAgainAt: Date;
}

/**
 * A new key: `pty_live_`, 32 random base62 characters (190 bits), 18 of the mark where it is made for an account, and 6 of
 * their checksum.
 */
export function generateApiKey(account: MarkedFor | null = null): GeneratedApiKey {
  const random = generateRandomString(RANDOM_LENGTH, BASE62);
  const body = account === null ? random : random + markText(account.marks.make(random, account.userId));
  const key = `${API_KEY_PREFIX}${body}${checksum(body)}`;
  return { key, hash: hashApiKey(key), hint: `${key.slice(0, API_KEY_PREFIX.length + 4)}…${key.slice(-4)}` };
}

/** Whether the text has a key's form and its checksum is right: a mistyped key is refused without a query. */
export function apiKeyLooksValid(text: string): boolean {
  const [, random, mark = '', check] = KEY.exec(text) ?? [];
  return random !== undefined && check === checksum(random + mark);
}

/** By what limits know the account that a key was made for; null where it has no mark of ours. */
export function markedApiKeyOwner(marks: CredentialMarks, key: string): string | null {
  const [, random, mark] = KEY.exec(key) ?? [];
  if (random === undefined || mark === undefined) return null;
  const bytes = markBytes(mark);
  return bytes === null ? null : marks.ownerOf(random, bytes);
}

/** SHA-256 suffices: a key is 190 random bits, which no dictionary holds. */
export function hashApiKey(key: string): Buffer {
  return sha256(key);
}

/** Whom a key speaks for; null when unknown, revoked, expired, or its owner is not active. */
export async function findLiveApiKey(
  db: Kysely<Database>,
  asked: { key: string; now: Date },
): Promise<LiveApiKey | null> {
  const found = await findApiKey(db, asked);
  return found !== null && 'keyId' in found ? found : null;
}

const keyOf = compiledOnce((db: Kysely<Database>, { hash, now }: { hash: Buffer; now: string }) =>
  db
    .selectFrom('api_keys')
    .innerJoin('users', 'users.id', 'api_keys.user_id')
    .where('api_keys.key_hash', '=', hash)
    .select((eb) => [
      eb.and([isLive(eb, now), eb('users.status', '=', 'active')]).as('isLive'),
      'api_keys.id as keyId',
      'api_keys.name as keyName',
      'api_keys.user_id as userId',
      'users.role as role',
      'api_keys.scopes as scopes',
      'api_keys.group_id as groupId',
      'api_keys.calls_per_minute as callsPerMinute',
      'api_keys.last_used_at as lastUsedAt',
      'api_keys.expires_at as expiresAt',
    ]),
);

/**
 * Whom a key speaks for, or spoke for, in one query; a text that cannot be a key costs none.
 *
 * @returns whose it was where it is revoked or expired, or its owner is not active; null when unknown
 */
export async function findApiKey(
  db: Kysely<Database>,
  { key, now }: { key: string; now: Date },
): Promise<LiveApiKey | { readonly endedOf: string } | null> {
  if (!apiKeyLooksValid(key)) return null;
  const found = await keyOf.first(db, { hash: hashApiKey(key), now: now.toISOString() });
  if (found === undefined) return null;

  const { lastUsedAt, expiresAt, role, isLive: isAccepted, ...rest } = found;
  if (!isAccepted) return { endedOf: rest.userId };
  await touchApiKey(db, rest.keyId, lastUsedAt, now);
  return { ...rest, role: userRole(role), askAgainAt: askAgainAt(lastUsedAt, expiresAt, now) };
}

function askAgainAt(lastUsedAt: string | null, expiresAt: string | null, now: Date): Date {
  const due = lastUsedAt === null ? 0 : Date.parse(lastUsedAt) + TOUCH_EVERY_MS;
  const nextTouch = due > now.getTime() ? due : now.getTime() + TOUCH_EVERY_MS;
  return new Date(Math.min(nextTouch, expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt)));
}

/**
 * Whether a key still is, asked in the transaction that acts by it. Its revoking, and whoever else calls `lockApiKeys`, then
 * waits for that transaction; other calls by it do not.
 *
 * @returns false when it is revoked or expired, or its owner is not active
 */
export async function lockLiveApiKey(
  trx: Transaction<Database>,
  { userId, keyId, now }: { userId: string; keyId: string; now: Date },
): Promise<boolean> {
  const found = await trx
    .selectFrom('api_keys')
    .innerJoin('users', 'users.id', 'api_keys.user_id')
    .where('api_keys.id', '=', keyId)
    .where('api_keys.user_id', '=', userId)
    .where('users.status', '=', 'active')
    .where((eb) => isLive(eb, now.toISOString()))
    .select('api_keys.id')
    // The key first, which may have to be waited for: then its owner is looked at again as they are now.
    .forKeyShare(['api_keys', 'users'])
    .executeTakeFirst();
  return found !== undefined;
}

/**
 * Waits for the transactions that act by a user's keys, or by one of them, before it is revoked or its owner suspended; those that
 * come later wait for this one.
 */
export async function lockApiKeys(
  trx: Transaction<Database>,
  { userId, keyId }: { userId: string; keyId?: string },
): Promise<void> {
  await trx
    .selectFrom('api_keys')
    .select('id')
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .$if(keyId !== undefined, (query) => query.where('id', '=', keyId ?? ''))
    .orderBy('id')
    .forUpdate()
    .execute();
}

const isLive = (eb: ExpressionBuilder<Database, 'api_keys' | 'users'>, now: string) =>
  eb.and([
    eb('api_keys.revoked_at', 'is', null),
    eb.or([eb('api_keys.expires_at', 'is', null), eb('api_keys.expires_at', '>', now)]),
  ]);

async function touchApiKey(db: Kysely<Database>, keyId: string, lastUsedAt: string | null, now: Date): Promise<void> {
  const stale = new Date(now.getTime() - TOUCH_EVERY_MS);
  if (lastUsedAt !== null && new Date(lastUsedAt) > stale) return;
  await db
    .updateTable('api_keys')
    .set({ last_used_at: now.toISOString() })
    // Of many calls at once one writes and none waits for it.
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('api_keys')
        .select('id')
        .where('id', '=', keyId)
        .where((or) => or.or([or('last_used_at', 'is', null), or('last_used_at', '<=', stale.toISOString())]))
        .forNoKeyUpdate()
        .skipLocked(),
    )
    .execute();
}

const checksum = (text: string): string => base62(BigInt(crc32(text)), CHECKSUM_LENGTH);

const markText = (mark: Buffer): string => base62(BigInt(`0x${mark.toString('hex')}`), MARK_LENGTH);

/** @returns null where the text is a number that 13 bytes do not hold */
function markBytes(text: string): Buffer | null {
  let value = 0n;
  for (const digit of text) value = value * 62n + BigInt(BASE62.indexOf(digit));
  const hex = value.toString(16);
  return hex.length > 2 * MARK_BYTES ? null : Buffer.from(hex.padStart(2 * MARK_BYTES, '0'), 'hex');
}

/** Big end first. */
function base62(value: bigint, length: number): string {
  let digits = '';
  for (let rest = value; digits.length < length; rest /= 62n) digits = BASE62.charAt(Number(rest % 62n)) + digits;
  return digits;
}
