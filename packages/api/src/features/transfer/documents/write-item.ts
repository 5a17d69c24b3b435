import { type Database, othersTurn } from '@promptory/db';
import type { Transaction } from 'kysely';
import type { SignedInContext } from '../../../context.ts';
import { insertPrompt } from '../../../domain/prompts/insert-prompts.ts';
import { contentHash, type VersionedContent } from '../../../domain/prompts/versioned-content.ts';
import { writeVersion } from '../../../domain/prompts/write-version.ts';
import { lockResources, requireRoom, requireVersionFits, roomOf } from '../../../domain/quotas/account-resources.ts';
import { requireUnshadowed } from '../../../domain/references/reference-targets.ts';
import type { IncludePlaces } from '../../../domain/stored-signatures/include-places.ts';
import { settleIncludes } from '../../../domain/stored-signatures/save-includes.ts';
import type { VersionText } from '../../../domain/stored-signatures/signature-for.ts';
import { AppError } from '../../../errors.ts';
import { refusedSchemas } from '../import/checked-schemas.ts';
import { listBySlug, updateOwnFields } from '../import/import-batch.queries.ts';
import { changedFields, type ExistingPrompt, newContent } from '../import/import-plan.ts';
import { type BundledPrompt, type PinnedVersion, pinIncludes } from './bundle/bundle-pins.ts';
import { addAliases, findItem, listHashes } from './documents.queries.ts';
import type { ItemsRun, PromptItem } from './import-item.ts';
import { moveLabels, writeHistory } from './item-labels.ts';

/** The text of a version that was not there before, and what its references led to in a bundle. */
export type SavedVersion = VersionText & PinnedVersion;

export interface WrittenItem {
  readonly outcome: 'created' | 'updated' | 'unchanged';
  readonly promptId: string;
  /** Of each version of the item the number that it has here. */
  readonly numbers: readonly number[];
  readonly saved: readonly SavedVersion[];
  readonly reason: string | null;
  readonly warnings: readonly string[];
}

/**
 * Writes what of a prompt is not there yet: it as a whole, or its next versions, other fields, labels and aliases.
 * @param before the ids of the prompts that items before it are, and how their files call them; those of a bundle, and what texts
 *   include
 * @throws AppError request.invalid, quota.exceeded, prompt.breaking_change, label.protected, auth.scope_missing
 */
export async function writeItem(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  run: ItemsRun,
  item: PromptItem,
  before: {
    readonly ids: ReadonlyMap<string, string | undefined>;
    readonly places: IncludePlaces;
    readonly bundled: ReadonlyMap<string, BundledPrompt>;
  },
): Promise<WrittenItem> {
  const { userId } = ctx.who;
  const at = ctx.clock.now();
  const { found, isOther } = await findItem(trx, userId, item.slug, item.aliases);
  const isBefore = found !== null && before.ids.has(found);
  if (isOther || (isBefore && !(item.goesOn && before.ids.get(found) === item.calledAs))) {
    const message = `"${item.slug}" is another prompt already: give one of them another name.`;
    throw new AppError('request.invalid', { message });
  }
  const { promptId, numbers, isChanged, saved } =
    found === null ? await createItem(trx, ctx, run, item) : await updateItem(trx, ctx, item, found);
  await settleIncludes(trx, ctx, userId, saved, before.places);
  await pinIncludes(trx, saved, before.bundled);
  const target = { promptId, versionOf: (index: number) => numbers[index] ?? null };
  if (found === null) await writeHistory(trx, ctx, item, target);
  const moved = await moveLabels(trx, ctx, run, item.labels, target);
  const { added, taken } = await addAliases(trx, { ownerId: userId, promptId, at }, item.aliases);
  const outcome = found === null ? 'created' : isChanged || moved || added.length > 0 ? 'updated' : 'unchanged';
  const isHere = 'The prompt is just like this already';
  return {
    outcome,
    promptId,
    numbers,
    saved,
    reason: outcome === 'unchanged' ? isHere : null,
    warnings: taken.map((alias) => `"${alias}" leads to another prompt of yours, and still does.`),
  };
}

interface Present {
  readonly promptId: string;
  /** Of each version of the item the number that it has here. */
  readonly numbers: readonly number[];
  readonly saved: readonly SavedVersion[];
  readonly isChanged: boolean;
}

