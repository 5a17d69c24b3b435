import { JsonFault, parseJson } from '@promptory/db/json';
import { bundlePayload } from '@promptory/template';
import { jsonExcess } from '@promptory/trpc-fastify/procedure';
import { isUnchanged } from './bundle-signature.ts';
import { outsizeOf } from './outsize-json.ts';

/** What of a bundle is no version: all around its prompts, or why it is none. */
export interface OpenedBundle {
  readonly fault: string | null;
  /** Its prompts left out. */
  readonly about: unknown;
  readonly isUnchanged: boolean;
}

/** A prompt of a bundle, whose versions follow it. */
export interface OpenedPrompt {
  /** Its versions left out; what is no object stays as it is. */
  readonly head: unknown;
  /** Null where it has no list of them. */
  readonly versionCount: number | null;
}

/**
 * A bundle as lines of JSON: an OpenedBundle, then each prompt as an OpenedPrompt with a line for each of its versions. Whoever
 * reads it goes from line to line, so that no other waits for a bundle as a whole. For a thread of its own.
 */
export function openBundle(text: string): string {
  const lines: string[] = [];
  const say = (line: OpenedBundle | OpenedPrompt) => lines.push(JSON.stringify(line));
  const outsize = outsizeOf(text);
  if (outsize !== null) {
    say({ fault: outsize, about: null, isUnchanged: false });
    return lines.join('\n');
  }
  try {
    const bundle = parseJson(text);
    if (typeof bundle !== 'object' || bundle === null || !('prompts' in bundle) || !Array.isArray(bundle.prompts)) {
      say({ fault: 'The bundle is not whole: prompts: It has none.', about: null, isUnchanged: false });
      return lines.join('\n');
    }
    const { prompts, ...about } = bundle as { prompts: unknown[] };
    say({ fault: null, about, isUnchanged: isUnchanged(text, bundle) });
    for (const prompt of prompts) {
      const { versions, ...head } = Object(prompt) as { versions?: unknown };
      const list = Array.isArray(versions) ? (versions as unknown[]) : null;
      say({ head, versionCount: list?.length ?? null });
      for (const version of list ?? []) lines.push(JSON.stringify(version ?? null));
    }
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    const place = (error.path ?? '') === '' ? '' : ` (at ${error.path})`;
    say({ fault: `The bundle is ${error.message}${place}.`, about: null, isUnchanged: false });
  }
  return lines.join('\n');
}

/**
 * What is signed of a bundle; nothing where it is more than an import takes. For a thread of its own.
 *
 * @param unsigned it without a signature, as JSON
 */
export const payloadOf = (unsigned: string): string =>
  jsonExcess(unsigned) === null ? bundlePayload(JSON.parse(unsigned) as object) : '';
