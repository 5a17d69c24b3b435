import { readEnv, SettingsError } from './env.ts';
import { createLogger } from './logger.ts';
import { loadEnvFile } from './project-root.ts';
import { StartError, serve } from './serve.ts';
import { stopOnSignals } from './stop-on-signals.ts';

/** Runs the server until it is told to stop. Exit code 0: it was; 1: it did not start, or failed. */
async function main(): Promise<void> {
  loadEnvFile();
  const env = readEnv(process.env);
  // A supervisor of ours gives a channel: its people read the log with their eyes.
  const supervised = process.send !== undefined;
  const logger = createLogger({ level: env.logLevel, environment: env.environment, readable: supervised });
  process.on('unhandledRejection', (error) => {
    logger.fatal({ err: error }, 'a failure that nobody handles');
    process.exit(1);
  });
  const server = await serve(env, logger);
  stopOnSignals({ supervised, logger, stop: () => server.stop() });
  logger.info({ url: server.url, publicUrl: env.publicUrl, pid: process.pid }, 'listening');
  process.send?.({ listening: server.url });
}

try {
  await main();
} catch (error) {
  if (!(error instanceof StartError || error instanceof SettingsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
