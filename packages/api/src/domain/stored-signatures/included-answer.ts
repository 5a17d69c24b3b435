import { MAX_INCLUDED, type ResolvedPrompt } from '@promptory/schemas';
import type { Db } from '../../context.ts';
import { type Inclusions, readIncluded } from '../includes/included-versions.ts';
import { MAX_INCLUDED_BYTES, type VersionId } from '../signatures/included-texts.ts';

type IncludedFields = Pick<ResolvedPrompt, 'includes' | 'included'>;

interface IncludedAnswer {
  readonly fields: IncludedFields;
  /** Whose prompts they are. */
  readonly ownerIds: readonly string[];
}

const none: IncludedAnswer = { fields: { includes: [], included: [] }, ownerIds: [] };

/** What a version includes, with the texts to render it; none where they are too many, of which its fault speaks. */
export async function includedAnswer(db: Db, version: VersionId, inclusions: Inclusions): Promise<IncludedAnswer> {
  const versions = inclusions.versions(version);
  if (versions.length === 0 || versions.length > MAX_INCLUDED || inclusions.bytes(version) > MAX_INCLUDED_BYTES)
    return none;
  const namesOf = (each: VersionId) =>
    inclusions
      .of(each)
      .flatMap(({ name, to }) => (to === null ? [] : [{ name, ...to }]))
      .slice(0, MAX_INCLUDED);
  const texts = await readIncluded(db, versions);
  return {
    fields: {
      includes: namesOf(version),
      included: texts.map(({ inputSchema: _, ownerId: __, ...text }) => ({ ...text, includes: namesOf(text) })),
    },
    ownerIds: texts.map(({ ownerId }) => ownerId),
  };
}
