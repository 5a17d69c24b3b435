import { quietPort } from '../quiet-port.ts';
import { type StartedProgram, startProgram } from './started-program.ts';

/** A Redis that keeps nothing, and starts again where it was. */
export interface RedisServer {
  readonly url: string;
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** Stops it where it is: who asks it waits without an answer. */
  freeze(): void;
  thaw(): void;
}

export async function startRedis(program: string): Promise<RedisServer> {
  const port = await quietPort();
  const args = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no', '--dir', '/tmp'];
  const start = (): Promise<StartedProgram> => startProgram(program, args, { port });
  let running = await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    kill: () => running.kill(),
    async restart() {
      running = await start();
    },
    freeze: () => running.signal('SIGSTOP'),
    thaw: () => running.signal('SIGCONT'),
  };
}
