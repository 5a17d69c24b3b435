import { type EphemeralCluster, withClient } from '@promptory/db/testing';

/** An empty database of a cluster, by its name: its addresses as its owner and as the application. */
export async function emptyDatabase(
  cluster: EphemeralCluster,
  name: string,
): Promise<{ DATABASE_OWNER_URL: string; DATABASE_URL: string }> {
  await withClient(cluster.connectionString, (client) => client.query(`CREATE DATABASE ${name}`));
  const named = (url: string): string => Object.assign(new URL(url), { pathname: `/${name}` }).href;
  return {
    DATABASE_OWNER_URL: named(cluster.connectionString),
    DATABASE_URL: named(cluster.applicationConnectionString),
  };
}
