import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ServerProcess } from '../e2e/harness/run-server.ts';
import { KillableSite } from './harness/killable-site.ts';
import { say, share, withinMs } from './harness/promised.ts';
import { stopwatch } from './harness/stopwatch.ts';
import { expectWhole } from './harness/whole-writes.ts';
import { Acknowledged, Writer } from './harness/writer.ts';

// Every round goes on with what the rounds before it have left, so that nothing is lost later either.

const WRITERS = 8;
const WRITES_TIMEOUT_MS = 120_000;
const READY_MS = 5_000;

let site: KillableSite;
let server: ServerProcess;
let writers: Writer[];
/** What an undisturbed start takes on this machine. */
let startMs: number;
const acknowledged = new Acknowledged();

beforeAll(async () => {
  site = await KillableSite.open();
  startMs = await start();
  const names = Array.from({ length: WRITERS }, (_, index) => `writer-${index}`);
  writers = await Promise.all(names.map((name) => Writer.register(server.url, name, acknowledged)));
});
afterAll(() => site?.close());

/** @returns milliseconds until it is ready */
async function start(): Promise<number> {
  const elapsed = stopwatch();
  server = await site.startServer();
  return elapsed();
}

/** Has all write until something is killed, which is done at some point of so many writes. @returns how many came through */
async function writeUntil(writes: number, kill: () => Promise<void>): Promise<number> {
  const before = acknowledged.count;
  const { url } = server;
  const writing = Promise.all(writers.map((writer) => writer.write(url)));
  await Promise.race([writing, whileFewer(before + Math.random() * writes)]);
  await kill();
  await writing;
  return acknowledged.count - before;
}

async function whileFewer(writes: number): Promise<void> {
  const elapsed = stopwatch();
  while (acknowledged.count < writes) {
    if (elapsed() > WRITES_TIMEOUT_MS) throw new Error(`Only ${acknowledged.count} of ${writes} writes came through.`);
    await sleep(5);
  }
}

it('E1: loses no acknowledged write of 500 when the server is killed, leaves no half one, and is ready again', async () => {
  const rounds = share(20, 3);
  const writes = share(500, 100);
  const readyAgainMs: number[] = [];
  const before = { ...acknowledged, count: acknowledged.count };
  for (let round = 0; round < rounds; round += 1) {
    await writeUntil(writes, () => server.kill());
    readyAgainMs.push(await start());
    await expectWhole(site.connectionString, acknowledged);
  }
  const unanswered = acknowledged.unanswered - before.unanswered;
  say(
    `E1: ${acknowledged.count - before.count} writes acknowledged in ${rounds} rounds, none lost; ${unanswered} cut off; ready again within ${Math.max(...readyAgainMs).toFixed(0)} ms`,
  );
  expect(unanswered).toBeLessThanOrEqual(WRITERS * rounds);
  // Where the machine is busy any start takes its time; one on what a kill has left takes no longer.
  expect(Math.max(...readyAgainMs)).toBeLessThan(Math.max(withinMs(READY_MS), 2 * startMs));
}, 1_200_000);

it('E1, E2: loses nothing either when server and database are killed, one some milliseconds after the other', async () => {
  const rounds = share(5, 2);
  const before = acknowledged.count;
  for (let round = 0; round < rounds; round += 1) {
    const kills = [() => site.killDatabase(), () => server.kill()];
    if (round % 2 === 1) kills.reverse();
    await writeUntil(share(100, 50), async () => {
      for (const kill of kills) {
        await kill();
        await sleep(round * 10);
      }
    });
    await site.reopenDatabase();
    await start();
    await expectWhole(site.connectionString, acknowledged);
  }
  say(`E1, E2: ${acknowledged.count - before} writes acknowledged in ${rounds} rounds, none lost`);
  expect(acknowledged.count).toBeGreaterThan(before);
}, 1_200_000);
