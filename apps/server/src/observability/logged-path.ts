const LONGEST = 300;
const OWN_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
// Six digits are what an authenticator shows.
const NUMBER = /^[0-9]{1,5}$/;
/** What parts of a path end with; a batch names its calls with commas between them. */
const [SLASH, COMMA, QUESTION, HASH] = [...'/,?#'].map((each) => each.charCodeAt(0));

/**
 * The path of a URL as the log may show it: the fixed parts of our own routes, ids and numbers. All else is what
 * somebody typed, a password in the wrong place or a token in whatever spelling among it, and is shown as `…`; so is
 * every query.
 *
 * @param knownSegments the fixed parts of our routes and the names of our procedures
 */
export function loggedPath(url: string, knownSegments: ReadonlySet<string>): string {
  const isOwn = (part: string): boolean =>
    part === '' || knownSegments.has(part) || OWN_ID.test(part) || NUMBER.test(part);
  let shown = '';
  let begin = 0;
  for (let at = 0; ; at += 1) {
    const next = url.charCodeAt(at);
    const goesOn = next === SLASH || next === COMMA;
    const ends = at === url.length || next === QUESTION || next === HASH;
    if (!goesOn && !ends) continue;
    const part = url.slice(begin, at);
    shown += isOwn(part) ? part : '…';
    if (ends) return shown.slice(0, LONGEST);
    shown += url[at];
    begin = at + 1;
  }
}
