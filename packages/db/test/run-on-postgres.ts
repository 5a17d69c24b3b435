import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startEphemeralCluster } from './ephemeral-cluster.ts';
import { installedBinaries } from './installed-binaries.ts';

// Runs a command with TEST_DATABASE_URL on a server of its own, of a version that this system has installed:
// node --conditions=@promptory/source packages/db/test/run-on-postgres.ts 15 vitest run --project integration packages/db
const [major = '', command = '', ...args] = process.argv.slice(2);
const binaries = installedBinaries(Number(major));
if (binaries === undefined) {
  process.stderr.write(
    `There is no /usr/lib/postgresql/${major}: install postgresql-${major}, or set TEST_DATABASE_URL.\n`,
  );
  process.exit(1);
}
const cluster = await startEphemeralCluster({ binaries });
try {
  const env = {
    ...process.env,
    TEST_DATABASE_URL: cluster.connectionString,
    TEST_APPLICATION_DATABASE_URL: cluster.applicationConnectionString,
  };
  const [code] = await once(spawn(command, args, { env, stdio: 'inherit' }), 'close');
  process.exitCode = code ?? 1;
} finally {
  await cluster.stop();
}
