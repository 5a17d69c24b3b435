/** What has no look of its own, such as zero-width characters and variation selectors (Unicode, DerivedCoreProperties). */
const IGNORED = /\p{Default_Ignorable_Code_Point}+/gu;
/** Blanks of any width, and the Braille pattern without dots, which looks like one. */
const BLANKS = /[\s\p{Z}\u2800]+/gu;
/** So that the four letters of Turkish are one: `YAZILIM` is `Yazılım`, and `İŞ` is `iş`. */
const DOTTED_I = /i\u0307+/g;

/**
 * What a name is compared by: two names are one where their keys are equal. NFKC_Casefold of Unicode (UAX #31) as RFC 8266
 * uses it for nicknames: form, width, ligatures and case do not matter (`ß` is `ss`, `ς` is `σ`), nor do characters that do
 * not show, nor how wide a blank is. Accents do.
 *
 * The one place where keys are made: the database stores what it answers, and folds no name by itself.
 *
 * @returns a text that is its own key. A name in which nothing shows, which no longer is accepted, is its own key too.
 */
export function nameKey(name: string): string {
  const plain = name.normalize('NFKC').replace(IGNORED, '');
  // Through upper case, where letters that have two small forms have one; down before it, for `ẞ` has no upper case.
  const small = plain.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ');
  const key = small.normalize('NFKC').replace(DOTTED_I, 'i').normalize('NFKC').replace(BLANKS, ' ').trim();
  return key === '' ? name.normalize('NFKC') : key;
}
