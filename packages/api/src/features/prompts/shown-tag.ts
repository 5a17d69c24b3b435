import { CurrentPrompt } from '@promptory/schemas';
import { shortHash } from '@promptory/trpc-fastify/procedure';
import type { Db, SignedInContext } from '../../context.ts';
import { findInclusions } from '../../domain/includes/included-versions.ts';
import { mayInclude } from '../../domain/signatures/included-texts.ts';
import { AppError } from '../../errors.ts';
import { getPrompt } from './prompts.queries.ts';
import { getSignedPrompt } from './read-prompt.ts';

/** What a change may build on: revisions, and ETags of REST, which tell of what the prompt promises as well. */
type Given = string | readonly string[] | undefined;

/** Compares what a change builds on with what its caller is shown, under the lock of the prompt. */
export interface ShownTag {
  /** @throws AppError request.precondition_failed */
  require(db: Db): Promise<void>;
}

/**
 * Looks up what a caller is shown of a prompt before it is locked, since what it promises may be for a worker to find out.
 *
 * @throws AppError prompt.not_found, server.busy
 */
export async function shownTag(ctx: SignedInContext, promptId: string, given: Given): Promise<ShownTag> {
  if (given === undefined) return { require: async () => undefined };
  const tags = [given].flat();
  // A revision alone is looked up under the lock.
  const shown = tags.some((tag) => tag.includes('.')) ? await getSignedPrompt(ctx, promptId) : null;
  const included = shown === null ? null : await inclusionOf(ctx.db, ctx, shown);
  return {
    async require(db) {
      const now = await getPrompt(db, ctx.who, promptId);
      if (tags.includes(now.revision)) return;
      const isSame = shown !== null && tags.includes(etagOf(shown)) && shown.revision === now.revision;
      // A label of a prompt that it includes may have moved meanwhile.
      if (!isSame || (await inclusionOf(db, ctx, now)) !== included) throw new AppError('request.precondition_failed');
    },
  };
}

const Promised = CurrentPrompt.pick({ signature: true, templateFault: true, inputConflicts: true });

/** As `etag` of `prompts.get` says: of what its schema answers. */
function etagOf({ revision, ...prompt }: CurrentPrompt): string {
  const { signature, templateFault, inputConflicts } = prompt;
  const shown = Promised.parse({ signature, templateFault, inputConflicts });
  return `${revision}.${shortHash(JSON.stringify([shown.signature, shown.templateFault, shown.inputConflicts]))}`;
}

type Including = Pick<CurrentPrompt, 'id' | 'version' | 'content' | 'messages'>;

async function inclusionOf(db: Db, { who }: SignedInContext, prompt: Including): Promise<string> {
  if (!mayInclude(prompt)) return '';
  const version = { promptId: prompt.id, version: prompt.version };
  return (await findInclusions(db, who, [version])).revision(version);
}
