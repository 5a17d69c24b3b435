import { setTimeout as sleep } from 'node:timers/promises';
import { type Acknowledged, visibleStates } from '@promptory/api/testing';
import { type CoherenceSite, call, type Watched } from './coherence-site.ts';

/** Until the first cut, and at most between two, in milliseconds. */
const CUT_WITHIN = [200, 2_000] as const;
/** Every other time no server is let hear of changes, up to so long. */
const LONGEST_CUT = 2_500;
const CUT_AGAIN = 20;
/** So much of the time the replica stands still, in milliseconds: between two rests, and each. */
const HELD_WITHIN = [500, 3_000] as const;
const LONGEST_HOLD = 2_500;
const PAUSE_OF_WRITER = 150;
const PAUSE_OF_READER = 10;

/** What was seen, and what should not have been. */
export interface Coherence {
  writes: number;
  reads: number;
  refusals: number;
  cuts: number;
  holds: number;
  /** Reads of what had been changed more than a second ago, or at the same server before they began. */
  stale: number;
  /** Reads by who could not be let in any more, and refusals of who had to be. */
  wrongRights: number;
  /** Reads of a writer, at the server that had answered its change, in which the change was not. */
  ownMissed: number;
  /** What was answered otherwise than it may be. */
  failed: number;
  /** Of the other server's reads, how long before them what they answered was changed there. */
  readonly lags: number[];
  /** The first few misses, in words. */
  readonly misses: string[];
}

interface Run {
  readonly site: CoherenceSite;
  readonly seen: Coherence;
  readonly isOver: () => boolean;
  /** A whole number below another one. */
  readonly below: (end: number) => number;
}

/** What is known of one prompt: by whom it was changed when, and who might read it. */
interface History {
  readonly watched: Watched;
  readonly texts: Acknowledged<number, string>[];
  readonly rights: Acknowledged<boolean, string>[];
}

const between = (run: Run, [least, most]: readonly [number, number]): number => least + run.below(most - least);
const anyUrl = ({ site, below }: Run): string => site.urls[below(site.urls.length)] ?? '';

function missed(seen: Coherence, kind: 'stale' | 'wrongRights' | 'ownMissed' | 'failed', what: string): void {
  seen[kind] += 1;
  if (seen.misses.length < 10) seen.misses.push(what);
}

/** Lets writers change and readers read at any server, for so long, while feeds are cut and the replica stands still at random. */
export async function checkCoherence(
  site: CoherenceSite,
  options: { writers: number; readersEach: number; seconds: number; random: () => number },
): Promise<Coherence> {
  const seen: Coherence = {
    ...{ writes: 0, reads: 0, refusals: 0, cuts: 0, holds: 0 },
    ...{ stale: 0, wrongRights: 0, ownMissed: 0, failed: 0, lags: [], misses: [] },
  };
  const histories: History[] = [];
  for (let at = 0; at < options.writers; at += 1) histories.push(await givenHistory(site));
  // What was there before is known everywhere by then.
  await sleep(1_500);
  const end = performance.now() + options.seconds * 1_000;
  const run: Run = {
    site,
    seen,
    isOver: () => performance.now() > end,
    below: (most) => Math.floor(options.random() * most),
  };
  await Promise.all([
    cut(run),
    hold(run),
    ...histories.map((history) => write(run, history)),
    ...histories.flatMap((history) =>
      Array.from({ length: options.readersEach }, (_, at) => read(run, history, at % 2 === 0)),
    ),
  ]);
  return seen;
}

async function givenHistory(site: CoherenceSite): Promise<History> {
  const watched = await site.givenWatched();
  const now = performance.now();
  const first = { by: '', asked: now, answered: now };
  return { watched, texts: [{ ...first, state: 1 }], rights: [{ ...first, state: false }] };
}

async function cut(run: Run): Promise<void> {
  while (!run.isOver()) {
    await sleep(between(run, CUT_WITHIN));
    const lasts = run.below(2) === 0 ? 0 : run.below(LONGEST_CUT);
    const until = performance.now() + lasts;
    do {
      run.seen.cuts += await run.site.cutFeeds(lasts === 0 ? 1 : run.site.urls.length);
      await sleep(CUT_AGAIN);
    } while (performance.now() < until);
  }
}

