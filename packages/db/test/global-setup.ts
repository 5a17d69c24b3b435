import type { TestProject } from 'vitest/node';
import { startEphemeralCluster } from './ephemeral-cluster.ts';
import { ensureTemplate } from './template-database.ts';

/** The projects whose databases take gigabytes. */
const GROWS: ReadonlySet<string> = new Set(['growth', 'corpus']);

/**
 * Vitest's global setup: one PostgreSQL for a run, or the one of TEST_DATABASE_URL, with a migrated template. Without
 * TEST_APPLICATION_DATABASE_URL the application has the same role there, and what it may not do fails.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) {
    const application = process.env.TEST_APPLICATION_DATABASE_URL;
    const server = {
      connectionString: given,
      ...(application ? { applicationConnectionString: application } : {}),
    };
    await ensureTemplate(server);
    project.provide('databaseServer', server);
    return async () => undefined;
  }
  const cluster = await startEphemeralCluster({ onDisk: GROWS.has(project.name) });
  try {
    await ensureTemplate(cluster);
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  const { connectionString, applicationConnectionString } = cluster;
  project.provide('databaseServer', { connectionString, applicationConnectionString });
  return () => cluster.stop();
}
