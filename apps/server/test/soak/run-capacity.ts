import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Experience, quantile, workOrdinarily } from './ordinary-accounts.ts';
import { reportPromises } from './promises.ts';
import { type Measured, openSite, type SoakSite } from './soak-site.ts';

// pnpm soak:capacity [--minutes 20] [--capacity 60] [--share 0.6]: how many requests a second the server answers at most to accounts that
// never pause, and then so long at a share of that: memory, handles and pool stay as they are, and the event loop is free.

const ACCOUNTS = 10;
const MEASURE_EVERY_MS = 5_000;
const MOST_LOOP_DELAY_MS = 50;
const MOST_GROWTH = 1.1;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    capacity: { type: 'string', default: '60' },
    share: { type: 'string', default: '0.6' },
  },
});

/** At most so many at once, as many as the hostile accounts' keys allow. */
async function atCapacity({ server, hostile }: SoakSite, milliseconds: number): Promise<number> {
  const { times } = await workOrdinarily(server.url, hostile, performance.now() + milliseconds, () => 0);
  return (times.length / milliseconds) * 1_000;
}

/** At a steady rate: whoever had to wait for an answer pauses less before the next request. */
async function atRate(site: SoakSite, perSecond: number, milliseconds: number) {
  const measured: Measured[] = [];
  const began = performance.now();
  const until = began + milliseconds;
  let sent = 0;
  const pause = (): number => {
    sent += 1;
    return Math.max(0, began + (sent / perSecond) * 1_000 - performance.now());
  };
  await site.measure();
  const measuring = (async () => {
    while (performance.now() < until) {
      await sleep(MEASURE_EVERY_MS);
      measured.push(await site.measure());
    }
  })();
  const experience = await workOrdinarily(site.server.url, site.hostile, until, pause);
  await measuring;
  return { ...experience, measured };
}

/** The last quarter beside the second: the first one is still filling what is remembered. */
function growth(measured: readonly Measured[], of: (one: Measured) => number): number {
  const quarter = Math.max(1, Math.floor(measured.length / 4));
  const median = (from: number): number => quantile(measured.slice(from, from + quarter).map(of), 0.5);
  return median(measured.length - quarter) / median(quarter);
}

function print({ times, failures }: Experience, measured: readonly Measured[], perSecond: number): void {
  const ends = (of: (one: Measured) => number): string =>
    [measured[0], measured.at(-1)].map((one) => (one === undefined ? 'none' : of(one).toFixed(0))).join(' → ');
  process.stdout.write(
    `${times.length} requests at ${perSecond.toFixed(0)} a second, ${failures.length} failed, p50 ${quantile(times, 0.5).toFixed(1)} ms, ` +
      `p99 ${quantile(times, 0.99).toFixed(0)} ms; RSS ${ends((one) => one.residentMiB)} MiB, ` +
      `handles ${ends((one) => one.handles)}, pool ${ends((one) => one.pool)}\n`,
  );
  for (const failure of failures.slice(0, 10)) process.stdout.write(`  ${failure}\n`);
}

// What bounds an account's searches is no part of what the server can do.
const site = await openSite(ACCOUNTS, { RATE_LIMIT_SEARCH: '100000/60' });
try {
  // Warm: what is compiled or planned at first use is no part of the capacity.
  await atCapacity(site, 15_000);
  const capacity = await atCapacity(site, Number(values.capacity) * 1_000);
  process.stdout.write(`at most ${capacity.toFixed(0)} requests a second\n`);
  const perSecond = capacity * Number(values.share);
  const { measured, ...experience } = await atRate(site, perSecond, Number(values.minutes) * 60_000);
  print(experience, measured, perSecond);
  reportPromises([
    ['requests that failed', experience.failures.length, 0],
    ['memory of the last quarter, in times of the second', growth(measured, (one) => one.residentMiB), MOST_GROWTH],
    ['handles, likewise', growth(measured, (one) => one.handles), MOST_GROWTH],
    ['connections of the pool, likewise', growth(measured, (one) => one.pool), MOST_GROWTH],
    [
      'delay of the event loop, p99 in ms',
      quantile(
        measured.map((one) => one.loopDelayP99Ms),
        0.99,
      ),
      MOST_LOOP_DELAY_MS,
    ],
  ]);
} finally {
  await site.close();
}
