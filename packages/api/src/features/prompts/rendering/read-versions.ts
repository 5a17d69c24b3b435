import type { PromptVersion } from '@promptory/schemas';
import { LRUCache } from 'lru-cache';
import { type IncludedTexts, keyOf } from '../../../domain/signatures/included-texts.ts';
import { readVersion } from '../../../domain/signatures/read-version.ts';
import { type Rendering, type RenderResult, renderRead } from '../../../domain/signatures/render-version.ts';
import { isSmall, sourceOf } from '../../../domain/stored-signatures/signature-for.ts';
import type { Unsigned } from '../../../views/version-view.ts';

/** Characters of the values, which are checked within a few milliseconds. */
const SMALL = 4_000;
/** Units of work that take about five milliseconds. */
const SMALL_WORK = 100_000;

/** Small versions that were rendered last, by what they are and what they include, ready to be rendered again. */
const kept = new LRUCache<string, ReturnType<typeof readVersion>>({ max: 200 });

/**
 * A version rendered in this thread; null where that might hold up others, so that it is for a worker.
 * @param digest of what it includes; null where that is not the same for everybody
 */
export function renderHere(
  version: Unsigned<PromptVersion>,
  included: IncludedTexts | null,
  digest: string | null,
  rendering: Rendering,
): RenderResult | null {
  if (!isSmall(version, included) || JSON.stringify(rendering.inputs).length > SMALL) return null;
  const key = `${keyOf(version)} ${digest}`;
  const read = (digest === null ? undefined : kept.get(key)) ?? readVersion(sourceOf(version, included));
  if (digest !== null) kept.set(key, read);
  if (!read.ok) return read;
  const result = renderRead(read, rendering, SMALL_WORK);
  return 'fault' in result && result.fault.code === 'limit' ? null : result;
}
