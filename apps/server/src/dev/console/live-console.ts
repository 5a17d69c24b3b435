import { type IncomingMessage, request } from 'node:http';
import { connect, Socket } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import type { LiveConsole } from '../../routes/console/live-console-routes.ts';
import { ROOT } from '../../settings/project-root.ts';
import { ASK_FOR_CONSOLE, type OpenedConsole, readOpened } from './console-messages.ts';

const HOST = '127.0.0.1';
/** Of Vite, which asks for it by the protocol. */
const PROTOCOLS = new Set(['vite-hmr', 'vite-ping']);

/** The console from its sources, which the process that started this one has; null where there are none. */
export async function liveConsole(): Promise<LiveConsole | null> {
  const { addresses } = await import(pathToFileURL(join(ROOT, 'apps/console/src/addresses.ts')).href).catch(() => ({}));
  if (addresses === undefined) return null;
  let opened: Promise<OpenedConsole> | undefined;
  const open = (): Promise<OpenedConsole> => {
    opened ??= askParent().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };

  async function ask({ headers }: IncomingMessage, path: string) {
    const { port, nonce } = await open();
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const { cookie: _, authorization: __, 'accept-encoding': ___, ...shown } = headers;
      request({ host: HOST, port, path, headers: shown }, resolve).on('error', reject).end();
    });
    return { status: answer.statusCode ?? 502, headers: answer.headers, body: await buffer(answer), nonce };
  }

  return {
    addresses: Object.values(addresses),
    page: (req) => ask(req, '/console/'),
    file: (req) => ask(req, req.url ?? '/'),
    asksForUpdates: ({ url, headers }) =>
      url?.startsWith('/console/') === true && PROTOCOLS.has(headers['sec-websocket-protocol'] ?? ''),
    async upgrade(req, socket) {
      const { url = '/' } = req;
      const headers = Object.fromEntries(Object.entries(req.headers).map(([name, value]) => [name, String(value)]));
      const { port } = await open();
      // What TLS encrypts cannot go to another process: its page has no more of what changes once this server stops.
      if (!(socket instanceof Socket) || Reflect.get(socket, 'encrypted') === true) {
        const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
        const other = connect(port, HOST);
        other.write(`GET ${url} HTTP/1.1\r\n${lines.join('')}\r\n`);
        socket.pipe(other).pipe(socket);
        const end = (): void => {
          for (const side of [socket, other]) side.destroy();
        };
        for (const side of [socket, other]) side.on('error', end);
        process.on('message', (message) => {
          if (message === 'stop') end();
        });
        return;
      }
      // Else its server would wait, as it closes, for the other process to end the connection.
      Reflect.set(socket, 'server', null);
      process.send?.({ upgrade: { url, headers } }, socket, {}, () => socket.destroy());
    },
  };
}

function askParent(): Promise<OpenedConsole> {
  return new Promise((resolve, reject) => {
    const hear = (message: unknown): void => {
      try {
        const opened = readOpened(message);
        if (opened === undefined) return;
        resolve(opened);
      } catch (error) {
        reject(error);
      }
      process.off('message', hear);
    };
    process.on('message', hear);
    process.send?.(ASK_FOR_CONSOLE);
  });
}
