import type { ChildProcess } from 'node:child_process';

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** So that no process outlives the tests that have started it, however they end. */
export function killedAtExit(child: ChildProcess): void {
  running.add(child);
  child.once('close', () => running.delete(child));
}
