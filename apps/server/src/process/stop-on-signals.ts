import type { Logger } from '../observability/logger.ts';

/**
 * Stops the server at SIGTERM or SIGINT and ends the process; a second signal ends it at once. Under our own supervisor
 * the signals of a terminal, which reach every process of its group, are left to it: it says `stop`, or is gone.
 */
export function stopOnSignals(options: { supervised: boolean; logger: Logger; stop(): Promise<void> }): void {
  const { supervised, logger, stop } = options;
  let stopping = false;
  const end = (reason: string): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ reason }, 'stopping');
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.fatal({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (supervised) return;
      if (stopping) process.exit(1);
      end(signal);
    });
  }
  process.on('message', (message) => {
    if (message === 'stop') end('its supervisor asked for it');
  });
  process.on('disconnect', () => end('its supervisor is gone'));
}
