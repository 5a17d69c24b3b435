import type { ResolvedPrompt } from '@promptory/schemas';
import type { Who } from '../../../context.ts';
import type { Inclusions } from '../../../domain/includes/included-versions.ts';
import type { LookedUp } from '../../../domain/references/reference-targets.ts';

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
  const { owner, author, promptId, slug } = resolved;
  const isOwn = owner.id === userId && slug === path;
  const isNamed = named !== null && owner.handle === named.handle && slug === named.slug;
  // By an alias that reads as somebody's prompt too: whoever makes that one would come first.
  if (!isOwn && !isNamed && named !== null) return null;
  const edges = inclusions.below(resolved);
  if (edges.some(({ to }) => to === null)) return null;
  return [
    `prompt:${promptId}`,
    `user:${owner.id}`,
    `user:${author.id}`,
    `reach:${userId}`,
    `name:${userId}/${path}`,
    ...(groupId === null ? [] : [`group:${groupId}`]),
    ...edges.flatMap(({ to }) => (to === null ? [] : [`prompt:${to.promptId}`])),
    ...ownersOfIncluded.map((id) => `user:${id}`),
  ];
}
