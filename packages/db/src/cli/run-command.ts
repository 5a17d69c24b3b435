import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root, from src/cli as from dist/cli. */
export const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

/**
 * Runs a command line: settings from `.env` first (the environment wins), its answer on standard output, a failure as
 * one line on standard error with exit code 1.
 */
export async function runCommand(command: (args: string[]) => Promise<string>): Promise<void> {
  try {
    const settings = join(ROOT, '.env');
    if (existsSync(settings)) process.loadEnvFile(settings);
    process.stdout.write(`${await command(process.argv.slice(2))}\n`);
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    process.exitCode = 1;
  }
}

function describe(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return describe(error.errors[0]);
  const message = error instanceof Error ? error.message || error.name : String(error);
  const lines = message.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '').join(' ');
}
