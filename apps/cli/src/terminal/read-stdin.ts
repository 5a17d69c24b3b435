import { buffer } from 'node:stream/consumers';
import { ExitCode, Failure } from '../failure.ts';
import type { Surroundings } from '../surroundings.ts';

/** All of standard input. @throws Failure where the person interrupts it: nothing more is waited for then */
export async function readStdin({ stdin, signal }: Pick<Surroundings, 'stdin' | 'signal'>): Promise<Buffer> {
  const stop = (): void => void stdin.destroy(new Failure(ExitCode.interrupted, 'It was interrupted.'));
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await buffer(stdin);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
