import { CurrentPrompt } from '@promptory/schemas';
import { revisionTag } from '@promptory/trpc-fastify/procedure';
import type { Db, SignedInContext } from '../../context.ts';
import { findInclusions } from '../../domain/includes/included-versions.ts';
import { mayInclude } from '../../domain/signatures/included-texts.ts';
import { AppError } from '../../errors.ts';
import { requireRevision } from '../../views/revision.ts';
import { getPrompt } from './prompts.queries.ts';
import { getSignedPrompt } from './read-prompt.ts';

/** What a change may build on: revisions, and ETags of REST, which tell of what the prompt promises as well. */
type Given = string | readonly string[] | undefined;

/** Compares what a change builds on with what its caller is shown, under the lock of the prompt. */
export interface ShownTag {
  /** @throws AppError request.precondition_failed */
  require(db: Db): Promise<void>;
}

/** Of what the ETag of a prompt tells. */
export const promptTag = {
  revision: 'revision',
  besides: ['signature', 'templateFault', 'inputConflicts'],
} as const;

/** Of revisions alone, of which nothing has to be known before. */
export const shownRevision = ({ who }: SignedInContext, promptId: string, given: Given): ShownTag => ({
  require: (db) => requireRevision(given, () => getPrompt(db, who, promptId)),
});

/**
 * Looks up what a caller is shown of a prompt before it is locked, since what it promises may be for a worker to find out.
 *
 * @throws AppError prompt.not_found, server.busy
 */
export async function shownTag(ctx: SignedInContext, promptId: string, given: Given): Promise<ShownTag> {
  const tags = [given ?? []].flat();
  if (!tags.some((tag) => tag.includes('.'))) return shownRevision(ctx, promptId, given);
  const shown = await getSignedPrompt(ctx, promptId);
  const included = await inclusionOf(ctx.db, ctx, shown);
  return {
    async require(db) {
      const now = await getPrompt(db, ctx.who, promptId);
      if (tags.includes(now.revision)) return;
      const isSame = tags.includes(tagOf(shown)) && shown.revision === now.revision;
      // A label of a prompt that it includes may have moved meanwhile.
      if (!isSame || (await inclusionOf(db, ctx, now)) !== included) throw new AppError('request.precondition_failed');
    },
  };
}

const Tagged = CurrentPrompt.pick({ revision: true, signature: true, templateFault: true, inputConflicts: true });

/** As REST writes it: of what the schema of the answer makes of a prompt. */
function tagOf({ revision, signature, templateFault, inputConflicts }: CurrentPrompt): string {
  return revisionTag(Tagged.parse({ revision, signature, templateFault, inputConflicts }), promptTag);
}

type Including = Pick<CurrentPrompt, 'id' | 'version' | 'content' | 'messages'>;

async function inclusionOf(db: Db, { who }: SignedInContext, prompt: Including): Promise<string> {
  if (!mayInclude(prompt)) return '';
  const version = { promptId: prompt.id, version: prompt.version };
  return (await findInclusions(db, who, [version])).revision(version);
}
