import { isJsonObject, type JsonObject, type JsonValue } from '../../json-value.ts';
import { type MessageRole, messageRoles } from '../../language/rendering/messages.ts';
import { FormatFault } from './prompt-document.ts';

/** @throws FormatFault */
export function parseJsonFile(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    throw new FormatFault(`This is no JSON: ${error instanceof Error ? error.message : String(error)}`, {});
  }
}

/** The text at a key; null where there is none. @throws FormatFault for anything else */
export function textAt(data: JsonObject, key: string, within = key): string | null {
  const value = data[key];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw new FormatFault(`"${key}" is a text.`, { within });
  return value;
}

/** The keys and values at a key; none where there are none. @throws FormatFault for anything else */
export function objectAt(data: JsonObject, key: string, within = key): JsonObject {
  const value = data[key];
  if (value === undefined || value === null) return {};
  if (!isJsonObject(value)) throw new FormatFault(`"${key}" holds keys and values.`, { within });
  return value;
}

/** The texts at a key; none where there are none. @throws FormatFault for anything else */
export function textsAt(data: JsonObject, key: string, within = key): string[] {
  const value = data[key];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) {
    throw new FormatFault('This is a list of texts.', { within });
  }
  return value as string[];
}

/** @throws FormatFault for a role that no message has here */
export function roleOf(role: JsonValue | undefined, within: string): MessageRole {
  const known = messageRoles.find((name) => name === role);
  if (known === undefined) {
    throw new FormatFault(`${JSON.stringify(role ?? null)} is no role that a message has here.`, { within });
  }
  return known;
}

/** What is given of `values`, without what is not. */
export const given = (values: { readonly [key: string]: JsonValue | undefined }): JsonObject =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined));
