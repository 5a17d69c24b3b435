const LONGEST = 300;
const OWN_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
// Six digits are what an authenticator shows.
const NUMBER = /^[0-9]{1,5}$/;

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
  const path = url.split(/[?#]/, 1)[0] ?? '';
  // A batch names its calls with commas between them.
  const shown = path.split('/').map((segment) =>
    segment
      .split(',')
      .map((part) => (isOwn(part) ? part : '…'))
      .join(),
  );
  return shown.join('/').slice(0, LONGEST);
}
