import { readEnv, SettingsError } from '../settings/env.ts';
import { loadServingEnv } from '../settings/project-root.ts';

// As `pnpm start` reads them, whoever asks.
loadServingEnv();
try {
  const { environment, warnings } = readEnv(process.env);
  process.stdout.write([`The settings are right for ${environment}.`, ...warnings, ''].join('\n'));
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
