import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Env } from '../env.ts';
import { startErrorOf } from '../start-error.ts';

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
