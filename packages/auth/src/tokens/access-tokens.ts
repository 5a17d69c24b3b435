import { createHash, randomUUID } from 'node:crypto';
import { type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { deriveKey } from '../secrets/derived-key.ts';

const ALGORITHM = 'HS256';
const TYPE = 'at+jwt';
const LIFETIME_SECONDS = 10 * 60;
const MAX_LENGTH = 2_048;
const MIN_SECRET_BYTES = 32;
const KEY_LABEL = 'promptory.access-token.v1';
const REQUIRED_CLAIMS = ['iss', 'aud', 'sub', 'sid', 'jti', 'iat', 'exp'];
// Clocks of servers that share a secret differ a little.
const CLOCK_SKEW_SECONDS = 60;
const COMPACT = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export interface AccessTokenClaims {
  userId: string;
  sessionId: string;
  expiresAt: Date;
  jti: string;
}

export interface AccessTokens {
  /** @returns a JWT for ten minutes, and when it ends (whole seconds) */
  sign(input: { userId: string; sessionId: string; now: Date }): Promise<{ token: string; expiresAt: Date }>;
  /** @returns who the token speaks for, or null for whatever is not a live token of ours; never throws on bad input */
  verify(token: string, now: Date): Promise<AccessTokenClaims | null>;
}

interface Settings {
  /** Each at least 32 bytes. The first signs, all verify: put a new one in front to rotate. */
  secrets: readonly string[];
  issuer: string;
  audience: string;
}

/**
 * Access tokens: JWTs by HS256 that say who and which session, never which role, so that a demotion needs no waiting
 * (RFC 9068 for `at+jwt`). A good signature is not enough: ask `findLiveSession` whether the session still is.
 *
 * @throws RangeError when no secret is given or one is shorter than 32 bytes
 */
export function createAccessTokens({ secrets, issuer, audience }: Settings): AccessTokens {
  const [signing, ...older] = secrets.map(signingKey);
  if (signing === undefined) throw new RangeError('at least one secret is needed');
  const keys = new Map([signing, ...older].map(({ header, key }) => [header, key]));

  return {
    async sign({ userId, sessionId, now }) {
      const issuedAt = Math.floor(now.getTime() / 1_000);
      const token = await new SignJWT({ sid: sessionId })
        .setProtectedHeader(headerOf(signing.kid))
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(userId)
        .setJti(randomUUID())
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + LIFETIME_SECONDS)
        .sign(signing.key);
      return { token, expiresAt: new Date((issuedAt + LIFETIME_SECONDS) * 1_000) };
    },

    async verify(token, now) {
      if (typeof token !== 'string' || token.length > MAX_LENGTH) return null;
      const [, header = '', claims = '', signature = ''] = COMPACT.exec(token) ?? [];
      const key = keys.get(header);
      if (key === undefined || !isOwnSpelling(claims, signature)) return null;
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: [ALGORITHM],
          typ: TYPE,
          issuer,
          audience,
          requiredClaims: REQUIRED_CLAIMS,
          currentDate: now,
        });
        return claimsOf(payload, now);
      } catch {
        return null;
      }
    },
  };
}

/**
 * Whether claims and signature are spelled as `sign` spells them. base64url as jose reads it has several texts for the
 * same bytes, and JSON may name a claim twice, of which another reader takes the other.
 */
function isOwnSpelling(claims: string, signature: string): boolean {
  if (Buffer.from(signature, 'base64url').toString('base64url') !== signature) return false;
  const text = Buffer.from(claims, 'base64url').toString();
  try {
    return Buffer.from(JSON.stringify(JSON.parse(text))).toString('base64url') === claims;
  } catch {
    return false;
  }
}

function claimsOf({ sub, sid, jti, iat, exp, aud }: JWTPayload, now: Date): AccessTokenClaims | null {
  if (typeof sub !== 'string' || !UUID.test(sub) || typeof sid !== 'string' || !UUID.test(sid)) return null;
  if (typeof jti !== 'string' || jti === '' || typeof aud !== 'string') return null;
  if (!isWholeSecond(iat) || !isWholeSecond(exp) || exp - iat > LIFETIME_SECONDS) return null;
  if (iat - now.getTime() / 1_000 > CLOCK_SKEW_SECONDS) return null;
  return { userId: sub, sessionId: sid, expiresAt: new Date(exp * 1_000), jti };
}

const isWholeSecond = (value: unknown): value is number => Number.isSafeInteger(value);

/** A key, and the header of the tokens that it signs: no other header is read at all. */
function signingKey(secret: string): { kid: string; header: string; key: Uint8Array } {
  if (Buffer.byteLength(secret) < MIN_SECRET_BYTES) throw new RangeError('a secret needs at least 32 bytes');
  const key = deriveKey(secret, KEY_LABEL);
  const kid = createHash('sha256').update(key).digest('hex').slice(0, 16);
  return { kid, header: Buffer.from(JSON.stringify(headerOf(kid))).toString('base64url'), key };
}

const headerOf = (kid: string) => ({ alg: ALGORITHM, typ: TYPE, kid });
