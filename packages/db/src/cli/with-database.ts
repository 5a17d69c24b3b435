import { join } from 'node:path';
import { openEmbedded } from '../embedded/index.ts';
import { ROOT } from './run-command.ts';

/** Runs `fn` on the database of DATABASE_URL or, outside production, on the embedded one of this project. */
export async function withDatabase<T>(fn: (connectionString: string) => Promise<T>): Promise<T> {
  const given = process.env.DATABASE_URL;
  if (given) return fn(given);
  if (process.env.NODE_ENV === 'production') {
    throw new Error(
      'DATABASE_URL is not set: the embedded PostgreSQL is for development only, and NODE_ENV is production.',
    );
  }
  const log = (message: string): void => {
    process.stderr.write(`${message}\n`);
  };
  const embedded = await openEmbedded({ folder: join(ROOT, '.promptory'), log: { info: log, warn: log } });
  const interrupted = (): void => {
    void embedded.close().finally(() => process.exit(130));
  };
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  try {
    return await fn(embedded.connectionString);
  } finally {
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
    await embedded.close();
  }
}
