import { fittingCount, PAGE_BYTES, rowBytes } from '@promptory/db';
import { RefusedItem, type ResolvedPrompt, type ResolvedPrompts, type ResolveManyInput } from '@promptory/schemas';
import type { z } from 'zod';
import { readablePrompts } from '../../../access/visibility.ts';
import type { SignedInContext } from '../../../context.ts';
import { findInclusions } from '../../../domain/includes/included-versions.ts';
import { findTargets, type LookedUp, lookedUp, refusalOf } from '../../../domain/references/reference-targets.ts';
import { keyOf, mayInclude } from '../../../domain/signatures/included-texts.ts';
import { includedAnswer } from '../../../domain/stored-signatures/included-answer.ts';
import { signaturesOf } from '../../../domain/stored-signatures/signed.ts';
import { recordUse } from '../../../domain/usage/record-use.ts';
import { AppError, fieldErrors } from '../../../errors.ts';
import { isOneOfVersions } from '../../../views/version-view.ts';
import { refused } from '../many/verdicts.ts';
import { selectResolved } from './resolve-prompt.ts';

interface Found {
  readonly index: number;
  readonly label: string | null;
  readonly key: string;
  readonly promptId: string;
  readonly version: number;
  readonly bytes: number;
}

/**
 * The versions that references name, each with a verdict of its own, by two statements, and one for each that includes others.
 * Where they have more bytes together than an answer may, what they include counted, the last ones are refused. Each use is counted.
 */
export async function resolveMany(
  ctx: SignedInContext,
  { refs }: z.output<typeof ResolveManyInput>,
): Promise<ResolvedPrompts> {
  const refusals: ReturnType<typeof refused>[] = [];
  const references: Array<{ index: number; reference: LookedUp }> = [];
  for (const [index, ref] of refs.entries()) {
    if (ref instanceof RefusedItem) {
      refusals.push(refused(index, new AppError('request.invalid', { errors: fieldErrors(ref.faults) })));
    } else references.push({ index, reference: lookedUp(ref) });
  }
  const targets = await findTargets(
    ctx.db,
    ctx.who,
    references.map(({ reference }) => reference),
  );
  const found: Found[] = [];
  for (const [at, { index, reference }] of references.entries()) {
    const target = targets[at];
    const refusal = refusalOf(reference, target);
    if (refusal !== null) refusals.push(refused(index, refusal));
    else if (target?.promptId != null && target.version !== null) {
      const { promptId, version, bytes } = target;
      found.push({ index, label: reference.label, key: keyOf({ promptId, version }), promptId, version, bytes });
    }
  }
  const asked = found.slice(0, fittingCount(found.map(({ bytes }) => bytes)));
  const rows = await readVersions(ctx, asked);
  const prompts = asked.map(({ key, label }) => {
    const row = rows.get(key);
    return row === undefined || row === null ? row : { ...row, label };
  });
  const fitting = fittingCount(prompts.map((prompt) => (prompt ? rowBytes(prompt) : 0)));
  const results = found.map(({ index }, at) => {
    const prompt = prompts[at];
    if (at >= fitting || prompt === null) return refused(index, new AppError('answer.too_large'));
    if (prompt === undefined) return refused(index, new AppError('prompt.not_found'));
    recordUse(ctx, 'resolve', { id: prompt.promptId, version: prompt.version });
    return { index, outcome: 'resolved' as const, prompt };
  });
  return { results: [...results, ...refusals].toSorted((one, other) => one.index - other.index) };
}

/** By prompt and number; access is checked anew. Null where it is too long for the answer with what it includes. */
async function readVersions(
  ctx: SignedInContext,
  wanted: readonly Found[],
): Promise<Map<string, Omit<ResolvedPrompt, 'label'> | null>> {
  if (wanted.length === 0) return new Map();
  const rows = await selectResolved(ctx.db).where(isOneOfVersions(wanted)).where(readablePrompts(ctx.who)).execute();
  const inclusions = await findInclusions(ctx.db, ctx.who, rows.filter(mayInclude));
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  const prompts = new Map<string, Omit<ResolvedPrompt, 'label'> | null>();
  // What is too long for the answer is not worked out either.
  const fitting: typeof rows = [];
  let bytes = 0;
  for (const { key } of wanted) {
    const row = byKey.get(key);
    if (row === undefined || prompts.has(key) || fitting.includes(row)) continue;
    bytes += inclusions.bytes(row);
    if (bytes <= PAGE_BYTES) fitting.push(row);
    else prompts.set(key, null);
  }
  const { fields } = await signaturesOf(ctx, fitting, inclusions);
  for (const [place, row] of fitting.entries()) {
    const signature = fields[place] as (typeof fields)[number];
    prompts.set(keyOf(row), { ...row, ...signature, ...(await includedAnswer(ctx.db, row, inclusions)).fields });
  }
  return prompts;
}
