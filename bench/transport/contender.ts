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

export async function startContender(stack: Stack, nodeOptions: readonly string[] = []): Promise<Contender> {
  const child = fork(join(import.meta.dirname, 'serve.ts'), [stack], {
    execArgv: ['--conditions=@promptory/source', '--expose-gc', ...nodeOptions],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  return {
    port: (await said(child)) as number,
    async usage(settled = false) {
      child.send(settled);
      return (await said(child)) as Usage;
    },
    async stop() {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}

async function said(child: ChildProcess): Promise<unknown> {
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
