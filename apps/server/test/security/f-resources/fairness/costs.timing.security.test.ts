import { readFileSync } from 'node:fs';
import { procedureFacts } from '@promptory/api/server';
import { rows } from '../../../contract/access-matrix.rows.ts';
import { enlarge } from '../../../growth/large-world.ts';
import { givenApp } from '../../../harness/boot.ts';
import { givenWorld } from '../../../harness/given-world.ts';
import { callProcedure, type Headers, type Input, procedures } from '../../../harness/transports.ts';
import { wideQuotas } from '../../../harness/wide-quotas.ts';
import { proves } from '../../harness/proof.ts';
import { makeLargeThings } from '../large-things.ts';
import { again, largestInputs } from '../loop.rows.ts';

// What a call takes of the processor, in this process and in PostgreSQL, as so many times what getting a prompt takes: by
// this table the costs are chosen that procedures declare. It counts time on the processor, and so holds on a busy machine.

/** What costs more than so many gets, with its largest input, counts as more than one call: some thirty milliseconds. */
const ORDINARY_GETS = 20;
/** As one call is counted at most what so many gets cost. Guards against a cost that has become far too low. */
const GETS_A_CALL = 50;
/** Of each other thing, beside what is as large as it may be. */
const SIZE = 500;
const WARM_UP = 100;
const GETS = 60;
const TRIES = 3;

const server = await givenApp({ settings: { quotas: wideQuotas } });

/** Searches have a limit of their own: of 600 calls a minute 30. */
const CALLS_A_SEARCH = 20;

/**
 * What has a limit of its own, which is lower than any cost would make it, or streams: that grows with all that is sent or that an
 * account has. Of these a caller has few in flight, and takes turns with others in the threads that write files. So it does in those
 * that compare versions, of which a release has a hundred, one after the other.
 */
const BOUNDED_OTHERWISE = new Set([
  ...['releases.create', 'releases.undo'],
  ...['auth.register', 'auth.login', 'auth.resetPassword', 'auth.verifyEmail'],
  ...['me.export', 'transfer.import', 'transfer.export', 'transfer.exportFiles'],
]);

/** Milliseconds on the processor of the sessions that PostgreSQL has open for the app. Linux tells them; elsewhere it is 0. */
async function postgresMs(): Promise<number> {
  const { rows: sessions } = await server.database.pool.query<{ pid: number }>(
    'SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usename <> current_user',
  );
  let nanoseconds = 0;
  for (const { pid } of sessions) {
    try {
      nanoseconds += Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ', 1)[0]);
    } catch {
      // It has ended meanwhile, or the system has no such file.
    }
  }
  return nanoseconds / 1e6;
}

let answeredWell = 0;

async function costOf(path: string, input: Input, headers: Headers): Promise<number> {
  const postgres = await postgresMs();
  const before = process.cpuUsage();
  const { code } = await callProcedure(server, 'REST', path, input, headers);
  if (code === 'ok') answeredWell += 1;
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 + Math.max(0, (await postgresMs()) - postgres);
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

proves(
  'F3',
  'what costs far more than to get a prompt, with its largest input, counts as more than one call',
  async (proof) => {
    proof.atLeast(130);
    const things = await makeLargeThings(server);
    await enlarge(server.database, things.world, SIZE);
    const owner = await things.world.headersOf('owner');
    const gets: number[] = [];
    for (let call = -WARM_UP; call < GETS; call += 1) {
      const cost = await costOf('prompts.get', { id: things.world.shared }, owner);
      if (call >= 0) gets.push(cost);
    }
    const get = median(gets);
    proof.works(get > 0, () => 'a get takes no time of the processor');
    const lines: { times: number; text: string }[] = [];
    for (const { path } of procedures) {
      const { cost = 1 } = procedureFacts.get(path) ?? {};
      const most = await largestCost(path);
      const times = most / get;
      lines.push({ times, text: `${path.padEnd(30)}${times.toFixed(1).padStart(8)} gets, counts as ${cost}` });
      if (BOUNDED_OTHERWISE.has(path)) continue;
      proof.check(cost > 1 || times <= ORDINARY_GETS, () => `${path} costs ${times.toFixed(1)} gets and counts as one`);
      proof.check(times / cost <= GETS_A_CALL, () => `${path} costs ${times.toFixed(1)} gets and counts as ${cost}`);
    }
    proof.works(answeredWell > GETS + procedures.length, () => `only ${answeredWell} calls did what they are for`);
    const table = lines.toSorted((one, other) => other.times - one.times).map(({ text }) => text);
    process.stdout.write(`A get takes ${get.toFixed(2)} ms of the processor.\n${table.join('\n')}\n`);
    proof.remark(`costliest: ${table.slice(0, 8).join('; ').replaceAll(/ +/g, ' ')}`);

    async function largestCost(path: string): Promise<number> {
      const row = largestInputs[path] ?? 'small';
      if (row === 'small') {
        const world = await givenWorld(server);
        const headers = await world.headersOf(path.startsWith('admin.') ? 'admin' : 'owner');
        return costOf(path, rows[path]?.input(world) ?? {}, headers);
      }
      let most = 0;
      for (const input of row(things)) {
        const calls = Reflect.get(input, 'q') === undefined ? 1 : CALLS_A_SEARCH;
        most = Math.max(most, (await leastCost(path, input, things.headersOf(path))) / calls);
      }
      return most;
    }
  },
  { timeout: 3_600_000 },
);

/** Of three calls that do the same where it is not small, since what runs for the first time is compiled meanwhile. */
async function leastCost(path: string, input: Input, headers: Headers): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    least = Math.min(least, await costOf(path, again[path]?.(input, attempt) ?? input, headers));
    if (least < 10) break;
  }
  return least;
}
