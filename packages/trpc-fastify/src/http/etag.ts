import { HASH_LENGTH, shortHash } from '../json/short-hash.ts';
import { pick, type RestMeta } from '../router/rest-meta.ts';
import { revisionTag } from '../router/revision-tag.ts';
import { refuse } from './request-refused.ts';

/**
 * The ETag (RFC 9110, 8.8.3) of a JSON text: `"<hash>"`, or `"<version>-<hash>"` from a field of the output. One `without`
 * a field of the output is weak: it says that the rest is the same. A `revision` is that text, and behind a dot the hash of
 * the fields `besides`.
 */
export function etagOf(json: string, output: unknown, rule: NonNullable<RestMeta['etag']>): string {
  if (rule !== true && 'without' in rule) {
    const rest = { ...Object(output), [rule.without]: typeof pick(output, rule.without) };
    return `W/"${shortHash(JSON.stringify(rest))}"`;
  }
  if (rule !== true && 'revision' in rule) {
    const weak = rule.weakWith !== undefined && (pick(output, rule.weakWith) ?? null) !== null;
    return `${weak ? 'W/' : ''}"${revisionTag(output, rule)}"`;
  }
  const digest = shortHash(json);
  if (rule === true) return `"${digest}"`;
  const version = pick(output, rule.version);
  return typeof version === 'number' ? `"${version}-${digest}"` : `"${digest}"`;
}

const HASH_BEHIND_DOT = new RegExp(`\\.[\\w-]{${HASH_LENGTH}}$`);

/** The revision in what stands within an ETag that also has a hash of other fields; anything else as it is. */
export const revisionIn = (tag: string): string => tag.replace(HASH_BEHIND_DOT, '');

/** Whether If-None-Match names this ETag, by weak comparison (RFC 9110, 13.1.2). */
export function noneMatchHolds(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((tag) => opaque(tag.trim()) === opaque(etag));
}

const opaque = (tag: string): string => (tag.startsWith('W/') ? tag.slice(2) : tag);

const VERSIONED_TAG = /^[ \t]*"(\d{1,15})-[\w-]{1,64}"[ \t]*$/;

/**
 * The version in an If-Match header (RFC 9110, 13.1.1); undefined for none and for `*`.
 * Throws PRECONDITION_FAILED when it is anything but one strong ETag with a version part.
 */
export function versionFromIfMatch(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const version = header.length > 100 ? undefined : VERSIONED_TAG.exec(header)?.[1];
  if (version === undefined) throw refuse('precondition', 'If-Match is not the ETag of a version.');
  return Number(version);
}

/** The characters of a header of ETags, at most. */
const MAX_TAGS_LENGTH = 4_096;
/** An ETag (RFC 9110, 8.8.3), within which commas may stand, or what stands between two. */
const TOKEN = /(W\/)?"([!#-~\u0080-\u00ff]*)"|[, \t]/y;

/**
 * What stands within the strong ETags of an If-Match header (RFC 9110, 13.1.1): weak ones match nothing. Undefined for no
 * header and for `*`. Throws PRECONDITION_FAILED where it is no list of ETags, or one of weak ones alone.
 */
export function tagsFromIfMatch(header: string | undefined): string[] | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  if (header.length > MAX_TAGS_LENGTH) throw refuse('precondition', 'If-Match is too long.');
  const tags: string[] = [];
  let isBehindTag = false;
  for (let at = 0; at < header.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const [token, weak, tag] = TOKEN.exec(header) ?? [];
    if (token === undefined || (tag !== undefined && isBehindTag)) {
      throw refuse('precondition', 'If-Match is not a list of ETags.');
    }
    if (tag !== undefined && weak === undefined) tags.push(tag);
    if (tag !== undefined || token === ',') isBehindTag = tag !== undefined;
  }
  if (tags.length === 0) throw refuse('precondition', 'If-Match has no strong ETag: a weak one matches nothing.');
  return tags;
}
