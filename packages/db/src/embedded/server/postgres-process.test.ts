import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { initialiseCluster } from './postgres-process.ts';

/** Makes a cluster by a program that makes nothing, and says what lies in the folder then. */
async function leftBy(initdb: string): Promise<{ outcome: string; left: string[]; root: string }> {
  const root = mkdtempSync(join(tmpdir(), 'promptory-cluster-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const made = initialiseCluster({
    ...{ binaries: { initdb, major: 18 } as Parameters<typeof initialiseCluster>[0]['binaries'], user: undefined },
    ...{ dataFolder: join(root, 'data-18'), workFolder: join(root, 'work'), password: 'secret', durable: false },
    settings: ['jit = off', 'max_connections = 100'],
  });
  const outcome = await made.then(
    () => 'made',
    ({ name }: Error) => name,
  );
  return { outcome, left: await readdir(root), root };
}

it('leaves of a new cluster its data alone, with its settings and not its password', async () => {
  const { outcome, left, root } = await leftBy('true');
  expect([outcome, left, await readdir(join(root, 'data-18'))]).toEqual(['made', ['data-18'], ['postgresql.conf']]);
  const settings = await readFile(join(root, 'data-18', 'postgresql.conf'), 'utf8');
  expect(settings).toBe('\njit = off\nmax_connections = 100\n');
});

it('leaves nothing of a cluster that could not be made', async () => {
  expect(await leftBy('false')).toMatchObject({ outcome: 'EmbeddedPostgresError', left: [] });
});
