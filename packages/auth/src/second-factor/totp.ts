import { randomBytes, timingSafeEqual } from 'node:crypto';
import { TimeSpan } from 'oslo';
import { base32 } from 'oslo/encoding';
import { createTOTPKeyURI, generateHOTP } from 'oslo/otp';

const ISSUER = 'Promptory';
const KEY_BYTES = 20;
const DIGITS = 6;
const STEP_SECONDS = 30;
/** Steps before and after the present one whose codes count: clocks differ, and people type slowly. */
const WINDOW = 1;

/** 160 random bits, as RFC 4226 recommends for HMAC-SHA-1. */
export const newTotpKey = (): Buffer => randomBytes(KEY_BYTES);

/** What a person types into an authenticator that can read no picture: 32 characters of base32. */
export const totpKeyText = (key: Uint8Array): string => base32.encode(key, { includePadding: false });

/** What a QR code holds for an authenticator: `otpauth://totp/Promptory:ann%40example.com?secret=…`. */
export const totpKeyUri = (key: Uint8Array, account: string): string =>
  createTOTPKeyURI(ISSUER, account, key, { digits: DIGITS, period: new TimeSpan(STEP_SECONDS, 's') });

/** Steps of 30 seconds since 1970. */
const stepAt = (now: Date): number => Math.floor(now.getTime() / 1_000 / STEP_SECONDS);

/** The code of a moment: six digits by HMAC-SHA-1 (RFC 6238). oslo's own controller reads the wall clock. */
export const totpCodeAt = (key: Uint8Array, now: Date): Promise<string> => generateHOTP(key, stepAt(now), DIGITS);

/**
 * The time step whose code this is: the present one or one beside it, and later than `after`, so that whoever stores
 * the step takes no code twice. Takes as long for a wrong code as for a right one.
 *
 * @param after the step of the last code taken; null for none
 * @returns null for a wrong code and for one at or before `after`
 */
export async function matchTotpStep(
  key: Uint8Array,
  code: string,
  { now, after }: { now: Date; after: number | null },
): Promise<number | null> {
  const present = stepAt(now);
  let matched: number | null = null;
  for (let step = present - WINDOW; step <= present + WINDOW; step += 1) {
    const isSame = sameText(await generateHOTP(key, step, DIGITS), code);
    if (isSame && (after === null || step > after)) matched = step;
  }
  return matched;
}

function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
