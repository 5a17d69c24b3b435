import { createHmac, randomBytes } from 'node:crypto';
import { base32 } from 'oslo/encoding';
import { type CredentialMarks, MARK_BYTES, type MarkedFor } from '../secrets/credential-marks.ts';
import { sha256 } from '../secrets/sha256.ts';

/** `ptr_<lucia id>.<rotation secret>`: 32 bytes each, in base32 and base64url. */
const TOKEN = /^ptr_([a-z2-7]{52})\.([\w-]{43})$/;
const SECRET_BYTES = 32;

export interface RefreshToken {
  /** lucia's session id: a secret that stays for the session's life. */
  luciaId: string;
  /** The part that changes at each refresh. */
  rotation: string;
}

/** A token of which all is random; or, for an account, one whose lucia id ends with a mark: 152 bits of it are random then. */
export function newRefreshToken(account: MarkedFor | null = null): RefreshToken {
  const random = randomBytes(account === null ? SECRET_BYTES : SECRET_BYTES - MARK_BYTES);
  const id = account === null ? random : Buffer.concat([random, account.marks.make(random, account.userId)]);
  return { luciaId: luciaIdOf(id), rotation: randomBytes(SECRET_BYTES).toString('base64url') };
}

export function formatRefreshToken({ luciaId, rotation }: RefreshToken): string {
  return `ptr_${luciaId}.${rotation}`;
}

/** @returns null for a text that cannot be a refresh token */
export function parseRefreshToken(text: string): RefreshToken | null {
  const [, luciaId, rotation] = TOKEN.exec(text) ?? [];
  return luciaId === undefined || rotation === undefined ? null : { luciaId, rotation };
}

/** What limits know a session and its account by, of a token that need not be good. */
export interface ShownSession {
  /** Stays while the token is exchanged. */
  readonly id: string;
  /** By our mark; null where the token has none. */
  readonly owner: string | null;
}

/** @returns null for a text that cannot be a refresh token */
export function shownSession(marks: CredentialMarks, text: string): ShownSession | null {
  const token = parseRefreshToken(text);
  if (token === null) return null;
  const { luciaId } = token;
  const bytes = Buffer.from(base32.decode(luciaId.toUpperCase(), { strict: false }));
  const [random, mark] = [bytes.subarray(0, -MARK_BYTES), bytes.subarray(-MARK_BYTES)];
  // base32 has several texts for the same bytes, of which we made one.
  const owner = luciaIdOf(bytes) === luciaId ? marks.ownerOf(random, mark) : null;
  return { id: sha256(luciaId).toString('base64url'), owner };
}

const luciaIdOf = (bytes: Uint8Array): string => base32.encode(bytes, { includePadding: false }).toLowerCase();

export function newRotationSalt(): Buffer {
  return randomBytes(SECRET_BYTES);
}

/** The secret after this one: only who holds this one, and the stored salt, can make it, and makes the same each time. */
export function nextRotation(rotation: string, salt: Buffer): string {
  return createHmac('sha256', rotation).update(salt).digest('base64url');
}
