import { getPriority } from 'node:os';
import { isMainThread } from 'node:worker_threads';
import '../../src/services/workers/thread.ts';

/** In the place of what threads run: does with its input's first word what a task may do by mistake. */
export default function run({ input: [what] }: { input: readonly unknown[] }): unknown {
  if (what === 'never ends') for (;;);
  if (what === 'throws') throw new RangeError('out of range');
  if (what === 'exits') process.exit(3);
  if (what === 'fills the memory') for (const kept: unknown[] = []; ; ) kept.push(new Array(100_000).fill(kept.length));
  return { what, isMainThread, priority: getPriority(), secrets: Object.keys(process.env) };
}
