/**
 * How many letters must be put in, left out or changed to make one text of the other (Levenshtein, 1966). Where those are more than
 * `most` it is any number above: what a start looks through is then given up at its first letters.
 */
function editsBetween(one: string, other: string, most: number): number {
  let above = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...one].entries()) {
    const next = [row + 1];
    for (const [column, same] of [...other].entries()) {
      const changed = (above[column] ?? 0) + (letter === same ? 0 : 1);
      next.push(Math.min(changed, (above[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    above = next;
    if (Math.min(...above) > most) break;
  }
  return above.at(-1) ?? 0;
}

const bare = (text: string): string => text.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');

/** Short words are near to many others: `HOME` is not a mistyped `HOST`. */
const editsForgiven = (length: number): number => (length < 6 ? 0 : length < 8 ? 1 : length < 16 ? 2 : 3);

/** Which of some names somebody meant who typed another; undefined where none is near. Case and separators count for nothing. */
export function closestName(typed: string, names: readonly string[]): string | undefined {
  const letters = bare(typed);
  const near = names
    .map((name) => ({ name, length: bare(name).length }))
    .filter(({ length }) => Math.abs(length - letters.length) <= editsForgiven(length))
    .map(({ name, length }) => ({ name, most: editsForgiven(length) }))
    .map(({ name, most }) => ({ name, most, edits: editsBetween(letters, bare(name), most) }))
    .filter(({ edits, most }) => edits <= most)
    .toSorted((one, other) => one.edits - other.edits);
  return near[0]?.name;
}

/** The same among a few words, of which a beginning will do: `prod` is production. */
export function closestWord(typed: string, words: readonly string[]): string | undefined {
  const letters = typed.trim().toLowerCase();
  const begun = words.filter((word) => letters.length > 2 && (word.startsWith(letters) || letters.startsWith(word)));
  return begun.length === 1 ? begun[0] : closestName(letters, words);
}
