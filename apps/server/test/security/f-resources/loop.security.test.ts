import type { InjectOptions } from 'fastify';
import { rows } from '../../contract/access-matrix.rows.ts';
import { givenApp } from '../../harness/boot.ts';
import { givenWorld } from '../../harness/given-world.ts';
import { loopMonitor, type Turn } from '../../harness/loop-monitor.ts';
import {
  callProcedure,
  endpointOf,
  type Headers,
  type Input,
  procedures,
  type Transport,
  transportsOf,
} from '../../harness/transports.ts';
import { LONGEST_TURN_MS } from '../harness/loop-profile.ts';
import { type Proof, proves } from '../harness/proof.ts';
import { makeLargeThings } from './large-things.ts';
import { again, largestInputs } from './loop.rows.ts';

const MEBIBYTE = 1_048_576;
/** Of a batch on the tRPC wire. */
const BATCH = 20;

const server = await givenApp();

let made: ReturnType<typeof makeLargeThings> | undefined;

/** Prompts of a release in a short run: each takes a tenth of a second to be compared. */
const FEW_RELEASED = 4;

/** Made once for all proofs. */
function givenLargeThings({ sharesMachine }: Proof): ReturnType<typeof makeLargeThings> {
  made ??= makeLargeThings(server, ...(sharesMachine ? [FEW_RELEASED] : []));
  return made;
}

/** The longest turn of a call; of three where it was long, since what runs for the first time is compiled meanwhile. */
async function longestTurn(call: () => Promise<unknown>): Promise<Turn> {
  let shortest: Turn | undefined;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    loopMonitor.take();
    await call();
    const longest = loopMonitor.take();
    if (shortest === undefined || longest.ms < shortest.ms) shortest = longest;
    if (shortest.ms < LONGEST_TURN_MS / 2) break;
  }
  return shortest as Turn;
}

/** The longest of all, to be said beside the row. */
class Longest {
  readonly #of = new Map<string, number>();

  note(what: string, { ms }: Turn): void {
    this.#of.set(what, Math.max(ms, this.#of.get(what) ?? 0));
  }

