import { shortHash } from '../json/short-hash.ts';
import { pick, type RestMeta } from './rest-meta.ts';

type RevisionRule = Extract<RestMeta['etag'], { revision: string }>;

/** What stands within the ETag of a revision: that, and behind a dot a hash of the fields `besides`. */
export function revisionTag(output: unknown, { revision, besides = [] }: RevisionRule): string {
  const rest = besides.length === 0 ? '' : `.${shortHash(JSON.stringify(besides.map((name) => pick(output, name))))}`;
  return `${String(pick(output, revision))}${rest}`;
}
