import { prettyFactory } from 'pino-pretty';
import type { DestinationStream } from '../observability/logger.ts';

/** Writes the log to standard output as lines for a person: time of day, level, message and facts, then an error's stack. */
export function readableLog(): DestinationStream {
  const format = prettyFactory({ singleLine: true, translateTime: 'SYS:HH:MM:ss.l', ignore: 'service,environment' });
  return {
    // At once, not through its stream: what is logged last before the process ends must be seen.
    write(line) {
      process.stdout.write(format(line));
    },
  };
}
