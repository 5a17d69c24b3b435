import anyAscii from 'any-ascii';

/**
 * A text as small letters a to z, digits and single inner hyphens: marks are taken off, other Latin letters are written in
 * those of ASCII (ß → ss, ħ → h), and whatever else stands between is one hyphen. Empty where the text has no Latin letter
 * and no digit: other scripts are not romanised, for which reading is meant depends on the language.
 */
export function textToSlug(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/\p{Script=Latin}+/gu, (letters) => anyAscii(letters))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** The start of a slug, which does not end in a hyphen. */
export const cutSlug = (slug: string, length: number): string => slug.slice(0, length).replace(/-$/, '');
