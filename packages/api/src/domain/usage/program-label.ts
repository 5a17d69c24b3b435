import { hash } from 'node:crypto';

const FIRST = 100_000;
const NUMBERS = 900_000;

/**
 * What a prompt's owner sees of a program that is somebody else's: the name of its key is that person's own text. The number
 * is the same for one key each time, tells nothing of the key, and is another one with each prompt.
 */
export function programLabel(promptId: string, apiKeyId: string): string {
  const first = Number.parseInt(hash('sha256', `${promptId}|${apiKeyId}`, 'hex').slice(0, 8), 16);
  return `somebody's program ${FIRST + (first % NUMBERS)}`;
}
