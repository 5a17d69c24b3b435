import { type Profiler, Session } from 'node:inspector';
import type { Turn } from '../../harness/loop-monitor.ts';

// Whose work a long turn of the event loop was. Servers and attacks share a thread here, and the collector of garbage has the heap
// of both; a profile tells them apart, and names the functions.

/** Longer turns of the event loop are deviations from F3, in milliseconds of the processor. */
export const LONGEST_TURN_MS = 100;

const EVERY_MICROSECONDS = 4_000;
const MOST_NAMES = 4;

/** What runs for the attack: its own code, and the clients that it calls by. */
const OF_ATTACKS = /\/test\/|\/vitest|@vitest\/|undici|_http_client|\/tinypool|\/tinyspy|\/chai/;
/** What only hands over between the two. */
const BETWEEN = /\/test\/harness\/(boot|loop-monitor)\.ts|light-my-request/;
const OF_SERVERS = /\/(packages|apps)\/[a-z-]+\/src\/|\/node_modules\//;

/** A turn of the loop, as far as servers held it. */
export interface HeldTurn {
  /** Of the processor, as long as it takes where nothing else makes it slower. */
  readonly ms: number;
  readonly during: readonly string[];
  /** Where most of that time went: functions, and which of ours they were called by. */
  readonly where: readonly string[];
}

type Owner = 'server' | 'attack' | 'nobody';

/** The profile of this thread, from the first proof on. */
class LoopProfile {
  #session: Session | undefined;

  start(): void {
    if (this.#session !== undefined) return;
    this.#session = new Session();
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.setSamplingInterval', { interval: EVERY_MICROSECONDS });
    this.#session.post('Profiler.start');
  }

  /** What servers did in these turns, of which each is a share of its time on the processor. Begins anew. */
  held(turns: readonly Turn[]): HeldTurn[] {
    return turns.length === 0 ? [] : heldTurns(turns, this.#take());
  }

  #take(): Profiler.Profile {
    let taken: Profiler.Profile | undefined;
    // In the same thread it answers before it returns.
    this.#session?.post('Profiler.stop', (error, answer) => {
      if (error !== null) throw error;
      taken = answer.profile;
    });
    this.#session?.post('Profiler.start');
    if (taken === undefined) throw new Error('The profiler has not been started.');
    return taken;
  }
}

/** Of this thread, as the monitor of its loop is. */
export const loopProfile = new LoopProfile();

/** What a profile says that servers did in these turns. */
export function heldTurns(turns: readonly Turn[], profile: Profiler.Profile): HeldTurn[] {
  const samples = samplesOf(profile);
  return turns.map((turn) => heldIn(turn, samples));
}

interface Sample {
  /** In microseconds, on the clock of `process.hrtime`. */
  readonly at: number;
  readonly owner: Owner;
  readonly name: string;
}

interface Stack {
  readonly owner: Owner;
  readonly name: string;
}

function samplesOf({ nodes, samples = [], timeDeltas = [], startTime }: Profiler.Profile): Sample[] {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const stacks = new Map<number, Stack>();
  const stackOf = (id: number): Stack => {
    const known = stacks.get(id);
    if (known !== undefined) return known;
    const made = newStack(id);
    stacks.set(id, made);
    return made;
  };
  const newStack = (id: number): Stack => {
    const frames = [];
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const frame = byId.get(at)?.callFrame;
      if (frame !== undefined) frames.push(frame);
    }
    const [leaf] = frames;
    // Whoever is nearest to the root has begun it.
    const owners = frames.map(({ url }): Owner => {
      if (BETWEEN.test(url)) return 'nobody';
      if (OF_ATTACKS.test(url)) return 'attack';
      return OF_SERVERS.test(url) ? 'server' : 'nobody';
    });
    const owner = owners.findLast((each) => each !== 'nobody') ?? 'nobody';
    const ours = frames.find(({ url }) => /\/src\//.test(url) && !url.includes('node_modules'));
    const by = ours === undefined || ours === leaf ? '' : ` of ${placeOf(ours)}`;
    return { owner, name: leaf === undefined ? '' : `${placeOf(leaf)}${by}` };
  };
  let at = startTime;
  return samples.map((id, index) => {
    at += timeDeltas[index] ?? 0;
    return { at, ...stackOf(id) };
  });
}

const placeOf = ({ functionName, url, lineNumber }: Profiler.Profile['nodes'][number]['callFrame']): string =>
  `${functionName || '(anonymous)'}${url === '' ? '' : ` ${url.split('/').slice(-2).join('/')}:${lineNumber + 1}`}`;

function heldIn({ ms: taken, slowdown, during, from, to }: Turn, samples: readonly Sample[]): HeldTurn {
  const within = samples.filter(({ at, name }) => at >= from && at <= to && !/^\((idle|program|root)\)/.test(name));
  const ofServers = within.filter(({ owner }) => owner === 'server');
  const ms = taken / slowdown;
  const names = new Map<string, number>();
  for (const { name } of ofServers) names.set(name, (names.get(name) ?? 0) + 1);
  const where = [...names]
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, MOST_NAMES)
    .map(([name, count]) => `${((ms * count) / within.length).toFixed(0)} ms ${name}`);
  return { ms: within.length === 0 ? 0 : (ms * ofServers.length) / within.length, during, where };
}
