import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';

/**
 * Keeps a failure that nobody expected, whole, in a file of its own: what fails may be the data folder itself.
 * @returns one line for whoever ran the command, which says where that is
 */
export async function keepFailure(error: unknown): Promise<string> {
  const [message = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  const text = `${new Date().toISOString()}\n${inspect(error, { depth: 5 })}\n`;
  try {
    const file = join(await mkdtemp(join(tmpdir(), 'promptory-failure-')), 'failure.log');
    await writeFile(file, text, { mode: 0o600 });
    return `Development ended by a failure that is not yours: ${message} All that is known of it: ${file}`;
  } catch {
    return text;
  }
}
