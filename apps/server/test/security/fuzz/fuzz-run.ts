import { isDeepStrictEqual } from 'node:util';
import type { Person } from '@promptory/api/testing';
import type { RestProcedure } from '@promptory/trpc-fastify';
import fc from 'fast-check';
import { rows } from '../../contract/access-matrix.rows.ts';
import type { BootedApp } from '../../harness/boot.ts';
import { givenWorld, type World } from '../../harness/given-world.ts';
import { type Headers, type Transport, transports, transportsOf } from '../../harness/transports.ts';
import { type Caller, type KnownCaller, knownCallers } from '../../harness/world-callers.ts';
import { inParallel } from '../harness/in-parallel.ts';
import type { Proof } from '../harness/proof.ts';
import { inputsOf } from './fuzz-inputs.ts';
import { mutated, type Sent } from './fuzz-mutations.ts';
import { faultOf, isAtItsAddress, isOpen, type Requested, UNREADABLE } from './fuzz-oracles.ts';
import { fitsInBatch, type ParsedAnswer, type Resolve, readAnswers, requestOf } from './fuzz-requests.ts';
import { type OtherTenant, thingsOf } from './fuzz-things.ts';

const AT_ONCE = 8;
const BATCH = 16;
const SLOW_MS = 1_000;

/** How a run went, besides its deviations. */
export class Tally {
  readonly times: number[] = [];
  readonly codes = new Map<string, number>();
  #answers = 0;
  #succeeded = 0;

  count({ code }: ParsedAnswer): void {
    this.#answers += 1;
    if (code === 'ok') this.#succeeded += 1;
    this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
  }

  get succeeded(): number {
    return this.#succeeded;
  }

  get answers(): number {
    return this.#answers;
  }

  remarkOn(proof: Proof, what: string): void {
    const sorted = this.times.toSorted((a, b) => a - b);
    const at = (share: number): string => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(0);
    proof.remark(
      `${what}: ${this.#answers} calls in ${this.times.length} requests, ${this.#succeeded} of them succeeded, ` +
        `${this.codes.size} kinds of answer; p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, slowest ${at(1)} ms`,
    );
  }
}

interface FuzzRun {
  readonly server: BootedApp;
  readonly other: OtherTenant;
  readonly proof: Proof;
  readonly tally: Tally;
}

/** Sends the same again. @returns how many milliseconds that took */
type Repeat = () => Promise<number>;

/** A call that is to be made: by whom, through which transport, with what. */
interface Planned {
  readonly transport: Transport;
  readonly caller: Caller;
  /** More than one only in a batch. */
  readonly sent: readonly [Sent, ...Sent[]];
}

const prototype = (): object => Object.getOwnPropertyDescriptors(Object.prototype);
const cleanPrototype = prototype();

/** Calls that one world serves before the next is made. */
const callsPerWorld = ({ type }: RestProcedure): number => (type === 'mutation' ? 100 : 500);

/** Makes `valid` and `broken` inputs of a procedure and checks every answer. */
export async function fuzz(
  run: FuzzRun,
  endpoint: RestProcedure,
  counts: { valid: number; broken: number },
): Promise<void> {
  const { server, other, proof } = run;
  const plan = planOf(run, endpoint, counts);
  const chunk = callsPerWorld(endpoint);
  for (let start = 0; start < plan.length; start += chunk) {
    const world = await givenWorld(server);
    const context: WorldContext = { resolve: thingsOf(world, other), headersOf: cachedHeaders(world), slow: [] };
    const planned = batched(endpoint, plan.slice(start, start + chunk));
    await inParallel(planned, AT_ONCE, (each) => call(run, endpoint, each, context));
    await repeatAlone(context.slow);
    if (!isDeepStrictEqual(prototype(), cleanPrototype)) proof.deviation(`${endpoint.path} changed Object.prototype`);
  }
}

function planOf({ proof }: FuzzRun, endpoint: RestProcedure, counts: { valid: number; broken: number }): Planned[] {
  const valid = validInputs(endpoint);
  const seed = proof.below(2 ** 31);
  const inputs = [
    ...fc.sample(valid, { numRuns: counts.valid, seed }),
    ...fc.sample(mutated(valid), { numRuns: counts.broken, seed: seed + 1 }),
  ];
  const callers = whoMay(endpoint);
  return inputs.map((sent, index): Planned => {
    const transport = transports[index % transports.length] ?? 'REST';
    // A batch of what proves who one is, is refused before its input is looked at.
    const isShut = !transportsOf(endpoint.path).includes(transport) && index % 10 !== 0;
    const any = proof.random() < 0.6 ? proof.pick(callers) : proof.pick(knownCallers);
    // Those of a batch are one caller's.
    const turn = Math.floor(index / (transports.length * BATCH));
    const caller = transport === 'tRPC batch' && turn % 3 > 0 ? callers[turn % callers.length] : any;
    return { transport: isShut ? 'tRPC' : transport, caller: caller ?? 'owner', sent: [sent] };
  });
}

/** Puts what one caller sends in batches into few of them. */
function batched({ path, rest }: RestProcedure, plan: readonly Planned[]): Planned[] {
  if (rest.stream !== undefined || !transportsOf(path).includes('tRPC batch')) return [...plan];
  const fits = ({ transport, sent }: Planned): boolean => transport === 'tRPC batch' && fitsInBatch(sent[0]);
  const alone = plan.filter((planned) => !fits(planned));
  const byCaller = Map.groupBy(plan.filter(fits), ({ caller }) => caller);
  const batches = [...byCaller].flatMap(([caller, all]) => {
    const inputs = all.map(({ sent }) => sent[0]);
    return inputs.flatMap((first, at): Planned[] =>
      at % BATCH === 0 ? [{ transport: 'tRPC batch', caller, sent: [first, ...inputs.slice(at + 1, at + BATCH)] }] : [],
    );
  });
  return [...alone, ...batches];
}

