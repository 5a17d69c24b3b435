import { isDeepStrictEqual } from 'node:util';
import type { RestProcedure } from '@promptory/trpc-fastify';
import fc from 'fast-check';
import { rows } from '../access-matrix.rows.ts';
import type { BootedApp } from '../boot.ts';
import { type Caller, givenWorld, type KnownCaller, knownCallers, type World } from '../given-world.ts';
import { type Door, doors, type Headers } from '../three-doors.ts';
import { inParallel } from './account-attacks.ts';
import { type Resolve, readAnswer, requestOf, type Told } from './fuzz-doors.ts';
import { inputsOf } from './fuzz-inputs.ts';
import { mutated, type Sent } from './fuzz-mutations.ts';
import { type Asked, faultOf, isAtItsAddress, isOpen, UNREADABLE } from './fuzz-oracles.ts';
import { type OtherTenant, thingsOf } from './fuzz-things.ts';
import type { Proof } from './proof.ts';

const AT_ONCE = 8;
const SLOW_MS = 1_000;

/** How a run went, besides its deviations. */
export class Tally {
  readonly times: number[] = [];
  readonly codes = new Map<string, number>();
  succeeded = 0;

  remarkOn(proof: Proof, what: string): void {
    const sorted = this.times.toSorted((a, b) => a - b);
    const at = (share: number): string => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(0);
    proof.remark(
      `${what}: ${this.times.length} calls, ${this.succeeded} of them succeeded, ${this.codes.size} kinds of answer; ` +
        `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, slowest ${at(1)} ms`,
    );
  }
}

interface Fuzzed {
  readonly server: BootedApp;
  readonly other: OtherTenant;
  readonly proof: Proof;
  readonly tally: Tally;
}

/** A call that is to be made: by whom, through which door, with what. */
interface Planned {
  readonly door: Door;
  readonly caller: Caller;
  readonly sent: Sent;
}

const prototype = (): object => Object.getOwnPropertyDescriptors(Object.prototype);
const cleanPrototype = prototype();

/** Calls that one world serves before the next is made. */
const worldLasts = ({ type }: RestProcedure): number => (type === 'query' ? 500 : 50);

/** Makes `valid` and `broken` inputs of a procedure and judges every answer. */
export async function fuzz(
  run: Fuzzed,
  endpoint: RestProcedure,
  counts: { valid: number; broken: number },
): Promise<void> {
  const { server, other, proof } = run;
  const plan = planOf(run, endpoint, counts);
  const chunk = worldLasts(endpoint);
  for (let start = 0; start < plan.length; start += chunk) {
    const world = await givenWorld(server);
    const here: Here = { resolve: thingsOf(world, other), headersOf: signedOnce(world) };
    await inParallel(plan.slice(start, start + chunk), AT_ONCE, (planned) => call(run, endpoint, planned, here));
    if (!isDeepStrictEqual(prototype(), cleanPrototype)) proof.deviation(`${endpoint.path} changed Object.prototype`);
  }
}

function planOf({ proof }: Fuzzed, endpoint: RestProcedure, counts: { valid: number; broken: number }): Planned[] {
  const valid = validInputs(endpoint);
  const seed = proof.below(2 ** 31);
  const inputs = [
    ...fc.sample(valid, { numRuns: counts.valid, seed }),
    ...fc.sample(mutated(valid), { numRuns: counts.broken, seed: seed + 1 }),
  ];
  const callers = whoMay(endpoint);
  return inputs.map((sent, index): Planned => {
    const door = doors[index % doors.length] ?? 'REST';
    // A batch of what proves who one is, is refused before its input is looked at.
    const isShut = door === 'tRPC batch' && endpoint.path.startsWith('auth.') && index % 10 !== 0;
    const caller = proof.random() < 0.6 ? proof.pick(callers) : proof.pick(knownCallers);
    return { door: isShut ? 'tRPC' : door, caller: caller ?? 'owner', sent };
  });
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
const somebody = (name: string) => ({ id: named(name), email: named(`${name}Mail`), handle: named(`${name}Handle`) });
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
  binned: named('binned'),
  published: named('published'),
  group: named('group'),
  invitation: named('invitation'),
  spareKey: named('spareKey'),
  spareSession: { id: named('spareSession'), refreshToken: named('refreshToken') },
  resetToken: named('resetToken'),
  verifyToken: named('verifyToken'),
  codes: { root: named('rootCode'), alice: named('aliceCode') },
  foreign: new Map(),
  headersOf: async () => ({}),
};

/** What one world gives its calls. */
interface Here {
  readonly resolve: Resolve;
  headersOf(caller: Caller): Promise<Headers>;
}

/** The headers of each caller, signed at their first call. */
function signedOnce(world: World): Here['headersOf'] {
  const signed = new Map<Caller, Promise<Headers>>();
  return (caller) => {
    const headers = signed.get(caller) ?? world.headersOf(caller);
    signed.set(caller, headers);
    return headers;
  };
}

async function call(run: Fuzzed, endpoint: RestProcedure, planned: Planned, here: Here): Promise<void> {
  const { proof, tally } = run;
  const { door, caller, sent } = planned;
  const request = requestOf(door, endpoint, sent, await here.headersOf(caller), here.resolve);
  const url = String(request.url);
  const text = `${decoded(url)} ${String(request.payload ?? '')}`;
  const asked: Asked = { door, endpoint, text, url, isAdmin: caller === 'admin' || caller === "admin's key" };
  const blame = (fault: string): void =>
    proof.deviation(`${endpoint.path} by ${door} as ${caller}: ${fault} · ${seen(text)}`);
  let lasted = 0;
  const ask = async (by: object): Promise<Told | null> => {
    proof.case();
    const start = performance.now();
    const response = await run.server.call({ ...request, headers: by as Record<string, string> });
    lasted = performance.now() - start;
    tally.times.push(lasted);
    try {
      return readAnswer(door, endpoint, response);
    } catch (error) {
      blame(
        `${response.statusCode}, ${error instanceof Error ? error.message : String(error)}: ${seen(response.body)}`,
      );
      return null;
    }
  };
  const answer = await ask(request.headers ?? {});
  if (answer === null) return;
  tally.codes.set(answer.code, (tally.codes.get(answer.code) ?? 0) + 1);
  if (answer.code === 'ok') tally.succeeded += 1;
  const fault = faultOf(asked, answer);
  if (fault !== null) blame(fault);
  for (let again = 0; again < 3 && lasted > SLOW_MS; again += 1) await ask(request.headers ?? {});
  // A slow answer among many is the machine's; one that is slow four times is ours.
  if (lasted > SLOW_MS) blame(`slower than ${SLOW_MS} ms four times`);
  if (isOpen(endpoint) || proof.random() > 0.05) return;
  const anonymous = await ask(withoutCredentials(request.headers ?? {}));
  const status = anonymous?.statuses.at(-1) ?? 0;
  const isJudged = answer.code === 'ok' || !UNREADABLE.has(answer.statuses.at(-1) ?? 0);
  const isFine = status === 401 || (!(isJudged && isAtItsAddress(asked)) && UNREADABLE.has(status));
  if (!isFine) blame(`${status} for nobody`);
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
