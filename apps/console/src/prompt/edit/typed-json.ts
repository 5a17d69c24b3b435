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

/** The parts of a JSON text: texts, numbers and words, and what stands between them. */
function partsOf(json: string): string[] {
  const parts: string[] = [];
  for (let at = 0; at < json.length; ) {
    const begin = at;
    const first = json.charAt(at);
    if (first === '"') at = endOfText(json, at);
    else if (isOfWord(first)) while (isOfWord(json.charAt(at))) at += 1;
    else at += 1;
    const part = json.slice(begin, at);
    if (part.trim() !== '') parts.push(part);
  }
  return parts;
}

const isOfWord = (character: string): boolean => /[-+.\w]/.test(character);

/** Behind the quotation mark that ends the text which begins there. */
function endOfText(json: string, begin: number): number {
  let at = begin + 1;
  while (at < json.length && json.charAt(at) !== '"') at += json.charAt(at) === '\\' ? 2 : 1;
  return at + 1;
}

/** More digits than these a number may lose. */
const SAFE_LENGTH = 15;

/** Where one JSON has first what another has not; null where they say the same, however it is written. */
function firstLost(typed: string, sent: string): string | null {
  const others = partsOf(sent);
  return partsOf(typed).find((part, index) => !isSame(part, others[index])) ?? null;
}

function isSame(part: string, other: string | undefined): boolean {
  if (part === other) return true;
  if (other === undefined || !/^["\d-]/.test(part) || !/^["\d-]/.test(other)) return false;
  return part.length <= SAFE_LENGTH || part.startsWith('"')
    ? JSON.parse(part) === JSON.parse(other)
    : isSameNumber(part, other);
}

/** Long ones are the same where only their writing differs: a power of ten, or noughts at their end. */
const isSameNumber = (one: string, other: string): boolean =>
  digitsOf(one) === digitsOf(other) && Number(one) === Number(other);

/** The digits of a number without noughts at either end. */
function digitsOf(number: string): string {
  const digits = number.replace(/[eE].*/, '').replace(/\D/g, '');
  let [begin, end] = [0, digits.length];
  while (digits[begin] === '0') begin += 1;
  while (end > begin && digits[end - 1] === '0') end -= 1;
  return digits.slice(begin, end);
}
