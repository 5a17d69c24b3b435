import { join } from 'node:path';
import { openEmbedded } from '../embedded/index.ts';
import { ROOT } from './run-command.ts';

/** The database that a command changes. */
export interface OwnedDatabase {
  /** Of the schema's owner. */
  readonly connectionString: string;
  /** Of the application, as whom the server runs. */
  readonly applicationConnectionString: string | undefined;
}

/**
 * Runs `fn` as the owner of the schema: the role of DATABASE_OWNER_URL, else the one of DATABASE_URL, or, outside
 * staging and production, on the embedded database of this project.
 */
export async function withDatabase<T>(fn: (database: OwnedDatabase) => Promise<T>): Promise<T> {
  const given = process.env.DATABASE_URL;
  const owner = process.env.DATABASE_OWNER_URL || given;
  if (owner) {
    return fn({ connectionString: owner, applicationConnectionString: given || undefined });
  }
  // As the server and its commands have it: what serves others has a database of its own.
  if (/^(?:staging|production)$/.test(process.env.NODE_ENV ?? '')) {
    throw new Error('DATABASE_URL is not set: the embedded PostgreSQL is for development only.');
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
    const { connectionString, ownerConnectionString } = embedded;
    return await fn({
      connectionString: ownerConnectionString,
      applicationConnectionString: connectionString,
    });
  } finally {
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
    await embedded.close();
  }
}
