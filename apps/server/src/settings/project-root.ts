import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root, from src as from dist. */
export const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

/** Reads `.env` in the root into the environment, where it exists. What is set already wins. */
export function loadEnvFile(): void {
  const file = join(ROOT, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
}

/** The same for `pnpm start`: what is not started by `pnpm dev` serves others, unless NODE_ENV says otherwise. */
export function loadServingEnv(): void {
  loadEnvFile();
  process.env.NODE_ENV ||= 'production';
}
