import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { ended, freePort, ready } from './measured-server.ts';

const MAIN = join(import.meta.dirname, '../../apps/server/src/main.ts');

/** A process that serves. */
export interface Served {
  readonly port: number;
  readonly pid: number;
}

/** How a server is started, where not as benchmarks do that measure something else. */
export interface StartOptions {
  /** What Node runs: the server's source unless given. */
  readonly main?: string;
  /** How often it is asked whether it is ready. */
  readonly readyEveryMs?: number;
}

/**
 * Starts a server in a process of its own, in production mode, with a limit of keys that no benchmark reaches.
 *
 * @param options.settings beside those that it needs, or in their place
 * @param options.nodeOptions of its process
 */
export async function startProductionServer(
  options: StartOptions & {
    readonly jwtSecret: string;
    readonly folder: string;
    readonly databaseUrl: string;
    readonly settings?: Readonly<Record<string, string>>;
    readonly nodeOptions?: readonly string[];
  },
): Promise<Served & { end(): Promise<void> }> {
  const port = await freePort();
  // To a file, as a supervisor takes it: a pipe to this process would have it read each line.
  const log = await open(join(options.folder, `server-${port}.log`), 'a');
  const { main = MAIN } = options;
  const node = [...(main === MAIN ? ['--conditions=@promptory/source'] : []), ...(options.nodeOptions ?? [])];
  const server = spawn(process.execPath, [...node, main], {
    stdio: ['ignore', log.fd, 'inherit'],
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      NODE_ENV: 'production',
      DATABASE_URL: options.databaseUrl,
      JWT_SECRET: options.jwtSecret,
      SMTP_CONFIG: 'smtp://127.0.0.1:9',
      PUBLIC_URL: 'http://localhost',
      DATA_FOLDER: options.folder,
      METRICS_TOKEN: randomBytes(24).toString('base64url'),
      RATE_LIMIT_KEY: '999999/1',
      ...options.settings,
      HOST: '127.0.0.1',
      PORT: String(port),
    },
  });
  await log.close();
  const end = () => ended(server, () => void server.kill('SIGTERM'));
  try {
    await ready(port, server, options.readyEveryMs);
  } catch (error) {
    await end();
    throw error;
  }
  return { port, pid: server.pid ?? 0, end };
}
