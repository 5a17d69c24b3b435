import { domainToASCII } from 'node:url';

const MAX_BYTES = 254;
const MAX_LOCAL_BYTES = 64;
const MAX_TYPED = 1_000;

/** Zero-width, bidi, variation selectors and the like, which would make two addresses look the same. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/u;
const LOCAL_PART = /^[\p{L}\p{M}\p{N}.!#$%&'*+/=?^_`{|}~-]+$/u;
// domainToASCII undoes percent escapes and reads IPv4 numbers, so it is shown letters, digits, dots and hyphens only.
const DOMAIN = /^[\p{L}\p{M}\p{N}.-]+$/u;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * The one normaliser of e-mail addresses: trimmed, NFKC, lower case, domain in punycode. `+` tags and dots stay, since
 * only the mailbox's host knows what they mean. Its own answer normalises to itself.
 *
 * @returns the address as it is stored and compared (at most 254 bytes), or null when it is not one
 */
export function normalizeEmailAddress(text: string): string | null {
  if (text.length > MAX_TYPED || INVISIBLE.test(text)) return null;
  // Lower-casing can leave a decomposed letter behind (İ), hence the second NFKC.
  const folded = text.trim().normalize('NFKC').toLowerCase().normalize('NFKC');
  const at = folded.indexOf('@');
  if (at < 1 || at !== folded.lastIndexOf('@')) return null;

  const local = folded.slice(0, at);
  if (!isDotAtom(local) || Buffer.byteLength(local) > MAX_LOCAL_BYTES) return null;
  // The full stop of Chinese and Japanese keyboards, which separates labels too (UTS 46, 2.3).
  const domain = asciiDomain(folded.slice(at + 1).replaceAll('。', '.'));
  if (domain === null) return null;

  const address = `${local}@${domain}`;
  return Buffer.byteLength(address) <= MAX_BYTES ? address : null;
}

function isDotAtom(local: string): boolean {
  return LOCAL_PART.test(local) && !local.startsWith('.') && !local.endsWith('.') && !local.includes('..');
}

function asciiDomain(text: string): string | null {
  if (!DOMAIN.test(text)) return null;
  const domain = domainToASCII(text);
  if (domain === 'localhost') return domain;
  const labels = domain.split('.');
  const last = labels.at(-1) ?? '';
  const isHostName = labels.length > 1 && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(last);
  return isHostName ? domain : null;
}
