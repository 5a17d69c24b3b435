import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** So many requests go to one server before the next one has its turn. */
const TURN = 12;
/** What was answered by one server, every other one shows a second later. */
const SHOWN_EVERYWHERE_MS = 1_000;

/** What stands before several servers, without sticky sessions. */
export interface Balancer {
  readonly url: string;
  /** Requests that each server has had. */
  readonly counts: readonly number[];
  close(): Promise<void>;
}

/**
 * Gives requests to servers in turn. The first one of a turn waits until a second has passed since the last change that another server has
 * answered: for so long the promise lets servers differ, and no longer.
 */
export async function startBalancer(urls: readonly string[]): Promise<Balancer> {
  const agent = new Agent({ keepAlive: true });
  const counts = urls.map(() => 0);
  const changedAt = urls.map(() => Number.NEGATIVE_INFINITY);
  let asked = 0;

  const forward = async (from: IncomingMessage, to: ServerResponse): Promise<void> => {
    const chosen = Math.floor(asked / TURN) % urls.length;
    asked += 1;
    counts[chosen] = (counts[chosen] ?? 0) + 1;
    const others = changedAt.filter((_, index) => index !== chosen);
    const wait = Math.max(...others) + SHOWN_EVERYWHERE_MS - performance.now();
    if (wait > 0) await sleep(Math.ceil(wait));
    const { hostname, port } = new URL(urls[chosen] ?? '');
    const { method, url, headers } = from;
    const asks = request({ agent, hostname, port, method, path: url, headers }, (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      if (method !== 'GET' && method !== 'HEAD') {
        answer.once('end', () => {
          changedAt[chosen] = performance.now();
        });
      }
      pipeline(answer, to, () => undefined);
    });
    asks.once('error', () => void to.destroy());
    pipeline(from, asks, () => undefined);
  };

  const server = createServer((from, to) => void forward(from, to));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    async close() {
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
