import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';

/** The repository's root, from src as from dist. */
export const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

export const ENV_FILE = '.env';

/** Reads `.env` in the root into the environment, where it exists. What is set already wins. */
export function loadEnvFile(): void {
  useEnvFile({ ...process.env });
}

const readEnvFile = (): NodeJS.Dict<string> => {
  const file = join(ROOT, ENV_FILE);
  return existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
};

/** The names that `.env` in the root has now; none where there is no such file. */
export const namesInEnvFile = (): string[] => Object.keys(readEnvFile());

/** Makes the environment what was given and, beside it, what `.env` says now: what an earlier one said is gone. */
export function useEnvFile(given: NodeJS.ProcessEnv): void {
  const wanted = { ...readEnvFile(), ...given };
  for (const name of Object.keys(process.env)) if (!(name in wanted)) delete process.env[name];
  Object.assign(process.env, wanted);
}

/** The same for `pnpm start`: what is not started by `pnpm dev` serves others, unless NODE_ENV says otherwise. */
export function loadServingEnv(): void {
  loadEnvFile();
  process.env.NODE_ENV ||= 'production';
}
