import { JsonFault, parseJson } from '@promptory/db';
import { RequestRefused } from '@promptory/trpc-fastify';

/**
 * Reads the JSON of a body so that what is stored of it is what was sent.
 * @throws RequestRefused for what cannot be kept as it stands, with its place
 */
export function readBody(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    throw new RequestRefused('malformed_json', `The body is ${error.message}.`, error.path);
  }
}
