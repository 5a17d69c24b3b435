import type { CurrentPrompt, ResolvedPrompt } from '@promptory/schemas';
import type { Who } from '../../context.ts';
import type { Inclusions } from '../../domain/includes/included-versions.ts';
import type { LookedUp } from '../../domain/references/reference-targets.ts';
import type { VersionId } from '../../domain/signatures/included-texts.ts';

type Resolved = Pick<ResolvedPrompt, 'promptId' | 'version' | 'slug' | 'owner' | 'author'>;

/**
 * What a resolved prompt follows from, as `changes` names it; null where it may not be remembered, since what it follows from has no
 * name: that something is *not* there, such as an included prompt that the reader may not see.
 *
 * What it says, and whether its reader may read it, follows from these rows alone (see `promptNamed` and `readablePrompts`):
 * - the prompt itself, its labels, versions, includes, and its places in groups: `prompt`
 * - who owns it and who wrote the version, by their names and handles: `user`
 * - the groups that the reader is in or owns: `reach`
 * - what the path is to the reader: a slug of their own, one that waits in their trash, or an alias: `name`
 * - of a key that is limited to a group all places in that: then an own prompt of the path may come into its sight: `group`
 * - the same of each prompt that it includes
 */
export function resolvedFrom(
  { userId, groupId }: Who,
  { path, named }: LookedUp,
  resolved: Resolved,
  inclusions: Inclusions,
  ownersOfIncluded: readonly string[],
): string[] | null {
  const { owner, author, slug } = resolved;
  const isOwn = owner.id === userId && slug === path;
  const isNamed = named !== null && owner.handle === named.handle && slug === named.slug;
  // By an alias that reads as somebody's prompt too: whoever makes that one would come first.
  if (!isOwn && !isNamed && named !== null) return null;
  const readable = readableFrom({ userId, groupId }, resolved, inclusions);
  if (readable === null) return null;
  return [
    ...readable,
    `user:${owner.id}`,
    `user:${author.id}`,
    `name:${userId}/${path}`,
    ...ownersOfIncluded.map((id) => `user:${id}`),
  ];
}

/**
 * The same of a prompt as it is shown in its latest version: of the prompt, its names and what it was made of (`shown`), of its owner, of
 * whether it is among its reader's favourites (`favorite`), of the groups that let them read and edit it, and of what it includes,
 * whose owners it does not name.
 */
export function shownFrom(
  who: Pick<Who, 'userId' | 'groupId'>,
  { id, version, owner }: Pick<CurrentPrompt, 'id' | 'version' | 'owner'>,
  inclusions: Inclusions,
): string[] | null {
  const readable = readableFrom(who, { promptId: id, version }, inclusions);
  return readable && [...readable, `shown:${id}`, `user:${owner.id}`, `favorite:${who.userId}/${id}`];
}

/** What a version and all that it includes follow from, and whether they may be read; null where something of it is not there. */
function readableFrom(
  { userId, groupId }: Pick<Who, 'userId' | 'groupId'>,
  version: VersionId,
  inclusions: Inclusions,
): string[] | null {
  const included: string[] = [];
  for (const { to } of inclusions.below(version)) {
    if (to === null) return null;
    included.push(`prompt:${to.promptId}`);
  }
  return [
    `prompt:${version.promptId}`,
    `reach:${userId}`,
    ...(groupId === null ? [] : [`group:${groupId}`]),
    ...included,
  ];
}
