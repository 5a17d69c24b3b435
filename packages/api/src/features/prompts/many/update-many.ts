import type { Database } from '@promptory/db';
import { type ChangedPrompts, fault, RefusedItem, type UpdateManyPromptsInput } from '@promptory/schemas';
import type { Transaction } from 'kysely';
import type { z } from 'zod';
import { lockEditablePrompts, type PromptAccess, requirePrompt } from '../../../access/require.ts';
import { recordAudits } from '../../../audit/record-audit.ts';
import type { SignedInContext } from '../../../context.ts';
import { type SchemaFaults, schemaFaults } from '../../../domain/declarations/given-schemas.ts';
import { givenTexts, type IncludePlaces, withIncludePlaces } from '../../../domain/stored-signatures/include-places.ts';
import type { VersionText } from '../../../domain/stored-signatures/signature-for.ts';
import { keepSignatures } from '../../../domain/stored-signatures/signed.ts';
import { AppError, invalidInput } from '../../../errors.ts';
import { runIdempotent } from '../../../idempotency/run-idempotent.ts';
import { shownRevision } from '../shown-tag.ts';
import { type Change, changePrompt } from '../update-prompt.ts';
import { apart, decided, inPlace, type Refused, refused, requireValid, undoneIfThrown } from './verdicts.ts';

/** What was sent, each item read by itself. */
type Input = z.output<typeof UpdateManyPromptsInput>;
type Item = Input['prompts'][number];
type Verdict = ChangedPrompts['results'][number];

interface Changed extends Change {
  readonly index: number;
  readonly id: string;
}

/** What the call goes by from its beginning to its end. */
interface Run {
  readonly faults: readonly SchemaFaults[];
  readonly places: IncludePlaces;
}

/**
 * Changes up to a hundred prompts in one transaction, each with a verdict of its own: one that is refused leaves the others as
 * they are. With an Idempotency-Key all of it is done once.
 * @throws AppError what `runIdempotent` throws; what a prompt is refused by is its verdict
 */
export async function updateManyPrompts(ctx: SignedInContext, input: Input): Promise<ChangedPrompts> {
  const faults = await schemaFaults(
    ctx.workers,
    input.prompts.map((item) => (item instanceof RefusedItem ? {} : item)),
  );
  const lost = new Map<string, AppError>();
  const saved: VersionText[] = [];
  const { results } = await withIncludePlaces(ctx.workers, givenTexts(input.prompts), (places) =>
    runIdempotent(
      ctx,
      input,
      async (trx) => {
        for (const [id, refusal] of await refusalsToEdit(trx, ctx, idsOf(input))) lost.set(id, refusal);
      },
      (trx, afterCommit) =>
        changeAll(trx, ctx, input, { faults, places }, (done) => afterCommit(() => void saved.push(...done))),
    ),
  );
  await keepSignatures(ctx, saved);
  // Of a prompt that was taken from the caller since, an answer that is given again tells nothing.
  return { results: results.map((verdict) => withoutLost(verdict, lost)) };
}

function withoutLost(verdict: Verdict, lost: ReadonlyMap<string, AppError>): Verdict {
  const refusal = verdict.outcome === 'refused' ? undefined : lost.get(verdict.id);
  return refusal === undefined ? verdict : refused(verdict.index, refusal);
}

const idsOf = ({ prompts }: Input): string[] =>
  prompts.flatMap((prompt) => (prompt instanceof RefusedItem ? [] : [prompt.id]));

async function changeAll(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  input: Input,
  run: Run,
  onSaved: (versions: readonly VersionText[]) => void,
): Promise<ChangedPrompts> {
  const editable = await lockEditablePrompts(trx, ctx.who, idsOf(input));
  const { done, refusals } = apart(await decideEach(trx, ctx, inLockOrder(input, editable), editable, run));
  onSaved(done.flatMap(({ saved }) => saved ?? []));
  await recordAudits(
    trx,
    ctx,
    done.flatMap(({ entry }) => entry ?? []),
  );
  const changes = done.map(({ index, id, entry }) => {
    return { index, id, outcome: entry === null ? ('unchanged' as const) : ('updated' as const) };
  });
  return { results: await inPlace(trx, ctx.who, changes, refusals) };
}

async function decideEach(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  items: readonly (readonly [index: number, item: Item])[],
  editable: ReadonlyMap<string, PromptAccess>,
  { faults, places }: Run,
): Promise<Array<Changed | Refused>> {
  const verdicts: Array<Changed | Refused> = [];
  const named = new Set<string>();
  for (const [index, item] of items) {
    const verdict = await decided(index, async () => {
      const input = requireValid(item);
      const { id } = input;
      if (named.has(id))
        throw invalidInput('id', fault('not_unique', {}, 'Is named before: a call changes a prompt once'));
      named.add(id);
      const prompt = editable.get(id) ?? (await requirePrompt(trx, ctx.who, id, 'edit'));
      if (!editable.has(id)) throw new AppError('request.conflict');
      const examined = { faults: faults[index] ?? {}, places, shown: shownRevision(ctx, id, input.revision) };
      return { index, id, ...(await undoneIfThrown(trx, () => changePrompt(trx, ctx, prompt, input, examined))) };
    });
    verdicts.push(verdict);
  }
  return verdicts;
}

/** Those of one owner after one another, and owners in one order, so that what is counted of them is locked in one too. */
export function inLockOrder(
  { prompts }: Input,
  editable: ReadonlyMap<string, Pick<PromptAccess, 'userId'>>,
): Array<readonly [index: number, item: Item]> {
  const ownerOf = (item: Item): string => (item instanceof RefusedItem ? '' : (editable.get(item.id)?.userId ?? ''));
  return [...prompts.entries()].toSorted(([, one], [, other]) => {
    const [first, second] = [ownerOf(one), ownerOf(other)];
    return first < second ? -1 : Number(first > second);
  });
}

/** What a call on those that may no longer be edited would be answered. */
async function refusalsToEdit(
  trx: Transaction<Database>,
  { who }: SignedInContext,
  ids: readonly string[],
): Promise<Map<string, AppError>> {
  const refusals = new Map<string, AppError>();
  for (const id of new Set(ids)) {
    try {
      await requirePrompt(trx, who, id, 'edit');
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refusals.set(id, error);
    }
  }
  return refusals;
}