async function hold(run: Run): Promise<void> {
  while (!run.isOver()) {
    await sleep(between(run, HELD_WITHIN));
    await run.site.holdReplica(true);
    await sleep(run.below(LONGEST_HOLD));
    await run.site.holdReplica(false);
    run.seen.holds += 1;
  }
}

/** Changes a text, or lets a member in and out, at any server, and looks there at once. */
async function write(run: Run, { watched, texts, rights }: History): Promise<void> {
  const { id, groupId, owner, member } = watched;
  let version = 1;
  let isMember = false;
  const change = async <T>(
    states: Acknowledged<T, string>[],
    state: T,
    request: readonly [method: string, path: string, body?: object],
  ): Promise<string> => {
    const by = anyUrl(run);
    const pending = { state, by, asked: performance.now(), answered: Number.POSITIVE_INFINITY };
    states.push(pending);
    const [method, path, body] = request;
    const { status } = await call(by, method, path, owner, body);
    states[states.indexOf(pending)] = { ...pending, answered: performance.now() };
    if (status >= 300)
      throw new Error(`${method} ${path} was answered ${status}: nothing can be said of what follows.`);
    run.seen.writes += 1;
    return by;
  };
  while (!run.isOver()) {
    if (run.below(2) === 0) {
      version += 1;
      const by = await change(texts, version, ['PUT', `/prompts/${id}`, { content: `Text ${version}` }]);
      const found = versionIn((await call(by, 'GET', versionsOf(id), owner)).body);
      if (found !== version) missed(run.seen, 'ownMissed', `who had made version ${version} read ${found}`);
    } else {
      isMember = !isMember;
      await change(
        rights,
        isMember,
        isMember
          ? ['POST', `/groups/${groupId}/members`, { handle: member.handle, role: 'viewer' }]
          : ['DELETE', `/groups/${groupId}/members/${member.id}`],
      );
    }
    await sleep(run.below(PAUSE_OF_WRITER));
  }
}

const versionsOf = (id: string): string => `/prompts/${id}/versions?limit=1`;

/** Of a prompt, or of the newest in a list. */
function versionIn(body: unknown): number {
  const { items, version } = body as { items?: { version: number }[]; version?: number };
  return items?.[0]?.version ?? version ?? 0;
}

/** Reads the prompt, which is remembered, or its versions, which are read at the replica, at any server. */
async function read(run: Run, { watched, texts, rights }: History, isMember: boolean): Promise<void> {
  const { seen } = run;
  while (!run.isOver()) {
    const url = anyUrl(run);
    const path = run.below(2) === 0 ? `/prompts/${watched.id}` : versionsOf(watched.id);
    const began = performance.now();
    const { status, body } = await call(url, 'GET', path, isMember ? watched.member : watched.owner);
    const ended = performance.now();
    const may = isMember ? visibleStates(rights, url, began, ended) : [true];
    if (status === 200) {
      seen.reads += 1;
      const version = versionIn(body);
      const current = visibleStates(texts, url, began, ended);
      if (!current.includes(version)) {
        missed(seen, 'stale', `version ${version} was read where ${current.join(', ')} could be`);
      }
      if (!may.includes(true)) missed(seen, 'wrongRights', 'who was no member any more read it');
      const newer = texts.find(({ state }) => state === version + 1);
      if (newer !== undefined && newer.by !== url && newer.answered < began) seen.lags.push(began - newer.answered);
    } else if (status === 404) {
      seen.refusals += 1;
      if (!may.includes(false)) missed(seen, 'wrongRights', 'who had to be let in was refused');
    } else if (status === 409 && may.length > 1) {
      // What was not there when it was looked for was there when it was asked why.
      seen.refusals += 1;
    } else {
      missed(seen, 'failed', `${path} was answered ${status}: ${JSON.stringify(body)}`);
    }
    await sleep(run.below(PAUSE_OF_READER));
  }
}
