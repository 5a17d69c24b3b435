import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Experience, quantile, workOrdinarily } from './ordinary-accounts.ts';
import { reportPromises } from './promises.ts';
import { openSite, type SoakSite } from './soak-site.ts';

// pnpm soak:slow-read [--rounds 4] [--seconds 15] [--connections 300]: slowhttptest's slow read beside ordinary accounts. They work
// alone and beside it in turns, so that a slow moment of the machine meets both.

const ACCOUNTS = 10;
const MOST_TIMES_ALONE = 2;
const MOST_GROWTH_MIB = 100;
/** Of the attack's connections those that are not there at once: some are cut already as the last ones open. */
const MOST_MISSING = 0.2;
const MEASURE_EVERY_MS = 500;
/** The largest answer that everybody may have. */
const PATH = '/docs/scalar.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '4' },
    seconds: { type: 'string', default: '15' },
    connections: { type: 'string', default: '300' },
  },
});

/** Connections with a small window, which read 32 bytes each five seconds and ask three times without waiting. */
const slowRead = (url: string, seconds: number): readonly string[] => [
  ...['-X', '-c', values.connections, '-r', values.connections, '-l', String(seconds)],
  ...['-w', '512', '-y', '1024', '-n', '5', '-z', '32', '-k', '3', '-p', '5', '-u', `${url}${PATH}`],
];

interface Phase extends Omit<Experience, 'timesByStep'> {
  readonly residentMiB: number;
  /** What the server's process held open at the most, its connections among it. */
  readonly handles: number;
}

async function phase({ server, ordinary, measure }: SoakSite, seconds: number): Promise<Phase> {
  let [residentMiB, handles] = [0, 0];
  const until = performance.now() + seconds * 1_000;
  const measuring = (async () => {
    while (performance.now() < until) {
      await sleep(MEASURE_EVERY_MS);
      const measured = await measure();
      residentMiB = Math.max(residentMiB, measured.residentMiB);
      handles = Math.max(handles, measured.handles);
    }
  })();
  const experience = await workOrdinarily(server.url, ordinary, until);
  await measuring;
  return { ...experience, residentMiB, handles };
}

async function besideSlowReaders(site: SoakSite, seconds: number): Promise<Phase> {
  // Ordinary priority: it sleeps nearly all the time, as its readers do.
  const attack = spawn('slowhttptest', slowRead(site.server.url, seconds), { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(attack, 'close');
  try {
    return await phase(site, seconds);
  } finally {
    attack.kill();
    await ended;
  }
}

const joined = (phases: readonly Phase[]): Phase => ({
  times: phases.flatMap(({ times }) => times),
  failures: phases.flatMap(({ failures }) => failures),
  residentMiB: Math.max(...phases.map(({ residentMiB }) => residentMiB)),
  handles: Math.max(...phases.map(({ handles }) => handles)),
});

const row = (label: string, { times, failures, residentMiB }: Phase): string =>
  [
    label.padEnd(22),
    `${times.length} requests`.padEnd(16),
    `${failures.length} failed`.padEnd(12),
    `p50 ${quantile(times, 0.5).toFixed(1)} ms`.padEnd(14),
    `p99 ${quantile(times, 0.99).toFixed(1)} ms`.padEnd(16),
    `RSS ≤ ${residentMiB.toFixed(0)} MiB\n`,
  ].join('');

async function run(): Promise<void> {
  const site = await openSite(ACCOUNTS);
  const seconds = Number(values.seconds);
  try {
    // Warm: what is compiled or read at first use is in neither figure.
    await fetch(site.server.url + PATH).then((answer) => answer.arrayBuffer());
    await phase(site, seconds);
    const alone: Phase[] = [];
    const beside: Phase[] = [];
    for (let round = 0; round < Number(values.rounds); round += 1) {
      alone.push(await phase(site, seconds));
      beside.push(await besideSlowReaders(site, seconds));
    }
    const [quiet, attacked] = [joined(alone), joined(beside)];
    process.stdout.write(row('alone', quiet) + row('beside slow readers', attacked));
    for (const failure of attacked.failures.slice(0, 10)) process.stdout.write(`  ${failure}\n`);
    const first = alone[0]?.residentMiB ?? Number.NaN;
    const missing = 1 - (attacked.handles - quiet.handles) / Number(values.connections);
    reportPromises([
      ['connections of slow readers that were never open, of all', missing, MOST_MISSING],
      ['requests of others that failed', attacked.failures.length, 0],
      ['their p99, in times of alone', quantile(attacked.times, 0.99) / quantile(quiet.times, 0.99), MOST_TIMES_ALONE],
      ['growth of resident memory in MiB', attacked.residentMiB - first, MOST_GROWTH_MIB],
    ]);
  } finally {
    await site.close();
  }
}

if (spawnSync('slowhttptest', ['-h']).error === undefined) await run();
else {
  process.stderr.write('slowhttptest is not installed: apt-get install slowhttptest, or brew install slowhttptest.\n');
  process.exitCode = 2;
}
