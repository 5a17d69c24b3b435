import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateToLatest } from '@promptory/db/migrate';
import { startEphemeralCluster } from '@promptory/db/testing';
import { afterAll, beforeAll } from 'vitest';
import { runServer } from '../harness/run-server.ts';

/** Where the README says that the server is. */
export const SCHEME = 'http://localhost:3000';

/** A server in development, as `pnpm dev` serves it, and a folder for who walks a tour of the README. */
export function givenTour(): { readonly url: string; readonly folder: string } {
  const tour = { url: '', folder: '' };
  const ends: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'promptory-tour-'));
    ends.unshift(() => rm(folder, { recursive: true, force: true }));
    const cluster = await startEphemeralCluster();
    ends.unshift(() => cluster.stop());
    await migrateToLatest(cluster);
    const server = await runServer({
      NODE_ENV: 'development',
      DATABASE_URL: cluster.applicationConnectionString,
      JWT_SECRET: 'of no use but for the tour of the README',
      DATA_FOLDER: folder,
    });
    ends.unshift(() => server.kill());
    Object.assign(tour, { url: server.url, folder });
  });
  afterAll(async () => {
    for (const end of ends) await end();
  });
  return tour;
}
