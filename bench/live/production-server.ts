import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { ended, freePort, ready } from '../calls/measured-server.ts';

const MAIN = join(import.meta.dirname, '../../apps/server/src/main.ts');

/**
 * Starts a server in a process of its own, with limits that no benchmark reaches.
 *
 * @param settings.more further ones, by their names
 */
export async function startProductionServer(settings: {
  readonly jwtSecret: string;
  readonly folder: string;
  readonly databaseUrl: string;
  readonly more?: Readonly<Record<string, string>>;
}) {
  const port = await freePort();
  const log = await open(join(settings.folder, `server-${port}.log`), 'a');
  const server = spawn(process.execPath, ['--conditions=@promptory/source', MAIN], {
    stdio: ['ignore', log.fd, 'inherit'],
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      NODE_ENV: 'production',
      DATABASE_URL: settings.databaseUrl,
      JWT_SECRET: settings.jwtSecret,
      SMTP_CONFIG: 'smtp://127.0.0.1:9',
      PUBLIC_URL: 'http://localhost',
      DATA_FOLDER: settings.folder,
      METRICS_TOKEN: randomBytes(24).toString('base64url'),
      RATE_LIMIT_KEY: '999999/1',
      MAX_CONNECTIONS: '7000',
      MAX_CONNECTIONS_PER_ADDRESS: '7000',
      WATCHES: '7000',
      WATCHES_PER_CALLER: '7000',
      HOST: '127.0.0.1',
      PORT: String(port),
      ...settings.more,
    },
  });
  await log.close();
  await ready(port, server);
  return { port, pid: server.pid ?? 0, end: () => ended(server, () => void server.kill('SIGTERM')) };
}