async function createItem(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  run: ItemsRun,
  { slug, versions }: PromptItem,
): Promise<Present> {
  const { userId } = ctx.who;
  const now = ctx.clock.now();
  const contents = await contentsOf(versions);
  const [first] = contents;
  const last = versions.at(-1)?.prompt;
  if (first === undefined || last === undefined) throw new Error('An item has a version.');
  await requireUnshadowed(trx, ctx.who, slug);
  requireRoom(await lockResources(trx, ctx, userId), roomOf(first.content));
  const { id: promptId } = await insertPrompt(
    trx,
    { ownerId: userId, authorId: userId, at: timeOf(first.createdAt, now) },
    {
      ...first.content,
      slug: { given: slug },
      category: last.category ?? null,
      tags: last.tags ?? [],
      isTemplate: last.isTemplate ?? false,
      visibility: last.visibility ?? run.visibility,
      changeNote: first.changeNote,
    },
  );
  const numbers = [1, ...(await addVersions(trx, ctx, promptId, contents.slice(1)))];
  return { promptId, numbers, saved: savedOf(promptId, contents, numbers), isChanged: true };
}

async function updateItem(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  { versions, hasHistory }: PromptItem,
  promptId: string,
): Promise<Present> {
  const { userId } = ctx.who;
  const existing = await getExisting(trx, userId, promptId);
  const contents = await contentsOf(versions, existing);
  const hashes = await listHashes(trx, promptId);
  const known = hasHistory ? inOrder(contents, hashes) : latestOf(contents, hashes);
  const added = contents.slice(known.length);
  const numbers = await addVersions(trx, ctx, promptId, added);
  const last = versions.at(-1)?.prompt;
  const fields = last === undefined ? {} : changedFields(existing, last);
  const hasFields = Object.keys(fields).length > 0;
  if (hasFields) await updateOwnFields(trx, { promptId, ownerId: userId }, fields, ctx.clock.now());
  const saved = savedOf(promptId, added, numbers);
  return { promptId, numbers: [...known, ...numbers], saved, isChanged: hasFields || added.length > 0 };
}

const savedOf = (promptId: string, contents: readonly Content[], numbers: readonly number[]): SavedVersion[] =>
  contents.map(({ content, includes }, index) => ({
    ...content,
    promptId,
    version: numbers[index] as number,
    includes,
  }));

async function getExisting(trx: Transaction<Database>, ownerId: string, promptId: string): Promise<ExistingPrompt> {
  const { slug } = await trx.selectFrom('prompts').select('slug').where('id', '=', promptId).executeTakeFirstOrThrow();
  const [existing] = await listBySlug(trx, ownerId, [slug]);
  if (existing === undefined) throw new AppError('request.conflict');
  return existing;
}

interface Content {
  readonly content: VersionedContent;
  readonly hash: string;
  readonly changeNote: string | null;
  readonly createdAt: string | null;
  readonly includes: PinnedVersion['includes'];
}

/** @throws AppError request.invalid for schemas with faults that the prompt has not already */
async function contentsOf(versions: PromptItem['versions'], existing?: ExistingPrompt): Promise<Content[]> {
  const contents: Content[] = [];
  for (const { prompt, changeNote, createdAt, includes } of versions) {
    const reason = refusedSchemas(prompt, existing);
    if (reason !== null) throw new AppError('request.invalid', { message: reason });
    const content = newContent(prompt);
    contents.push({ content, hash: contentHash(content).toString('hex'), changeNote, createdAt, includes });
    // Others have their turn between.
    await othersTurn();
  }
  return contents;
}

/** The numbers of those that are there already, one after the other, from the first on. */
function inOrder(contents: readonly Content[], hashes: readonly string[]): number[] {
  const numbers: number[] = [];
  for (const { hash } of contents) {
    const before = numbers.at(-1) ?? 0;
    const isSame = before > 0 && hashes[before - 1] === hash;
    const index = isSame ? before - 1 : hashes.indexOf(hash, before);
    if (index === -1) break;
    numbers.push(index + 1);
  }
  return numbers;
}

/** The same for one that is to be the latest. */
const latestOf = ([only]: readonly Content[], hashes: readonly string[]): number[] =>
  only !== undefined && hashes.at(-1) === only.hash ? [hashes.length] : [];

/** The numbers of versions that are added. What is as the one before it is that one. */
async function addVersions(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  promptId: string,
  contents: readonly Content[],
): Promise<number[]> {
  const { userId } = ctx.who;
  const numbers: number[] = [];
  for (const { content, changeNote, createdAt } of contents) {
    const writing = { promptId, authorId: userId, at: timeOf(createdAt, ctx.clock.now()), changeNote };
    const { version, written } = await writeVersion(trx, writing, content);
    if (written) await requireVersionFits(trx, ctx, { ownerId: userId, authorId: userId, version });
    numbers.push(version);
  }
  return numbers;
}

/** A time that a file gives, unless it is still to come. */
const timeOf = (given: string | null, now: Date): Date =>
  given === null || Date.parse(given) > now.getTime() ? now : new Date(given);
