import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testServices } from '@promptory/api/testing';
import { type CredentialMarks, createCredentialMarks } from '@promptory/auth';
import {
  createTestDatabase,
  type EphemeralCluster,
  type EphemeralClusterOptions,
  startEphemeralCluster,
  type TestDatabase,
} from '@promptory/db/testing';
import { type Served, type StartOptions, startProductionServer } from './production-server.ts';

/** What a benchmark of a server stands on. */
export interface SiteParts {
  readonly cluster: EphemeralCluster;
  readonly database: TestDatabase;
  /** By which its things are made, past the server. */
  readonly services: ReturnType<typeof testServices>;
  /** Of keys that its servers take. */
  readonly marks: CredentialMarks;
  /** Ends something once the site is closed, before what was opened earlier. */
  ending(end: () => Promise<unknown>): void;
  /** Starts a server in production mode, which ends with the site, or before. */
  serve(
    settings?: Readonly<Record<string, string>>,
    nodeOptions?: readonly string[],
    options?: StartOptions,
  ): Promise<Served & { end(): Promise<void> }>;
}

export interface Site {
  close(): Promise<void>;
}

/** Opens a database of its own and what `make` puts beside it; where that fails, nothing of it is left. */
export async function openSite<S extends object>(
  name: string,
  options: EphemeralClusterOptions,
  make: (parts: SiteParts) => Promise<S>,
): Promise<S & Site> {
  const endings: (() => Promise<unknown>)[] = [];
  const ending = (end: () => Promise<unknown>): void => void endings.push(end);
  const close = async (): Promise<void> => {
    for (const end of endings.toReversed()) await end();
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), `promptory-${name}-`));
    ending(() => rm(folder, { recursive: true, force: true }));
    const cluster = await startEphemeralCluster(options);
    ending(() => cluster.stop());
    const database = await createTestDatabase({ server: cluster });
    ending(() => database.drop());
    const jwtSecret = randomBytes(48).toString('base64url');
    const made = await make({
      ...{ cluster, database, ending },
      services: testServices(database.db),
      marks: createCredentialMarks([jwtSecret]),
      async serve(settings = {}, nodeOptions = [], options = {}) {
        const databaseUrl = database.applicationConnectionString;
        const served = await startProductionServer({
          ...{ ...options, jwtSecret, folder, databaseUrl, settings, nodeOptions },
        });
        ending(served.end);
        return served;
      },
    });
    return { ...made, close };
  } catch (error) {
    await close();
    throw error;
  }
}
