import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

// Below those that systems give to connections: what listened here finds its port free when it listens again.
const [FIRST, END] = [20_000, 32_000];

/** Listens on a port of 127.0.0.1 that will be free again after the server is closed; the port. */
export async function listenOnQuietPort(server: Server): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, END);
    try {
      await once(server.listen(port, '127.0.0.1'), 'listening');
      return port;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    }
  }
}

/** A port of 127.0.0.1 on which nothing listens. */
export async function quietPort(): Promise<number> {
  const server = createServer();
  const port = await listenOnQuietPort(server);
  server.close();
  await once(server, 'close');
  return port;
}