function whoMay({ path }: RestProcedure): KnownCaller[] {
  const expected = rows[path]?.expected;
  if (expected === undefined || expected === 'anyone') return [...knownCallers];
  return knownCallers.filter((caller) => expected[caller] === 'ok');
}

/** What the schema allows, half of it about the very things that the access table's row is about. */
function validInputs(endpoint: RestProcedure): fc.Arbitrary<Sent> {
  return fc.tuple(inputsOf(endpoint), fc.boolean()).map(([input, isNear]): Sent => {
    const near = isNear ? rows[endpoint.path]?.input(namedWorld) : {};
    return { input: { ...input, ...near }, kept: 1 };
  });
}

/** A world whose ids are their names, to be put in place later. */
const named = (name: string): string => `@@${name}@@`;
const somebody = (name: string): Person => ({
  id: named(name),
  email: named(`${name}Mail`),
  handle: named(`${name}Handle`),
  name,
  role: 'user',
  principal: { kind: 'user', userId: named(name), role: 'user', sessionId: named(`${name}Session`) },
});
const namedWorld: World = {
  mark: 'fuzz',
  people: {
    alice: somebody('alice'),
    bob: somebody('bob'),
    carol: somebody('carol'),
    dave: somebody('bob'),
    mallory: somebody('otherUser'),
    root: somebody('bob'),
    sam: somebody('bob'),
    nina: somebody('nina'),
    erin: somebody('erin'),
  },
  password: named('password'),
  shared: named('shared'),
  second: named('second'),
  trashed: named('trashed'),
  labelMove: named('labelMove'),
  release: named('release'),
  published: named('published'),
  group: named('group'),
  invitation: named('invitation'),
  received: named('received'),
  spareKey: named('spareKey'),
  spareSession: { id: named('spareSession'), refreshToken: named('refreshToken') },
  resetToken: named('resetToken'),
  verifyToken: named('verifyToken'),
  mailChoiceToken: named('mailChoiceToken'),
  codes: { root: named('rootCode'), alice: named('aliceCode') },
  foreign: new Map(),
  headersOf: async () => ({}),
};

/** What one world gives its calls. */
interface WorldContext {
  readonly resolve: Resolve;
  /** What took long among others, and what to say if it does so alone. */
  readonly slow: { again: Repeat; report: () => void }[];
  headersOf(caller: Caller): Promise<Headers>;
}

/** The headers of each caller, signed at their first call. */
function cachedHeaders(world: World): WorldContext['headersOf'] {
  const signed = new Map<Caller, Promise<Headers>>();
  return (caller) => {
    const headers = signed.get(caller) ?? world.headersOf(caller);
    signed.set(caller, headers);
    return headers;
  };
}

async function call(run: FuzzRun, endpoint: RestProcedure, planned: Planned, context: WorldContext): Promise<void> {
  const { proof, tally } = run;
  const { transport, caller, sent } = planned;
  const request = requestOf(transport, endpoint, sent, await context.headersOf(caller), context.resolve);
  const url = String(request.url);
  const text = `${decoded(url)} ${String(request.payload ?? '')}`;
  const requested: Requested = {
    transport,
    endpoint,
    text,
    url,
    isAdmin: caller === 'admin' || caller === "admin's key",
  };
  const report = (fault: string): void =>
    proof.deviation(`${endpoint.path} by ${transport} as ${caller}: ${fault} · ${seen(text)}`);
  let lasted = 0;
  const send = async (by: object): Promise<ParsedAnswer[]> => {
    proof.cases(sent.length);
    const start = performance.now();
    const response = await run.server.call({ ...request, headers: by as Record<string, string> });
    lasted = performance.now() - start;
    tally.times.push(lasted);
    try {
      return readAnswers(transport, endpoint, response, sent.length);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      report(`${response.statusCode}, ${why}: ${seen(response.body)}`);
      return [];
    }
  };
  const answers = await send(request.headers ?? {});
  for (const answer of answers) {
    tally.count(answer);
    const fault = faultOf(requested, answer);
    if (fault !== null) report(fault);
  }
  if (lasted > SLOW_MS) {
    const again: Repeat = async () => {
      await send(request.headers ?? {});
      return lasted;
    };
    context.slow.push({ again, report: () => report(`slower than ${SLOW_MS} ms, four times`) });
  }
  if (isOpen(endpoint) || proof.random() > 0.05) return;
  const isRead = answers.every(({ code, statuses }) => code === 'ok' || !UNREADABLE.has(statuses.at(-1) ?? 0));
  const mayBeUnread = !(isRead && isAtItsAddress(requested)) && sent.length === 1;
  for (const { statuses } of await send(withoutCredentials(request.headers ?? {}))) {
    const status = statuses.at(-1) ?? 0;
    // Dots lead to the root, which leads on to the documentation.
    const isRoot = status === 302 && !isAtItsAddress(requested);
    if (status !== 401 && !isRoot && !(mayBeUnread && UNREADABLE.has(status))) report(`${status} for nobody`);
  }
}

/** A slow answer among many is the machine's; one that is slow three times more, alone, is ours. */
async function repeatAlone(slow: WorldContext['slow']): Promise<void> {
  for (const { again, report } of slow) {
    let attempts = 0;
    while (attempts < 3 && (await again()) > SLOW_MS) attempts += 1;
    if (attempts === 3) report();
  }
}

const withoutCredentials = (headers: object): object =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => !['authorization', 'x-api-key', 'cookie'].includes(name)),
  );

function decoded(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}

const seen = (text: string): string =>
  JSON.stringify(text.length > 400 ? `${text.slice(0, 400)}… (${text.length})` : text);
