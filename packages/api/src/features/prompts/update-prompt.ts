import { type Database, isUniqueViolation, type RowChange, storeWordsOf } from '@promptory/db';
import type { CurrentPrompt, UpdatePromptInput } from '@promptory/schemas';
import { sql, type Transaction } from 'kysely';
import { lockPrompt, type PromptAccess, requirePrompt } from '../../access/require.ts';
import { transactAsCaller } from '../../access/transact-as-caller.ts';
import { type AuditRecord, recordAudit } from '../../audit/record-audit.ts';
import type { SignedInContext, Who } from '../../context.ts';
import { requireSchemas, type SchemaFaults, schemaFaults } from '../../domain/declarations/given-schemas.ts';
import { firstSpellings, type Names, otherNames } from '../../domain/prompts/first-spellings.ts';
import type { Writing } from '../../domain/prompts/insert-prompts.ts';
import { requireBaseVersion } from '../../domain/prompts/require-base-version.ts';
import { textOf, type VersionedContent } from '../../domain/prompts/versioned-content.ts';
import { writeTags } from '../../domain/prompts/write-tags.ts';
import { writeVersion } from '../../domain/prompts/write-version.ts';
import { requireVersionFits } from '../../domain/quotas/account-resources.ts';
import { requireUnshadowed } from '../../domain/references/reference-targets.ts';
import { givenTexts, type IncludePlaces, withIncludePlaces } from '../../domain/stored-signatures/include-places.ts';
import { saveIncludes } from '../../domain/stored-signatures/save-includes.ts';
import type { VersionText } from '../../domain/stored-signatures/signature-for.ts';
import { AppError, nameTaken } from '../../errors.ts';
import { storedDocument, storedOutputSchema } from '../../views/stored-document.ts';
import { getSignedPrompt } from './read-prompt.ts';
import { type ShownTag, shownTag } from './shown-tag.ts';

/**
 * Changes what the input names. Other content is the next version; the prompt's own fields make none.
 * @throws AppError prompt.not_found, prompt.forbidden, prompt.version_conflict, prompt.slug_taken, request.invalid,
 *   quota.exceeded, request.precondition_failed, server.busy; server.unavailable where it was made all the same
 */
export async function updatePrompt(ctx: SignedInContext, input: UpdatePromptInput): Promise<CurrentPrompt> {
  const [faults = {}] = await schemaFaults(ctx.workers, [input]);
  const shown = await shownTag(ctx, input.id, input.revision);
  await withIncludePlaces(ctx.workers, givenTexts([input]), (places) =>
    transactAsCaller(ctx, async (trx) => {
      const prompt = await lockPrompt(trx, ctx.who, input.id, 'edit');
      const { entry } = await changePrompt(trx, ctx, prompt, input, { faults, places, shown });
      if (entry !== null) await recordAudit(trx, ctx, entry);
    }),
  );
  try {
    return await getSignedPrompt(ctx, input.id);
  } catch (error) {
    throw madeAllTheSame(error);
  }
}

/** Who is told that the server is busy takes it that nothing was done, and sends the change again. */
function madeAllTheSame(error: unknown): unknown {
  if (!(error instanceof AppError) || error.code !== 'server.busy') return error;
  return new AppError('server.unavailable', {
    message: 'The prompt was changed, but what it promises could not be worked out in time: read it anew.',
    cause: error,
    ...(error.retryAfterSeconds === null ? {} : { retryAfterSeconds: error.retryAfterSeconds }),
  });
}

/** What was found out of a change before its transaction. */
interface Examined {
  /** Of the schemas of the input. */
  readonly faults: SchemaFaults;
  readonly places: IncludePlaces;
  readonly shown: ShownTag;
}

/** What a change has come to. */
export interface Change {
  /** The entry of the audit log, to be written in this transaction; null where nothing was changed. */
  readonly entry: AuditRecord | null;
  /** The version that it wrote. */
  readonly saved: VersionText | null;
}

/** The same to a prompt whose row the caller has locked. */
export async function changePrompt(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  prompt: PromptAccess,
  input: UpdatePromptInput,
  { faults, places, shown }: Examined,
): Promise<Change> {
  const { id } = prompt;
  const before = await getStored(trx, id);
  await requireOwnFields(trx, ctx.who, input, before);
  await shown.require(trx);
  await requireBaseVersion(trx, prompt, input.baseVersion);
  requireSchemas(faults, input, before);
  const after = contentAfter(before, input);
  const { version, written } = await writeVersion(
    trx,
    { promptId: id, authorId: ctx.who.userId, at: ctx.clock.now(), changeNote: input.changeNote ?? null },
    after,
  );
  const text = { ...after, promptId: id, version };
  await saveIncludes(trx, ctx, prompt.userId, text, places);
  if (written) await requireVersionFits(trx, ctx, { ownerId: prompt.userId, authorId: ctx.who.userId, version });
  const writing: Writing = { ownerId: prompt.userId, authorId: ctx.who.userId, at: ctx.clock.now() };
  const changed = [
    ...(await changeOwnFields(trx, input, before, writing.at)),
    ...(await changeNames(trx, writing, id, otherNames(before, namesOf(input)))),
  ];
  if (!written && changed.length === 0) return { entry: null, saved: null };
  if (changed.length > 0) await storeWordsOf(trx, [id]);
  const details = { ...(written ? { version } : {}), ...(changed.length > 0 ? { changed } : {}) };
  const entry: AuditRecord = { action: 'prompt.updated', targetType: 'prompt', targetId: id, details };
  return { entry, saved: written ? text : null };
}

