import { once } from 'node:events';
import { createServer as createHttpServer, IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'vite';
import { NONCE } from './vite.config.ts';

/** A request that asks for a WebSocket, as it was read. */
interface UpgradeRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The console from its sources, at a port of this machine alone. */
export interface ConsoleDevServer {
  readonly port: number;
  /** What stands in the page in place of the nonce of its policy. */
  readonly nonce: string;
  /** Goes on with a connection on which a WebSocket was asked for, in whichever process. */
  upgrade(request: UpgradeRequest, socket: Socket): void;
}

/**
 * Starts Vite for the console, behind the server that shows it.
 *
 * @param options.hosts further names, beside this machine's own, that the page is shown under
 */
export async function openDevServer(options: { hosts: readonly string[] }): Promise<ConsoleDevServer> {
  const http = createHttpServer();
  const vite = await createServer({
    configFile: join(import.meta.dirname, 'vite.config.ts'),
    configLoader: 'native',
    clearScreen: false,
    server: { middlewareMode: true, hmr: { server: http }, allowedHosts: [...options.hosts] },
  });
  http.on('request', vite.middlewares);
  await once(http.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (http.address() as AddressInfo).port,
    nonce: NONCE,
    upgrade({ url, headers }, socket) {
      const request = Object.assign(new IncomingMessage(socket), { method: 'GET', url, headers });
      http.emit('upgrade', request, socket, Buffer.alloc(0));
    },
  };
}
