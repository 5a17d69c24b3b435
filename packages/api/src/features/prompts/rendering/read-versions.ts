import type { PromptVersion } from '@promptory/schemas';
import { LRUCache } from 'lru-cache';
import { type ReadVersion, readVersion } from '../../../domain/signatures/read-version.ts';
import { type Rendering, type RenderResult, renderRead } from '../../../domain/signatures/render-version.ts';
import { isSmall } from '../../../domain/stored-signatures/signature-for.ts';
import { keyOf } from '../../../domain/stored-signatures/stored-signatures.ts';
import type { Unsigned } from '../../../views/version-view.ts';

/** Characters of the values, which are checked within a few milliseconds. */
const SMALL = 4_000;
/** Units of work that take about five milliseconds. */
const SMALL_WORK = 100_000;

/** Small versions that were rendered last, ready to be rendered again; a version never changes. */
const kept = new LRUCache<string, ReturnType<typeof readVersion>>({ max: 200 });

/** A version rendered in this thread; null where that might hold up others, so that it is for a worker. */
export function renderHere(version: Unsigned<PromptVersion>, rendering: Rendering): RenderResult | null {
  if (!isSmall(version) || JSON.stringify(rendering.inputs).length > SMALL) return null;
  const read = readOnce(version);
  if (!read.ok) return read;
  const result = renderRead(read, rendering, SMALL_WORK);
  return 'fault' in result && result.fault.code === 'limit' ? null : result;
}

function readOnce(
  version: Unsigned<PromptVersion>,
): ReadVersion | Exclude<ReturnType<typeof readVersion>, ReadVersion> {
  const key = keyOf(version);
  const read = kept.get(key) ?? readVersion(version);
  kept.set(key, read);
  return read;
}