  remarkOn(proof: Proof): void {
    const sorted = [...this.#of].toSorted(([, one], [, other]) => other - one);
    const over = sorted.filter(([, ms]) => ms > 20).length;
    const named = sorted.slice(0, 5).map(([what, ms]) => `${what} ${ms.toFixed(0)} ms`);
    proof.remark(`longest turns, ${over} of ${sorted.length} over 20 ms: ${named.join(', ')}`);
  }
}

const calls = new Map<string, number>();

/** The input of one more call, which does what those before it did. */
function oneMore(path: string, input: Input): Input {
  const at = (calls.get(path) ?? 0) + 1;
  calls.set(path, at);
  return again[path]?.(input, at) ?? input;
}

/** As many of the same call as a batch may have, and its body. */
function batchOf(path: string, input: Input): Omit<InjectOptions, 'headers'> | undefined {
  const { type } = endpointOf(path);
  const size = JSON.stringify(input).length;
  const count = Math.min(BATCH, Math.floor((type === 'query' ? 8_000 : MEBIBYTE) / (size + 20)));
  if (count < 2) return undefined;
  const url = `/trpc/${Array(count).fill(path).join()}?batch=1`;
  const inputs = Object.fromEntries(Array.from({ length: count }, (_, index) => [index, oneMore(path, input)]));
  return type === 'query'
    ? { method: 'GET', url: `${url}&input=${encodeURIComponent(JSON.stringify(inputs))}` }
    : { method: 'POST', url, payload: inputs };
}

proves(
  'F3',
  'no call of any procedure holds the event loop for 100 ms of its processor, with its largest input, over every transport',
  async (proof) => {
    const things = await givenLargeThings(proof);
    const longest = new Longest();
    const done = proof.demand(procedures.length, 'calls did what they are for');
    for (const { path } of procedures) {
      const row = largestInputs[path];
      if (row === undefined) {
        proof.deviation(`${path} is in no row of largest inputs`);
        continue;
      }
      if (row === 'small') {
        for (const transport of transportsOf(path)) {
          const world = await givenWorld(server);
          const headers = await world.headersOf(path.startsWith('admin.') ? 'admin' : 'owner');
          await alone(path, transport, rows[path]?.input(world) ?? {}, headers);
        }
        continue;
      }
      for (const input of proof.sample(row(things))) {
        for (const transport of transportsOf(path)) await alone(path, transport, input, things.headersOf(path));
        await batched(path, input);
      }
    }
    longest.remarkOn(proof);

    async function alone(path: string, transport: Transport, input: Input, headers: Headers): Promise<void> {
      const turn = await leastOf(path, async () => {
        const { code } = await callProcedure(server, transport, path, oneMore(path, input), headers);
        done(code === 'ok');
      });
      check(`${path} by ${transport}`, input, turn);
    }

    async function batched(path: string, input: Input): Promise<void> {
      const isShared = transportsOf(path).includes('tRPC batch') && endpointOf(path).rest.stream === undefined;
      if (!isShared || batchOf(path, input) === undefined) return;
      const headers = { ...things.headersOf(path) };
      const turn = await leastOf(path, () => server.call({ ...batchOf(path, input), headers }));
      check(`a batch of ${path}`, input, turn);
    }

    /** What a query costs, it costs each time; the compiler and the collector of garbage come at some of them. */
    async function leastOf(path: string, call: () => Promise<unknown>): Promise<Turn> {
      let least = await longestTurn(call);
      for (let again = 0; again < 3 && least.ms > LONGEST_TURN_MS && endpointOf(path).type === 'query'; again += 1) {
        const turn = await longestTurn(call);
        if (turn.ms < least.ms) least = turn;
      }
      return least;
    }

    function check(what: string, input: Input, turn: Turn): void {
      longest.note(what, turn);
      proof.check(
        turn.ms <= proof.longestTurnMs,
        () => `${what}: ${turn.ms.toFixed(0)} ms with ${JSON.stringify(input).slice(0, 200)}`,
      );
    }
  },
  { timeout: 2_400_000, asksOfTurns: true },
);

/** JSON of about a mebibyte in the place of a field, within and beyond what is parsed at all. */
const hostile: Readonly<Record<string, string>> = {
  'one long text': JSON.stringify('x'.repeat(MEBIBYTE - 5_000)),
  'many names': `{${Array.from({ length: 80_000 }, (_, index) => `"key${index}":1`).join()}}`,
  'as many names as may be': `{${Array.from({ length: 19_900 }, (_, index) => `"key${index}":1`).join()}}`,
  'many objects': `[${'{},'.repeat(340_000)}{}]`,
  'as many objects as may be': `[${'{},'.repeat(24_900)}{}]`,
  'many numbers': `[${'1,'.repeat(520_000)}1]`,
  'as many numbers as may be': `[${'1,'.repeat(49_900)}1]`,
  'as many texts as may be': `[${'"",'.repeat(49_900)}""]`,
  'many levels': `[${`${'['.repeat(60)}${']'.repeat(60)},`.repeat(8_000)}1]`,
  'as many levels as may be': `[${`${'['.repeat(60)}${']'.repeat(60)},`.repeat(800)}1]`,
  'only levels': '['.repeat(MEBIBYTE - 5_000),
  'escaped quotation marks': `"${'\\"'.repeat(MEBIBYTE / 2 - 5_000)}"`,
};

proves(
  'F3',
  'no body of a mebibyte holds the event loop for 100 ms until it is refused, in whichever field of whichever call',
  async (proof) => {
    const things = await givenLargeThings(proof);
    const longest = new Longest();
    const takers = procedures.filter(({ type, rest }) => type === 'mutation' && rest.body === undefined);
    const sent = takers.flatMap(({ path }) => {
      const input = rows[path]?.input(things.world) ?? {};
      return [...Object.keys(input), 'unknown', 'config', 'messages', 'promptIds'].flatMap((field) =>
        Object.entries(hostile).map(([shape, json]) => ({ path, field, shape, json, input })),
      );
    });
    for (const { path, field, shape, json, input } of proof.sample(sent, 200)) {
      const others = Object.entries(input).filter(([name]) => name !== field);
      const payload = `{${[...others.map(([name, value]) => `"${name}":${JSON.stringify(value)}`), `"${field}":${json}`].join()}}`;
      const headers = { ...things.headersOf(path), 'content-type': 'application/json' };
      const turn = await longestTurn(() => server.call({ method: 'POST', url: `/trpc/${path}`, headers, payload }));
      longest.note(`${shape} to ${path}`, turn);
      proof.check(turn.ms <= proof.longestTurnMs, () => `${path} with ${shape} as ${field}: ${turn.ms.toFixed(0)} ms`);
    }
    const payload = { theme: 'dark' };
    const url = '/trpc/preferences.update';
    const small = await server.call({ method: 'POST', url, headers: things.headersOf('preferences.update'), payload });
    proof.works(small.statusCode === 200, () => `a small body is answered ${small.statusCode}`);
    longest.remarkOn(proof);
  },
  { timeout: 2_400_000, asksOfTurns: true },
);

proves(
  'F3',
  'twenty comparisons of 100,000 short lines in one batch leave the loop free, in 8 MiB',
  async (proof) => {
    proof.atLeast(20);
    const made = proof.demand(1, 'comparisons were made');
    const { compared: id, headersOf } = await givenLargeThings(proof);
    const request = batchOf('versions.diff', { id, from: 1, to: 2 });
    if (request === undefined) throw new Error('A batch of comparisons has room.');
    let bytes = 0;
    const turn = await longestTurn(async () => {
      const response = await server.call({ ...request, headers: { ...headersOf('versions.diff') } });
      bytes = response.rawPayload.length;
      const answers: {
        result?: { data: { content: { stoppedAt: object | null } } };
        error?: { data: { code: string } };
      }[] = response.json();
      for (const { result, error } of answers) {
        made(error === undefined);
        // On a machine that others keep busy, a batch has not the time for all of them.
        const refusals = proof.sharesMachine ? ['answer.batch_full', 'server.busy'] : ['answer.batch_full'];
        const isFine =
          error === undefined ? result?.data.content.stoppedAt !== null : refusals.includes(error.data.code);
        proof.check(isFine, () => `${JSON.stringify(error ?? result).slice(0, 200)}`);
      }
    });
    proof.check(bytes <= 8 * MEBIBYTE, () => `${bytes} bytes`);
    proof.check(turn.ms <= proof.longestTurnMs, () => `${turn.ms.toFixed(0)} ms`);
    proof.remark(`longest turn ${turn.ms.toFixed(0)} ms, ${bytes} bytes`);
  },
  { asksOfTurns: true },
);
