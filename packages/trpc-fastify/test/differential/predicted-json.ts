/** What is wrong with a text that should be JSON. */
type Fault = 'broken' | 'poisoned' | 'deep';

interface ErrorShape {
  message: string;
  code: number;
  data?: { code?: string };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function isPoisoned(value: unknown): boolean {
  if (!isRecord(value)) return false;
  if (Object.hasOwn(value, '__proto__')) return true;
  if (
    Object.hasOwn(value, 'constructor') &&
    isRecord(value.constructor) &&
    Object.hasOwn(value.constructor, 'prototype')
  ) {
    return true;
  }
  return Object.values(value).some(isPoisoned);
}

/** Brackets inside each other outside of strings, whether the text is JSON or not. */
function depthOf(text: string): number {
  let [depth, most] = [0, 0];
  for (const character of text.replace(/"(?:[^"\\]|\\[\s\S])*"?/g, '')) {
    if (character === '[' || character === '{') depth++;
    else if (character === ']' || character === '}') depth--;
    most = Math.max(most, depth);
  }
  return most;
}

export function jsonFault(text: string | undefined): Fault | undefined {
  if (text === undefined) return undefined;
  // Counted before it is parsed.
  if (depthOf(text) > 64) return 'deep';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'broken';
  }
  return isPoisoned(value) ? 'poisoned' : undefined;
}

/** What JSON.parse says of a broken text. */
jsonFault.message = (text: string): string => {
  try {
    JSON.parse(text);
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  throw new Error('The text is not broken.');
};

const isShape = (value: Record<string, unknown>): boolean =>
  typeof value.message === 'string' && typeof value.code === 'number';

/** A parsed body, with every error shape in it replaced. */
export function withShapes(body: unknown, replace: (shape: ErrorShape) => ErrorShape): unknown {
  if (Array.isArray(body)) return body.map((item) => withShapes(item, replace));
  if (!isRecord(body)) return body;
  if (isShape(body)) return replace(body as unknown as ErrorShape);
  return Object.fromEntries(Object.entries(body).map(([key, child]) => [key, withShapes(child, replace)]));
}
