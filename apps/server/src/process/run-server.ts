import { createLogger, type DestinationStream } from '../observability/logger.ts';
import { readEnv, SettingsError } from '../settings/env.ts';
import { namesInEnvFile } from '../settings/project-root.ts';
import { type ServeOptions, serve } from './serve.ts';
import { StartError } from './start-error.ts';
import { stopOnSignals } from './stop-on-signals.ts';

/**
 * Runs the server by the environment until a signal or its supervisor stops it, and ends the process. Exit code 0: it was
 * stopped; 1: it did not start, or failed.
 *
 * @param options.supervised whether `pnpm dev` started it: then Ctrl-C is left to that
 * @param options.destination of the log; standard output unless given
 */
export async function runServer(
  options: { supervised: boolean; destination?: DestinationStream } & ServeOptions,
): Promise<void> {
  const { supervised, destination, ...serving } = options;
  try {
    const env = readEnv(process.env, namesInEnvFile());
    const logger = createLogger({ level: env.logLevel, environment: env.environment, destination });
    for (const warning of env.warnings) logger.warn({}, warning);
    process.on('unhandledRejection', (error) => {
      logger.fatal({ err: error }, 'a failure that nobody handles');
      process.exit(1);
    });
    const server = await serve(env, logger, serving);
    stopOnSignals({ supervised, logger, stop: () => server.stop() });
    const { readCertificate } = server;
    if (readCertificate !== null) process.on('SIGHUP', () => void readCertificate());
    logger.info({ url: server.url, publicUrl: env.publicUrl, pid: process.pid }, 'listening');
    process.send?.({ listening: server.url });
  } catch (error) {
    if (!(error instanceof StartError || error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
