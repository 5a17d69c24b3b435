import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { isAlive } from '../src/embedded/ownership/process-identity.ts';
import { type EphemeralCluster, startEphemeralCluster } from './ephemeral-cluster.ts';
import { withClient } from './template-database.ts';

async function started(): Promise<{ cluster: EphemeralCluster; dataFolder: string }> {
  const cluster = await startEphemeralCluster({ stopSeconds: 1 });
  const { rows } = await withClient(cluster.superuserConnectionString, (client) =>
    client.query<{ data_directory: string }>('show data_directory'),
  );
  return { cluster, dataFolder: rows[0]?.data_directory ?? '' };
}

// A tear-down that failed would turn a run of passed tests into a failure.
it.each([
  ['does not react any more', 'SIGSTOP'],
  ['was killed before', 'SIGKILL'],
] as const)('ends a server that %s, and removes its folder', async (_, signal) => {
  const { cluster, dataFolder } = await started();
  expect(existsSync(dataFolder)).toBe(true);
  process.kill(cluster.pid, signal);
  await cluster.stop();
  await expect.poll(() => isAlive(cluster.pid)).toBe(false);
  expect(existsSync(dataFolder)).toBe(false);
});
