import type { Db } from '../../context.ts';
import { type Inclusions, readIncluded } from '../includes/included-versions.ts';
import { type IncludedTexts, keyOf, MAX_INCLUDED_BYTES, mayInclude } from '../signatures/included-texts.ts';
import type { VersionText } from './signature-for.ts';

/** The texts that a version includes, to read it with; null where it includes none. */
export async function includedTexts(
  db: Db,
  version: Omit<VersionText, 'outputSchema'>,
  inclusions: Inclusions,
): Promise<IncludedTexts | null> {
  if (!mayInclude(version)) return null;
  const edges = inclusions
    .below(version)
    .flatMap((edge) => (edge.to === null ? [] : [[keyOf(edge), edge.name, keyOf(edge.to)] as const]));
  if (inclusions.bytes(version) > MAX_INCLUDED_BYTES) return { key: keyOf(version), edges, texts: null };
  const included = await readIncluded(db, inclusions.versions(version));
  const texts = included.map((each) => [keyOf(each), each.content, each.inputSchema] as const);
  return { key: keyOf(version), edges, texts };
}
