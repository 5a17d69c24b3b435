/** JSON as somebody edits it; nothing where there is nothing to say. */
export const writtenJson = (value: object | null): string => (value === null ? '' : JSON.stringify(value, null, 2));

/**
 * What was typed as JSON; null where that is nothing.
 *
 * @param what names the field for who reads the fault
 * @throws SyntaxError with a sentence for whoever typed it, where it is no JSON, or this browser would send something else
 */
export function readTyped(what: string, text: string): unknown {
  if (text.trim() === '') return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`${what}: this is no JSON. ${error instanceof Error ? error.message : ''}`);
  }
  const lost = firstLost(text, JSON.stringify(value));
  if (lost === null) return value;
  throw new SyntaxError(
    `${what}: from ${lost.slice(0, 40)} on it would be stored otherwise than you typed it. A number has more digits than are kept (write it as a text), a name stands twice, or names that are numbers are not in their order.`,
  );
}

/** @throws SyntaxError as `readTyped` does, and where it is neither an object nor nothing */
export function readTypedObject(what: string, text: string): Record<string, unknown> | null {
  const value = readTyped(what, text);
  if (value === null) return null;
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new SyntaxError(`${what}: this must be a JSON object, in braces.`);
}

/** Texts, numbers and words, and what stands between them. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[-+.\w]+|[{}[\],:]/g;

/** More digits than these a number may lose. */
const SAFE_LENGTH = 15;

/** Where one JSON has first what another has not; null where they say the same, however it is written. */
function firstLost(typed: string, sent: string): string | null {
  const others = sent.match(TOKEN) ?? [];
  return typed.match(TOKEN)?.find((token, index) => !isSame(token, others[index])) ?? null;
}

function isSame(token: string, other: string | undefined): boolean {
  if (token === other) return true;
  if (other === undefined || !/^["\d-]/.test(token) || !/^["\d-]/.test(other)) return false;
  return token.length <= SAFE_LENGTH || token.startsWith('"')
    ? JSON.parse(token) === JSON.parse(other)
    : isSameNumber(token, other);
}

/** Long ones are the same where only their writing differs: a power of ten, or noughts at their end. */
const isSameNumber = (one: string, other: string): boolean =>
  digitsOf(one) === digitsOf(other) && Number(one) === Number(other);

const digitsOf = (number: string): string =>
  number
    .replace(/[eE].*/, '')
    .replace(/\D/g, '')
    .replace(/^0+|0+$/g, '');
