import { readJson } from '@promptory/db';
import type { PromptVersion, RenderedPrompt, RenderPromptInput, RenderReferenceInput } from '@promptory/schemas';
import { requirePrompt } from '../../../access/require.ts';
import type { SignedInContext } from '../../../context.ts';
import { findInclusions } from '../../../domain/includes/included-versions.ts';
import { mayInclude } from '../../../domain/signatures/included-texts.ts';
import type { Source } from '../../../domain/signatures/read-version.ts';
import type { Rendering, RenderResult } from '../../../domain/signatures/render-version.ts';
import { includedTexts } from '../../../domain/stored-signatures/included-texts.ts';
import { shownFault, sourceOf } from '../../../domain/stored-signatures/signature-for.ts';
import { recordUse } from '../../../domain/usage/record-use.ts';
import { detailedError } from '../../../errors.ts';
import { getVersion, type Unsigned } from '../../../views/version-view.ts';
import { findResolved } from '../resolve/resolve-prompt.ts';
import { inputsInvalid } from './inputs-invalid.ts';
import { renderHere } from './read-versions.ts';

/**
 * A version with the caller's values in it, and the settings to ask a model with. Counts as a use.
 * @throws AppError prompt.not_found, prompt.version_not_found, prompt.inputs_invalid with every fault, prompt.template_invalid with
 *   the place, server.busy
 */
export async function renderPrompt(ctx: SignedInContext, input: RenderPromptInput): Promise<RenderedPrompt> {
  const prompt = await requirePrompt(ctx.db, ctx.who, input.id, 'read');
  return rendered(ctx, await getVersion(ctx.db, input.id, input.version ?? prompt.version), input);
}

/**
 * The same of the version that a reference names.
 * @throws AppError as `renderPrompt` and `findResolved` do
 */
export async function renderReference(ctx: SignedInContext, input: RenderReferenceInput): Promise<RenderedPrompt> {
  return rendered(ctx, await findResolved(ctx, input.ref), input);
}

async function rendered(
  ctx: SignedInContext,
  version: Unsigned<PromptVersion>,
  { inputs = {}, lenient = false }: Pick<RenderPromptInput, 'inputs' | 'lenient'>,
): Promise<RenderedPrompt> {
  const rendering: Rendering = { inputs, lenient, now: ctx.clock.now().getTime() };
  const inclusions = await findInclusions(ctx.db, ctx.who, [version].filter(mayInclude));
  const included = await includedTexts(ctx.db, version, inclusions);
  const result =
    renderHere(version, included, inclusions.digest(version), rendering) ??
    (await renderElsewhere(ctx, sourceOf(version, included), rendering));
  if ('faults' in result) throw inputsInvalid(result.faults);
  if ('fault' in result) throw detailedError('prompt.template_invalid', { fault: shownFault(result.fault) });
  recordUse(ctx, 'render', { id: version.promptId, version: version.version });
  return {
    promptId: version.promptId,
    version: version.version,
    kind: version.messages === null ? 'text' : 'chat',
    text: result.text,
    messages: result.messages as RenderedPrompt['messages'],
    config: version.config,
    outputSchema: version.outputSchema,
  };
}

async function renderElsewhere(
  { workers }: SignedInContext,
  source: Source,
  rendering: Rendering,
): Promise<RenderResult> {
  return readJson(
    await workers.run('renderVersion', JSON.stringify(source), JSON.stringify(rendering)),
  ) as unknown as RenderResult;
}
