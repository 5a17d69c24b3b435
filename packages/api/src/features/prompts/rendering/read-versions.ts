import type { PromptVersion } from '@promptory/schemas';
import { areQuick } from '../../../domain/declarations/given-schemas.ts';
import { type ReadVersion, readVersion } from '../../../domain/signatures/read-version.ts';
import { type Rendering, type RenderResult, renderRead } from '../../../domain/signatures/render-version.ts';

/** Characters of a text and of the values, which are read and checked within a few milliseconds. */
const SMALL = 4_000;
/** Units of work that take about five milliseconds. */
const SMALL_WORK = 100_000;

const MOST_KEPT = 200;
/** Small versions that were rendered last, ready to be rendered again; a version never changes. */
const kept = new Map<string, ReturnType<typeof readVersion>>();

/** A version rendered in this thread; null where that might hold up others, so that it is for a worker. */
export function renderHere(version: PromptVersion, rendering: Rendering): RenderResult | null {
  if (!isSmall(version) || JSON.stringify(rendering.inputs).length > SMALL) return null;
  const read = readOnce(version);
  if (!read.ok) return read;
  const result = renderRead(read, rendering, SMALL_WORK);
  return 'fault' in result && result.fault.code === 'limit' ? null : result;
}

function isSmall({ content, messages, inputSchema }: PromptVersion): boolean {
  if (content.length > SMALL) return false;
  // Not all of a chat reads as its content: of a file with a name its address does not.
  if (messages !== null && JSON.stringify(messages).length > SMALL) return false;
  return areQuick(JSON.stringify(inputSchema));
}

function readOnce(version: PromptVersion): ReadVersion | Exclude<ReturnType<typeof readVersion>, ReadVersion> {
  const key = `${version.promptId}#${version.version}`;
  const read = kept.get(key) ?? readVersion(version);
  kept.delete(key);
  kept.set(key, read);
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value as string);
  return read;
}
