import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ConsoleServer } from './console/console-server.ts';

/** How a server process ended, or that it listens. */
export type Outcome = { readonly listening: string } | { readonly exitCode: number };

/** The server in a process of its own, so that a change of the source starts a fresh one. */
export interface AppProcess {
  /** Lets it start, on the database given or the one of its environment. */
  start(databaseUrl: string | null): void;
  /** Settles when it listens, or has ended before. */
  readonly outcome: Promise<Outcome>;
  readonly ended: Promise<number>;
  /** Asks it to finish what it does; after `timeoutMs` it is killed. */
  stop(timeoutMs?: number): Promise<void>;
}

const CHILD = fileURLToPath(
  new URL(`./server-child${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
);

/**
 * Forks a server, which loads its source at once and waits for `start`. It ends by itself when this process does.
 *
 * @param consoles what shows the console, which outlives it
 */
export function forkApp(consoles: ConsoleServer): AppProcess {
  const child = fork(CHILD, { execArgv: ['--conditions=@promptory/source'] });
  consoles.serve(child);
  const ended = new Promise<number>((resolve) => {
    child.once('error', () => resolve(1));
    child.once('exit', (code) => resolve(code ?? 1));
  });
  const listening = new Promise<Outcome>((resolve) => {
    child.on('message', (message) => {
      const url: unknown = Reflect.get(Object(message), 'listening');
      if (typeof url === 'string') resolve({ listening: url });
    });
  });
  return {
    start: (databaseUrl) => send(child, { databaseUrl }),
    outcome: Promise.race([listening, ended.then((exitCode) => ({ exitCode }))]),
    ended,
    async stop(timeoutMs = 8_000) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      send(child, 'stop');
      const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

function send(child: ChildProcess, message: object | string): void {
  // One that has just ended receives nothing; its exit is reported by `ended`.
  if (child.connected) child.send(message, () => undefined);
}
