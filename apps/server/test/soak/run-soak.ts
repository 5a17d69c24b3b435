import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { attackNames, isMade, type Met } from './hostile-accounts.ts';
import { type Experience, quantile, workOrdinarily } from './ordinary-accounts.ts';
import { reportPromises } from './promises.ts';
import { openSite, type SoakSite } from './soak-site.ts';

// pnpm soak [--minutes 10] [--alone 2] [--attack name]…: ten hostile accounts, each at the limits of what it may do, beside ten ordinary
// ones. What is promised to the ordinary ones is compared with what they had alone, before, in the same run.

const ACCOUNTS = 10;
const MOST_TIMES_ALONE = 3;
const MOST_LOOP_DELAY_MS = 100;
const MOST_TIMES_RESIDENT = 2;
const MEASURE_EVERY_MS = 5_000;
const HOSTILE = fileURLToPath(new URL('./hostile-process.ts', import.meta.url));

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    alone: { type: 'string', default: '2' },
    attack: { type: 'string', multiple: true, default: [...attackNames] },
  },
});
const unknown = values.attack.filter((name) => !attackNames.includes(name));
if (unknown.length > 0)
  throw new Error(`No attack is named ${unknown.join(', ')}. There are: ${attackNames.join(', ')}`);
const msOf = (minutes: string): number => Number(minutes) * 60_000;

interface Phase extends Experience {
  readonly residentMiB: number[];
  readonly loopDelaysMs: number[];
}

async function phase(site: SoakSite, milliseconds: number): Promise<Phase> {
  const residentMiB: number[] = [];
  const loopDelaysMs: number[] = [];
  const until = performance.now() + milliseconds;
  await site.measure();
  const measuring = (async () => {
    while (performance.now() < until) {
      await sleep(MEASURE_EVERY_MS);
      const measured = await site.measure();
      residentMiB.push(measured.residentMiB);
      loopDelaysMs.push(measured.loopDelayP99Ms);
    }
  })();
  const experience = await workOrdinarily(site.server.url, site.ordinary, until);
  await measuring;
  return { ...experience, residentMiB, loopDelaysMs };
}

interface Attacked extends Phase {
  /** What each attack was answered. */
  readonly met: Readonly<Record<string, Met>>;
}

async function underAttack(site: SoakSite, milliseconds: number): Promise<Attacked> {
  const hostile = fork(HOSTILE, { execArgv: ['--conditions=@promptory/source'] });
  let met: Attacked['met'] = {};
  hostile.on('message', (latest: Attacked['met']) => {
    met = latest;
  });
  const ended = once(hostile, 'exit');
  hostile.send({ url: site.server.url, accounts: site.hostile.slice(0, values.attack.length), names: values.attack });
  try {
    const phased = await phase(site, milliseconds);
    return { ...phased, met };
  } finally {
    if (hostile.connected) hostile.disconnect();
    const cut = setTimeout(() => hostile.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(cut);
  }
}

const row = (label: string, { times, failures, residentMiB, loopDelaysMs }: Phase): string =>
  [
    label.padEnd(14),
    `${times.length} requests`.padEnd(16),
    `${failures.length} failed`.padEnd(12),
    `p50 ${quantile(times, 0.5).toFixed(0)} ms`.padEnd(12),
    `p99 ${quantile(times, 0.99).toFixed(0)} ms`.padEnd(14),
    `loop p99 ${quantile(loopDelaysMs, 0.99).toFixed(0)} ms`.padEnd(18),
    `RSS ≤ ${Math.max(...residentMiB).toFixed(0)} MiB`,
  ].join('');

const both = (phases: readonly (readonly number[] | undefined)[], share: number): string =>
  phases
    .map((times) =>
      quantile(times ?? [], share)
        .toFixed(0)
        .padStart(5),
    )
    .join(' →');

const site = await openSite(ACCOUNTS);
try {
  // Warm: what is compiled or planned at first use is in neither figure.
  await workOrdinarily(site.server.url, site.ordinary, performance.now() + 15_000);
  const alone = await phase(site, msOf(values.alone));
  process.stdout.write(`${row('alone', alone)}\n`);
  const attacked = await underAttack(site, msOf(values.minutes));
  process.stdout.write(`${row('under attack', attacked)}\n`);
  for (const step of alone.timesByStep.keys()) {
    const phases = [alone.timesByStep.get(step), attacked.timesByStep.get(step)];
    process.stdout.write(`  ${step.padEnd(36)}p50 ${both(phases, 0.5)} ms   p99 ${both(phases, 0.99)} ms\n`);
  }
  for (const failure of attacked.failures.slice(0, 10)) process.stdout.write(`  ${failure}\n`);
  for (const [name, { done, refused, unanswered }] of Object.entries(attacked.met)) {
    process.stdout.write(`  ${name.padEnd(16)}${done} done, ${refused} refused, ${unanswered} unanswered\n`);
  }
  const notMade = values.attack.filter((name) => {
    const met = attacked.met[name];
    return met === undefined || !isMade(name, met);
  });

  const times = quantile(attacked.times, 0.99) / quantile(alone.times, 0.99);
  const resident = Math.max(...attacked.residentMiB) / Math.max(...alone.residentMiB);
  reportPromises([
    [`attacks that had no effect${notMade.map((name) => `, ${name}`).join('')}`, notMade.length, 0],
    ['requests of ordinary accounts that failed', attacked.failures.length, 0],
    ['their p99, in times of alone', times, MOST_TIMES_ALONE],
    ['delay of the server’s event loop, p99 in ms', quantile(attacked.loopDelaysMs, 0.99), MOST_LOOP_DELAY_MS],
    ['its resident memory, in times of alone', resident, MOST_TIMES_RESIDENT],
  ]);
} finally {
  await site.close();
}
