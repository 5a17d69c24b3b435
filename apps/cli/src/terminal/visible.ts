/** What a terminal would obey, and what turns the direction of a text. Tabs and ends of lines are text. */
const UNSEEN = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** Text of others as a terminal may show it: what would move the cursor, set a title or hide a part is written out. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (found) => {
    if (found === '\n' || found === '\t') return found;
    return found === '\r' ? '' : `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
