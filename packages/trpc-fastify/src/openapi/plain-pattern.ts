/**
 * A regular expression's source as it can stand between slashes, in a comment and in JSON alike: what generators of clients
 * make of a pattern. A slash is `[/]` instead of `\/`, which some escape once more.
 */
export function plainPattern(source: string): string {
  let plain = '';
  let inClass = false;
  for (let at = 0; at < source.length; at += 1) {
    const sign = source.charAt(at);
    if (sign === '\\') {
      at += 1;
      const escaped = source.charAt(at);
      plain += escaped === '/' ? slash(inClass) : sign + escaped;
    } else if (sign === '/') plain += slash(inClass);
    else {
      if (sign === '[') inClass = true;
      else if (sign === ']') inClass = false;
      plain += sign;
    }
  }
  return plain;
}

const slash = (inClass: boolean): string => (inClass ? '/' : '[/]');
