import type { z } from 'zod';

export type RestMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export type SuccessStatus = 200 | 201 | 202 | 204;

/** What one procedure says about its REST route, under `meta.rest`. */
export interface RestMeta {
  method: RestMethod;
  /** `/prompts/{id}`: each `{name}` is a field of the input. */
  path: `/${string}`;
  summary: string;
  description?: string;
  tags?: string[];
  /** Success status, 200 unless given; 204 sends no body. */
  status?: SuccessStatus;
  /** A second success status, chosen by looking at the output. */
  orStatus?: { status: SuccessStatus; description: string; when(output: unknown): boolean };
  /** With 201: a template filled from the output, `/prompts/{id}`; dot paths allowed: `/prompts/{prompt.id}`. */
  location?: `/${string}`;
  /**
   * GET of one thing: a strong ETag, `"<hash>"` of the JSON body, or `"<output[version]>-<hash>"`; or a weak one that
   * passes over a field which is another each time, such as a cursor. With `revision` it is that text field of the output,
   * which changes whenever anything else of it does; weak where the field `weakWith` is neither null nor left out. For fields
   * that the revision does not speak of, named by `besides`, a hash follows behind a dot.
   */
  etag?:
    | true
    | { version: string }
    | { without: string }
    | { revision: string; weakWith?: string; besides?: readonly string[] };
  /**
   * PUT, PATCH, DELETE: the number field of the input that receives the version part of an If-Match ETag; or the list field
   * that receives what stands within its strong ETags, whole, for the procedure to compare (RFC 9110, 13.1.1).
   */
  ifMatch?: string | { tags: string };
  /**
   * A raw body instead of JSON: `input[field]` becomes a {@link RawBody}; `limit` in bytes, counted while streaming.
   * `charsets`, in lower case, are those that a Content-Type may name; UTF-8 unless given. `json` says in the document what
   * a body of JSON is, and checks nothing.
   */
  body?: { types: string[]; charsets?: string[]; field: string; limit: number; json?: z.ZodType };
  /** The output is an AsyncIterable of `item`: NDJSON, or one of `types` by Accept. */
  stream?: { item: z.ZodType; types?: Record<string, (items: AsyncIterable<unknown>) => AsyncIterable<string>> };
  deprecated?: boolean;
}

/** What a procedure with `rest.body` finds in that field: the media type (lower case, no parameters) and the bytes. */
export interface RawBody {
  type: string;
  body: AsyncIterable<Uint8Array>;
}

/** The field of the input that If-Match fills. */
export const ifMatchField = ({ ifMatch }: RestMeta): string | undefined =>
  typeof ifMatch === 'object' ? ifMatch.tags : ifMatch;

/** The REST entries of a procedure's meta: none, one or several. */
export function restEntriesOf(meta: unknown): readonly RestMeta[] {
  if (typeof meta !== 'object' || meta === null || !('rest' in meta)) return [];
  const rest = meta.rest as RestMeta | RestMeta[] | undefined;
  if (rest === undefined) return [];
  return Array.isArray(rest) ? rest : [rest];
}

const PARAMETER = /\{([^{}]*)\}/g;

/** The names between braces in a path or Location template, in order. */
export function namesIn(template: string): string[] {
  return Array.from(template.matchAll(PARAMETER), (match) => match[1] ?? '');
}

/** `/prompts/{id}` → `/prompts/:id`, find-my-way's form. */
export function toRoutePath(path: string): string {
  return path.replace(PARAMETER, ':$1');
}

/** Follows `prompt.id` through own properties; undefined where a step is missing. */
export function pick(value: unknown, dotPath: string): unknown {
  let current = value;
  for (const key of dotPath.split('.')) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string, unknown>)[key];
  }
  return current;
}

/** Fills a Location template; undefined when the output lacks one of its fields, or has one that no URL can hold. */
export function fillTemplate(template: string, output: unknown): string | undefined {
  let complete = true;
  const filled = template.replace(PARAMETER, (_, name: string) => {
    const value = pick(output, name);
    if (typeof value === 'number') return String(value);
    if (typeof value === 'string' && value.isWellFormed()) return encodeURIComponent(value);
    complete = false;
    return '';
  });
  return complete ? filled : undefined;
}
