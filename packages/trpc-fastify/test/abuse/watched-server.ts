import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Command, ServerMessage, ServerSettings, ServerState } from './server-state.ts';

/** A server in its own process, and the means to look into it. */
export interface WatchedServer {
  port: number;
  /** Without a collection: what counts is true, what measures memory is not. */
  look(): Promise<ServerState>;
  /** After a collection. */
  state(): Promise<ServerState>;
  /** The state, from which on the peaks count. */
  mark(): Promise<ServerState>;
  /** The first state that satisfies `holds`, or the one after `withinMs` that does not. */
  when(holds: (state: ServerState) => boolean, withinMs?: number): Promise<ServerState>;
  /** Closes the app and waits for the process to end by itself: its exit code, or `still running` after a minute. */
  close(): Promise<number | null | 'still running'>;
}

/** The product's own limits, in ms and bytes. */
const SETTINGS: ServerSettings = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  handlerTimeout: 15_000,
  checkEvery: 500,
  maxHeaderSize: 16_384,
};

/** Starts a server with both transports over {@link abuseRouter}, with the product's timeouts unless given. */
export async function startServer(settings: Partial<ServerSettings> = {}): Promise<WatchedServer> {
  const child = fork(
    fileURLToPath(new URL('watched-process.ts', import.meta.url)),
    [JSON.stringify({ ...SETTINGS, ...settings })],
    { execPath: process.execPath, execArgv: ['--conditions=@promptory/source', '--expose-gc', '--no-warnings'] },
  );
  const first = await messageFrom(child);
  if (!('port' in first)) throw new Error('The server sent something before its port.');

  async function ask(command: Command): Promise<ServerState> {
    child.send(command);
    const message = await messageFrom(child);
    if (!('answer' in message)) throw new Error('The server answered something else.');
    return message.answer;
  }

  return {
    port: first.port,
    look: () => ask('look'),
    state: () => ask('state'),
    mark: () => ask('mark'),
    async when(holds, withinMs = 120_000) {
      const end = Date.now() + withinMs;
      for (;;) {
        const late = Date.now() > end;
        if (late || holds(await ask('look'))) {
          const state = await ask('state');
          if (late || holds(state)) return state;
        }
        await sleep(20);
      }
    },
    async close() {
      if (child.exitCode !== null) return child.exitCode;
      child.send('close');
      const deadline = new AbortController();
      const ended = once(child, 'exit').then(([code]) => code as number | null);
      const late = sleep(60_000, 'still running' as const, { signal: deadline.signal }).catch(() => null);
      const how = await Promise.race([ended, late]);
      deadline.abort();
      if (how === 'still running') child.kill('SIGKILL');
      return how;
    },
  };
}

async function messageFrom(child: ChildProcess): Promise<ServerMessage> {
  const ended = new AbortController();
  const death = once(child, 'exit', { signal: ended.signal }).then(([code]) => {
    throw new Error(`The server ended with ${code}.`);
  });
  death.catch(() => undefined);
  try {
    const [message] = (await Promise.race([once(child, 'message', { signal: ended.signal }), death])) as [
      ServerMessage,
    ];
    return message;
  } finally {
    ended.abort();
  }
}
