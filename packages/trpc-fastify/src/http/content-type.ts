const JSON_IN_UTF8 = /^application\/json[ \t]*(?:;[ \t]*charset="?utf-?8"?[ \t]*)?$/i;

/** The media type that a Content-Type names, in lower case and without parameters; empty where it names none. */
export function namedType(contentType: string | undefined): string {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** `application/json`, with nothing but an optional `charset=utf-8`. */
export function isJsonType(contentType: string | undefined): boolean {
  if (contentType === undefined) return false;
  return contentType === 'application/json' || (contentType.length < 100 && JSON_IN_UTF8.test(contentType));
}
