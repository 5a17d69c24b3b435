import { readTls } from '../process/read-tls.ts';
import { StartError } from '../process/start-error.ts';
import { readEnv, SettingsError } from '../settings/env.ts';
import { loadServingEnv, namesInEnvFile } from '../settings/project-root.ts';

// As `pnpm start` reads them, whoever asks.
loadServingEnv();
try {
  const { environment, warnings, tls } = readEnv(process.env, namesInEnvFile());
  if (tls !== null) await readTls(tls);
  process.stdout.write([`The settings are right for ${environment}.`, ...warnings, ''].join('\n'));
} catch (error) {
  if (!(error instanceof SettingsError || error instanceof StartError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
