import { JsonFault, parseJson } from '@promptory/db';
import { RequestRefused } from '@promptory/trpc-fastify';

/**
 * Reads the JSON of a request so that what is stored of it is what was sent. `what` it is: its body, or the input that an
 * address names.
 * @throws RequestRefused for what is not JSON or cannot be kept as it stands, with its place
 */
export function readJson(text: string, what: 'body' | 'input'): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    const reason = error.path === null ? 'malformed_json' : 'unkept_json';
    throw new RequestRefused(reason, `The ${what} is ${error.message}.`, error.path ?? '');
  }
}
