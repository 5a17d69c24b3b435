import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { stopwatch } from './stopwatch.ts';

// A thread of its own: what else a test asks for at once must not delay what it measures.

/** How long each answer of some addresses took, in milliseconds; infinite where it was no success. */
export type HealthTimes = number[];

const PAUSE_MS = 20;

const { urls } = workerData as { urls: readonly string[] };
const times: HealthTimes = [];
let isOver = false;
parentPort?.once('message', () => {
  isOver = true;
});

async function timeOf(url: string): Promise<number> {
  const elapsed = stopwatch();
  const answer = await fetch(url).catch(() => null);
  await answer?.arrayBuffer();
  return answer?.ok === true ? elapsed() : Number.POSITIVE_INFINITY;
}

// The first of each opens a connection and compiles what asks.
for (const url of urls) await timeOf(url);
parentPort?.postMessage('ready');
while (!isOver) {
  for (const url of urls) times.push(await timeOf(url));
  await sleep(PAUSE_MS);
}
parentPort?.postMessage(times);
