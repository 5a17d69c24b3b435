import { parseJson, JsonFault as Refused } from '@promptory/db';
import { jsonBounds, jsonExcess } from '@promptory/trpc-fastify/procedure';

/** Why a text is not read as JSON; the message follows “is”. */
export class JsonFault extends Error {}

/**
 * JSON.parse makes all of a text before anyone can look at it: a line of four mebibytes becomes a hundred times as much
 * memory where it is two million brackets. So its shape is counted first, and bounded as that of any body.
 *
 * @throws JsonFault when it is not JSON, holds what cannot be kept as it stands, or nests or holds more than any prompt.
 */
export function parseBoundedJson(text: string): unknown {
  const excess = jsonExcess(text);
  if (excess === 'levels') throw new JsonFault(`JSON deeper than ${jsonBounds.levels} levels`);
  if (excess !== null) throw new JsonFault(`JSON of more than ${jsonBounds[excess]} ${excess}`);
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    throw new JsonFault((error.path ?? '') === '' ? error.message : `${error.message} (at ${error.path})`);
  }
}
