import { domainToASCII, domainToUnicode } from 'node:url';

/** Letters of one alphabet, or of those that are written together, which nobody takes for those of another. */
const DISTINCT = [
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー0-9-]+$/u,
  /^[\p{Script=Han}\p{Script=Bopomofo}0-9-]+$/u,
  /^[\p{Script=Han}\p{Script=Hangul}0-9-]+$/u,
  /^[\p{Script=Arabic}0-9-]+$/u,
  /^[\p{Script=Hebrew}0-9-]+$/u,
  /^[\p{Script=Devanagari}0-9-]+$/u,
  /^[\p{Script=Bengali}0-9-]+$/u,
  /^[\p{Script=Tamil}0-9-]+$/u,
  /^[\p{Script=Thai}0-9-]+$/u,
  /^[\p{Script=Georgian}0-9-]+$/u,
];

/** Letters that look like Latin ones: shown only where the last part of the domain is written in them too. */
const LOOKALIKES = [/^[\p{Script=Cyrillic}0-9-]+$/u, /^[\p{Script=Greek}0-9-]+$/u, /^[\p{Script=Armenian}0-9-]+$/u];

/** Latin as words of Europe have it, decomposed: letters of ASCII with marks, and few besides; no dotless i, no script g. */
const LATIN = /^[a-z0-9ßæœøđłþðħ\p{Script=Inherited}-]+$/u;

function isPlain(label: string, last: string): boolean {
  if (LATIN.test(label.normalize('NFD')) || DISTINCT.some((letters) => letters.test(label))) return true;
  return LOOKALIKES.some((letters) => letters.test(label) && letters.test(last));
}

/**
 * A normalised e-mail address as people write it: `ada@münchen.de` for `ada@xn--mnchen-3ya.de`. A part of the domain stays in
 * punycode where it mixes scripts, or could be taken for another one (UTS 39, and what browsers do). It normalises to the same.
 */
export function shownAddress(address: string): string {
  const at = address.lastIndexOf('@') + 1;
  const domain = address.slice(at);
  if (!domain.includes('xn--')) return address;
  const written = domainToUnicode(domain);
  const labels = domain.split('.');
  const shown = written.split('.');
  if (shown.length !== labels.length || domainToASCII(written) !== domain) return address;
  const last = shown.at(-1) ?? '';
  return address.slice(0, at) + labels.map((label, index) => plainOr(label, shown[index] ?? '', last)).join('.');
}

const plainOr = (label: string, shown: string, last: string): string => (isPlain(shown, last) ? shown : label);
