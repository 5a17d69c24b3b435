import type { Database } from '@promptory/db';
import { type CreatedPrompts, type CreateManyPromptsInput, RefusedItem } from '@promptory/schemas';
import type { Transaction } from 'kysely';
import type { z } from 'zod';
import { recordAudits } from '../../../audit/record-audit.ts';
import type { SignedInContext } from '../../../context.ts';
import { requireSchemas, type SchemaFaults, schemaFaults } from '../../../domain/declarations/given-schemas.ts';
import {
  type InsertedPrompt,
  insertPrompt,
  insertPrompts,
  type NewPrompt,
  type Writing,
} from '../../../domain/prompts/insert-prompts.ts';
import { slugsInUse } from '../../../domain/prompts/prompt-slugs.ts';
import { textOf } from '../../../domain/prompts/versioned-content.ts';
import { lockResources, requireRoom, roomOf, withAdded } from '../../../domain/quotas/account-resources.ts';
import { requireUnshadowed } from '../../../domain/references/reference-targets.ts';
import { givenTexts, withIncludePlaces } from '../../../domain/stored-signatures/include-places.ts';
import { settleIncludes } from '../../../domain/stored-signatures/save-includes.ts';
import type { VersionText } from '../../../domain/stored-signatures/signature-for.ts';
import { keepSignatures } from '../../../domain/stored-signatures/signed.ts';
import { AppError, nameTaken } from '../../../errors.ts';
import { replayOwnResult, runIdempotent } from '../../../idempotency/run-idempotent.ts';
import { newPromptOf, promptCreated } from '../create-prompt.ts';
import { getNewPromptDefaults } from '../prompts.queries.ts';
import { apart, decided, inPlace, type Refused, requireValid, undoneIfThrown } from './verdicts.ts';

interface Accepted {
  readonly index: number;
  readonly prompt: NewPrompt;
}

interface Made {
  readonly index: number;
  readonly id: string;
}

/** What was sent, each item read by itself. */
type Input = z.output<typeof CreateManyPromptsInput>;

/**
 * Makes up to a hundred prompts of the caller's own in one transaction, each with a verdict of its own: one that is refused
 * leaves the others as they are. With an Idempotency-Key all of it is done once.
 * @throws AppError what `runIdempotent` throws, server.busy; what a prompt is refused by is its verdict
 */
export async function createManyPrompts(ctx: SignedInContext, input: Input): Promise<CreatedPrompts> {
  const faults = await schemaFaults(
    ctx.workers,
    input.prompts.map((item) => (item instanceof RefusedItem ? {} : item)),
  );
  let kept: VersionText[] = [];
  const created = await withIncludePlaces(ctx.workers, givenTexts(input.prompts), (places) =>
    runIdempotent(ctx, input, replayOwnResult, async (trx, afterCommit) => {
      const examined = apart(await examine(trx, ctx, input, faults));
      const inserted = apart(await insert(trx, ctx, examined.done));
      const prompts = new Map(examined.done.map(({ index, prompt }) => [index, prompt]));
      const saved = inserted.done.flatMap(({ index, id }) => {
        const prompt = prompts.get(index);
        return prompt === undefined ? [] : [{ ...prompt, promptId: id, version: 1 }];
      });
      await settleIncludes(trx, ctx, ctx.who.userId, saved, places);
      afterCommit(() => {
        kept = saved;
      });
      await recordAudits(
        trx,
        ctx,
        inserted.done.map(({ index, id }) => promptCreated(id, prompts.get(index)?.visibility ?? 'private')),
      );
      const made = inserted.done.map((one) => ({ ...one, outcome: 'created' as const }));
      return { results: await inPlace(trx, ctx.who, made, [...examined.refusals, ...inserted.refusals]) };
    }),
  );
  await keepSignatures(ctx, kept);
  return created;
}

/** Refuses what can be known to be refused before anything is written. */
async function examine(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  { prompts }: Input,
  faults: readonly SchemaFaults[],
): Promise<Array<Accepted | Refused>> {
  const { userId } = ctx.who;
  let resources = await lockResources(trx, ctx, userId);
  const defaults = await getNewPromptDefaults(trx, userId);
  const given = prompts.flatMap((prompt) => (prompt instanceof RefusedItem ? [] : (prompt.slug ?? [])));
  const taken = await slugsInUse(trx, userId, given);
  const verdicts: Array<Accepted | Refused> = [];
  for (const [index, item] of prompts.entries()) {
    const verdict = await decided(index, async () => {
      const input = requireValid(item);
      requireSchemas(faults[index] ?? {}, input);
      const prompt = newPromptOf(input, textOf(input), defaults);
      if (input.slug !== undefined && taken.has(input.slug)) throw nameTaken('prompt.slug_taken');
      if (input.slug !== undefined) await requireUnshadowed(trx, ctx.who, input.slug);
      const room = roomOf(prompt);
      requireRoom(resources, room);
      resources = withAdded(resources, room);
      if (input.slug !== undefined) taken.add(input.slug);
      return { index, prompt };
    });
    verdicts.push(verdict);
  }
  return verdicts;
}

/**
 * All at once; where one loses its slug meanwhile, or to the slug that is made from another's title, one after another, so that
 * it alone is refused.
 */
async function insert(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  accepted: readonly Accepted[],
): Promise<Array<Made | Refused>> {
  if (accepted.length === 0) return [];
  const { userId } = ctx.who;
  const writing: Writing = { ownerId: userId, authorId: userId, at: ctx.clock.now() };
  const prompts = accepted.map(({ prompt }) => prompt);
  try {
    const inserted = await undoneIfThrown(trx, () => insertPrompts(trx, writing, prompts));
    return accepted.map(({ index }, place) => ({ index, id: idOf(inserted[place]) }));
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'prompt.slug_taken') throw error;
  }
  const verdicts: Array<Made | Refused> = [];
  for (const { index, prompt } of accepted) {
    const verdict = await decided(index, async () => {
      const { id } = await undoneIfThrown(trx, () => insertPrompt(trx, writing, prompt));
      return { index, id };
    });
    verdicts.push(verdict);
  }
  return verdicts;
}

function idOf(inserted: InsertedPrompt | undefined): string {
  if (inserted === undefined) throw new Error('An inserted prompt was not answered.');
  return inserted.id;
}
