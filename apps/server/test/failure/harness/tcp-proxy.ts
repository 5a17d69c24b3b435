import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { listenOnQuietPort } from '../../harness/quiet-port.ts';

/** Stands between a server and what it connects to on this machine, and can take the line away. */
export class TcpProxy {
  readonly port: number;
  readonly #target: number;
  readonly #server: Server;
  readonly #pairs = new Map<Socket, Socket>();
  #state: 'open' | 'silent' | 'refusing' = 'open';

  private constructor(server: Server, port: number, target: number) {
    this.#server = server;
    this.port = port;
    this.#target = target;
    server.on('connection', (near) => this.#join(near));
  }

  /** @param target a port of 127.0.0.1 */
  static async open(target: number): Promise<TcpProxy> {
    const server = createServer({ pauseOnConnect: true });
    return new TcpProxy(server, await listenOnQuietPort(server), target);
  }

  /** The same address by this line. */
  urlOf(direct: string): string {
    return Object.assign(new URL(direct), { hostname: '127.0.0.1', port: String(this.port) }).href;
  }

  /** Connections through it. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** Lets nothing through any more, in either direction, and says so to nobody. New connections are taken, and hear nothing. */
  silence(): void {
    this.#state = 'silent';
    for (const socket of [...this.#pairs].flat()) socket.pause();
  }

  /** Breaks every connection, and refuses others. */
  async refuse(): Promise<void> {
    this.#state = 'refusing';
    this.#server.close();
    for (const near of this.#pairs.keys()) near.destroy();
    await once(this.#server, 'close');
  }

  /** Lets through again what waits, and what comes. */
  async restore(): Promise<void> {
    if (this.#state === 'refusing') await once(this.#server.listen(this.port, '127.0.0.1'), 'listening');
    this.#state = 'open';
    for (const socket of [...this.#pairs].flat()) socket.resume();
  }

  async close(): Promise<void> {
    if (this.#state !== 'refusing') await this.refuse();
  }

  #join(near: Socket): void {
    const far = connect(this.#target, '127.0.0.1');
    this.#pairs.set(near, far);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (chunk) => to.write(chunk));
      from.on('error', () => undefined);
      from.once('end', () => to.end());
      from.once('close', () => {
        to.destroy();
        this.#pairs.delete(near);
      });
      if (this.#state === 'silent') from.pause();
      else from.resume();
    }
  }
}
