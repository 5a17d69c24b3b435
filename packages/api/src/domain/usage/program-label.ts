import { createHash } from 'node:crypto';

const FIRST = 100_000;
const NUMBERS = 900_000;

/**
 * What a prompt's owner sees of a program that is somebody else's: the name of its key is that person's own text. The number
 * is the same for one key each time, tells nothing of the key, and is another one with each prompt.
 */
export function programLabel(promptId: string, apiKeyId: string): string {
  const hash = createHash('sha256').update(`${promptId}|${apiKeyId}`).digest();
  return `somebody's program ${FIRST + (hash.readUInt32BE() % NUMBERS)}`;
}
