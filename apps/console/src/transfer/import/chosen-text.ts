/**
 * The rows that are chosen of a table or of JSON, each just as it is written: numbers, spaces and the order of keys stay.
 *
 * @param rows as many as the server has read: it says what a row is
 * @returns null where others are found here, so that nobody can choose among them
 */
export function chosenText(
  text: string,
  format: 'csv' | 'json',
  rows: number,
  isChosen: (row: number) => boolean,
): string | null {
  const isTable = format === 'csv';
  const pieces = isTable ? records(text) : items(text);
  const header = isTable ? pieces.slice(0, 1) : [];
  const found = pieces.slice(header.length);
  if (found.length !== rows) return null;
  return [...header, ...found.filter((_piece, index) => isChosen(index + 1))].join('\n');
}

/** Of RFC 4180: a line end within quotes ends none. Blank ones are left out. */
function records(text: string): string[] {
  const found: string[] = [];
  let [from, isQuoted] = [0, false];
  for (let at = 0; at <= text.length; at += 1) {
    if (text[at] === '"') isQuoted = !isQuoted;
    if (at < text.length && (isQuoted || text[at] !== '\n')) continue;
    const record = text.slice(from, at).replace(/\r$/, '');
    if (/[^\s,;"]/.test(record)) found.push(record);
    from = at + 1;
  }
  return found;
}

/** The objects of an array, or of lines. */
function items(text: string): string[] {
  const outside = text.trimStart().startsWith('[') ? 1 : 0;
  const found: string[] = [];
  let [from, depth, isText] = [0, 0, false];
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (isText) {
      if (sign === '\\') at += 1;
      else if (sign === '"') isText = false;
    } else if (sign === '"') isText = true;
    else if (sign === '{' || sign === '[') {
      if (depth === outside) from = at;
      depth += 1;
    } else if (sign === '}' || sign === ']') {
      depth -= 1;
      if (depth === outside) found.push(text.slice(from, at + 1));
    }
  }
  // On one line each, whatever they were on: within a text there is none.
  return found.map((item) => item.replaceAll(/[\r\n]+/g, ' '));
}
