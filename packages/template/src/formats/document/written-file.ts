import { isJsonObject, type JsonObject } from '../../json-value.ts';
import { type DocumentPart, FormatFault } from './prompt-document.ts';

/** The text of a message. @throws FormatFault where it has parts that are no text */
export function plainText(content: string | readonly DocumentPart[], within: string): string {
  if (typeof content === 'string') return content;
  throw new FormatFault('a message is one text there, and has no parts', { within });
}

/** Whether a schema says nothing: any JSON. */
export const isAny = (schema: unknown): boolean => isJsonObject(schema) && Object.keys(schema).length === 0;

/** What `known` names, and the rest. */
export function parted(config: JsonObject, known: ReadonlySet<string>): [named: JsonObject, others: JsonObject] {
  const of = (isNamed: boolean) =>
    Object.fromEntries(Object.entries(config).filter(([key]) => known.has(key) === isNamed));
  return [of(true), of(false)];
}

/** What says something, without what is null or undefined. */
export const said = (values: { readonly [key: string]: JsonObject[string] | undefined }): JsonObject =>
  Object.fromEntries(
    Object.entries(values).filter(
      (entry): entry is [string, JsonObject[string]] => entry[1] !== undefined && entry[1] !== null,
    ),
  );
