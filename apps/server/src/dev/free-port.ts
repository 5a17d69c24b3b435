import { once } from 'node:events';
import { createServer } from 'node:net';
import { startErrorOf } from '../process/start-error.ts';
import type { Env } from '../settings/env.ts';

/** Fails as the server itself would, before a database is started for it. @throws StartError */
export async function requirePort(env: Pick<Env, 'host' | 'port'>): Promise<void> {
  const server = createServer();
  try {
    server.listen({ host: env.host, port: env.port, exclusive: true });
    await once(server, 'listening');
  } catch (error) {
    throw startErrorOf(error, env);
  }
  server.close();
  await once(server, 'close');
}