/**
 * Visibility and slug are changed by whoever owns the prompt. A slug that is taken tells that another prompt has it, so a key
 * that sees one group only changes none.
 * @throws AppError prompt.forbidden
 */
async function requireOwnFields(
  trx: Transaction<Database>,
  who: Who,
  { id, slug, visibility }: UpdatePromptInput,
  before: Stored,
): Promise<void> {
  const isSlugChanged = slug !== undefined && slug !== before.slug;
  const isVisibilityChanged = visibility !== undefined && visibility !== before.visibility;
  if (isSlugChanged || isVisibilityChanged) await requirePrompt(trx, who, id, 'own');
  if (isSlugChanged && who.groupId !== null) throw new AppError('prompt.forbidden');
  if (isSlugChanged) await requireUnshadowed(trx, who, slug);
}

interface Stored extends VersionedContent {
  readonly slug: string;
  readonly category: string | null;
  readonly visibility: 'private' | 'public';
  readonly isTemplate: boolean;
  readonly tags: readonly string[];
}

async function getStored(trx: Transaction<Database>, promptId: string): Promise<Stored> {
  return trx
    .selectFrom('prompts')
    .select(['title', 'description', 'content', 'slug', 'category', 'visibility', 'is_template as isTemplate'])
    .select([
      storedDocument<VersionedContent['messages']>('prompts', 'messages').as('messages'),
      storedDocument<VersionedContent['config']>('prompts', 'config').as('config'),
      storedDocument<VersionedContent['inputSchema']>('prompts', 'input_schema').as('inputSchema'),
      storedOutputSchema('prompts').as('outputSchema'),
      sql<string[]>`ARRAY(SELECT tags.name FROM tags WHERE tags.prompt_id = prompts.id)`.as('tags'),
    ])
    .where('id', '=', promptId)
    .executeTakeFirstOrThrow();
}

function contentAfter(before: Stored, input: UpdatePromptInput): VersionedContent {
  const { content, messages } = textOf(input, before);
  return {
    title: input.title ?? before.title,
    description: input.description ?? before.description,
    content,
    messages,
    config: input.config ?? before.config,
    inputSchema: input.inputSchema === undefined ? before.inputSchema : input.inputSchema,
    outputSchema: input.outputSchema === undefined ? before.outputSchema : input.outputSchema,
  };
}

/** The names of the fields that were changed. */
async function changeOwnFields(
  trx: Transaction<Database>,
  input: UpdatePromptInput,
  before: Stored,
  at: Date,
): Promise<string[]> {
  const change: RowChange<'prompts'> = {};
  const { slug, visibility, isTemplate } = input;
  if (slug !== undefined && slug !== before.slug) change.slug = slug;
  if (visibility !== undefined && visibility !== before.visibility) change.visibility = visibility;
  if (isTemplate !== undefined && isTemplate !== before.isTemplate) change.is_template = isTemplate;
  const changed = Object.keys(change);
  if (changed.length === 0) return [];
  try {
    await trx
      .updateTable('prompts')
      .set({ ...change, updated_at: at })
      .where('id', '=', input.id)
      .execute();
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken('prompt.slug_taken', error);
    throw error;
  }
  return changed;
}

const namesOf = ({ category, tags }: UpdatePromptInput): Names => ({
  ...(category === undefined ? {} : { category }),
  ...(tags === undefined ? {} : { tags }),
});

/** Sets other names than a prompt has, as its owner spells them; answers which. */
async function changeNames(
  trx: Transaction<Database>,
  writing: Writing,
  promptId: string,
  names: Names,
): Promise<string[]> {
  const changed = Object.keys(names);
  if (changed.length === 0) return [];
  const spellings = await firstSpellings(trx, writing, [names]);
  if (names.tags !== undefined) {
    await writeTags(trx, { promptId, ownerId: writing.ownerId }, spellings.tags(names.tags));
  }
  await trx
    .updateTable('prompts')
    .set({ ...spellings.categoryChange(names), updated_at: writing.at })
    .where('id', '=', promptId)
    .execute();
  return changed;
}
