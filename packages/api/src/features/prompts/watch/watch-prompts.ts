import type { PromptEvent, WatchPromptsInput } from '@promptory/schemas';
import type { EventStream } from '@promptory/trpc-fastify/procedure';
import type { Db, Seen, SignedInContext, Who } from '../../../context.ts';
import { findInclusions, type Inclusions } from '../../../domain/includes/included-versions.ts';
import { type LookedUp, lookedUp, refusalOf } from '../../../domain/references/reference-targets.ts';
import type { VersionId } from '../../../domain/signatures/included-texts.ts';
import { findWatchedTargets, type WatchedTarget } from './watched-references.queries.ts';

/**
 * Tells where references lead, at first and whenever that is another version or text: as `resolvePrompt` would find it, whatever has
 * changed, rights included. It counts as no use of them.
 * @throws AppError server.busy, server.unavailable
 */
export function watchPrompts(
  { db, who: { userId, isAdmin, groupId }, live }: SignedInContext,
  { refs, lastEventId }: WatchPromptsInput,
): EventStream<PromptEvent> {
  const who = { userId, isAdmin, groupId };
  return live.stream<PromptEvent>({
    ...{ what: 'prompts', who, keys: refs },
    lookUp: (wanted) => lookUp(db, who, wanted),
    atOnce: 100,
    reset: { type: 'reset' },
    leftAt: lastEventId,
  });
}

async function lookUp(db: Db, who: Who, refs: readonly string[]): Promise<Seen<PromptEvent>[]> {
  const references = refs.map(lookedUp);
  const targets = await findWatchedTargets(db, who, references);
  const including = targets.flatMap(({ promptId, version, includes }) =>
    includes && promptId !== null && version !== null ? [{ promptId, version }] : [],
  );
  const inclusions = await findInclusions(db, who, including);
  return refs.map((ref, at) => seen(who, ref, references[at] as LookedUp, targets[at] as WatchedTarget, inclusions));
}

function seen(
  who: Who,
  ref: string,
  reference: LookedUp,
  target: WatchedTarget,
  inclusions: Inclusions,
): Seen<PromptEvent> {
  const { promptId, version } = target;
  const found = promptId !== null && version !== null ? { promptId, version } : null;
  const below = found === null ? [] : inclusions.below(found);
  const event: PromptEvent =
    found === null
      ? { type: 'none', ref, code: refusalOf(reference, { ...target, bytes: 0 })?.code as 'prompt.not_found' }
      : { type: 'prompt', ref, ...found, revision: inclusions.revision(found) };
  return {
    event,
    dependsOn: [...new Set([...topicsOf(who, reference, target), ...below.flatMap(({ to }) => topicOf(to))])],
    // Nothing tells that somebody takes a handle, or that an included prompt may be seen.
    isWhole: (reference.named === null || target.namedId !== null) && below.every(({ to }) => to !== null),
  };
}

/** As `resolvedFrom` has them, and of what is not there, or may not be seen, all that could make it be. */
const topicsOf = (
  { userId, groupId }: Who,
  { path, named }: LookedUp,
  { candidates, namedId }: WatchedTarget,
): string[] => [
  `name:${userId}/${path}`,
  `reach:${userId}`,
  ...(groupId === null ? [] : [`group:${groupId}`]),
  ...(named === null || namedId === null ? [] : [`user:${namedId}`, `name:${namedId}/${named.slug}`]),
  ...candidates.map((id) => `prompt:${id}`),
];

const topicOf = (to: VersionId | null): string[] => (to === null ? [] : [`prompt:${to.promptId}`]);
