/** Words of examples and of placeholders. Each has six letters or more, so that no random text has one by chance. */
const PLACEHOLDER =
  /change.?(?:me|this|it)|replace|example|default|placeholder|secret|password|insecure|promptory|openssl|keyboard/i;

/** Passwords that databases, caches and mail servers come with, or are shown with in examples. */
const DEFAULT_PASSWORDS: ReadonlySet<string> = new Set([
  ...['postgres', 'postgresql', 'promptory', 'password', 'passwd', 'pass', 'secret', 'admin', 'administrator', 'root'],
  ...['changeme', 'change-me', 'change_me', 'example', 'default', 'test', 'user', 'guest', 'redis', 'foobared', 'app'],
  ...['1234', '12345', '123456', '12345678', '123456789', '1234567890', 'qwerty', 'letmein', 'welcome', 'docker'],
]);

/** Of a signing secret; a shorter one is refused in every environment. */
export const MIN_SECRET_BYTES = 32;

const LEAST_DIFFERENT = 8;

/**
 * Why a secret could be guessed, whatever its length; null when nothing speaks against it. It cannot tell a random text
 * from another that looks like one, only what people type in its place.
 *
 * @param leastBits that it must hold, were its characters drawn by chance
 */
export function weaknessOf(secret: string, leastBits: number): string | null {
  const characters = [...secret];
  if (PLACEHOLDER.test(secret)) return 'has a word of an example in it';
  if (new Set(characters).size < LEAST_DIFFERENT) return 'has too few different characters';
  if (repeatsItself(characters)) return 'repeats itself';
  if (isRun(characters)) return 'is a run of neighbouring characters';
  return shannonBits(characters) < leastBits ? 'is too regular' : null;
}

/** Whether a password in a URL, or in its parameters, is one that anybody would try first. One that is missing is none. */
export function hasDefaultPassword(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { username, password, searchParams } = new URL(url);
  const users = [decoded(username), searchParams.get('user') ?? ''].map((user) => user.toLowerCase());
  return [decoded(password), searchParams.get('password') ?? '']
    .map((typed) => typed.toLowerCase())
    .some((typed) => typed !== '' && (DEFAULT_PASSWORDS.has(typed) || users.includes(typed)));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function repeatsItself(characters: readonly string[]): boolean {
  for (let unit = 1; unit <= characters.length / 2; unit += 1) {
    if (characters.every((character, index) => character === characters[index % unit])) return true;
  }
  return false;
}

/** Whether half of the characters or more stand beside their neighbours in the alphabet, or beside themselves in either case. */
function isRun(characters: readonly string[]): boolean {
  const codes = characters.map((character) => character.toLowerCase().codePointAt(0) ?? 0);
  const neighbours = codes.filter((code, index) => index > 0 && Math.abs(code - (codes[index - 1] ?? 0)) <= 1);
  return neighbours.length * 2 >= codes.length;
}

/** The bits that so many characters of these frequencies would hold, were each drawn by chance (Shannon, 1948). */
function shannonBits(characters: readonly string[]): number {
  const counts = Object.values(Object.groupBy(characters, (character) => character)).map((list) => list?.length ?? 0);
  const total = characters.length;
  return counts.reduce((bits, count) => bits + count * Math.log2(total / count), 0);
}
