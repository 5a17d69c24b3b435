import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Usage } from './serve.ts';
import type { Stack } from './stacks.ts';

/** The process that serves one stack. */
export interface Contender {
  port: number;
  /** `settled`: after its garbage is collected. */
  usage(settled?: boolean): Promise<Usage>;
  /** Lets it end, and waits until it has. */
  stop(): Promise<void>;
}

/** @param checkout folder of another checkout whose installed packages serve the stack; this one's unless given */
export async function startContender(
  stack: Stack,
  { checkout, nodeOptions = [] }: { checkout?: string | undefined; nodeOptions?: readonly string[] } = {},
): Promise<Contender> {
  const elsewhere = checkout === undefined ? [] : ['--import', join(import.meta.dirname, 'resolve-in-checkout.ts')];
  const child = fork(join(import.meta.dirname, 'serve.ts'), [stack], {
    execArgv: ['--conditions=@promptory/source', '--expose-gc', ...elsewhere, ...nodeOptions],
    env: { ...process.env, NODE_ENV: 'production', CHECKOUT: checkout },
  });
  return {
    port: (await messageFrom(child)) as number,
    async usage(settled = false) {
      child.send(settled);
      return (await messageFrom(child)) as Usage;
    },
    async stop() {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}

async function messageFrom(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController();
  try {
    return await Promise.race([
      once(child, 'message', { signal: ended.signal }).then(([message]) => message),
      once(child, 'exit', { signal: ended.signal }).then(() => {
        throw new Error('A server that is measured has ended.');
      }),
    ]);
  } finally {
    ended.abort();
  }
}
