import { setTimeout as sleep } from 'node:timers/promises';
import { callersOf, givenApiKey, givenPerson } from '@promptory/api/testing';
import { connectForTest, cutFeeds } from '@promptory/db/testing';
import { openSite, type Site } from '../sites/open-site.ts';
import { residentBytes } from '../sites/resident-bytes.ts';
import { openStream, type WatchingClient } from './watching-client.ts';

/** How long a client may have to wait for one move before it counts as missed. */
const MISSED_MS = 10_000;
const OPENED_AT_ONCE = 50;
/** More connections and streams than are opened. */
const MANY = {
  MAX_CONNECTIONS: '7000',
  MAX_CONNECTIONS_PER_ADDRESS: '7000',
  WATCHES: '7000',
  WATCHES_PER_CALLER: '7000',
};

export interface LiveSite extends Site {
  /** What each of so many streams takes of a server that has no other. */
  memoryOfStreams(count: number): Promise<{ streams: number; bytes: number }>;
  /** Moves a label so often, one move after another, while the connections of the feed are cut so many times. */
  moves(options: { clients: number; moves: number; cuts: number }): Promise<Moved>;
}

export interface Moved {
  /** Of each move and client, from the answer to whoever moved. */
  readonly ms: readonly (readonly number[])[];
  /** The same, of moves beside which the feed was cut. */
  readonly besideCuts: readonly number[];
  readonly missed: number;
}

/** So many servers in production mode over one database, a prompt whose label moves, and a key that may move it. */
export async function openLiveSite(servers: number): Promise<LiveSite> {
  return openSite('live', {}, async ({ database, services, marks, ending, serve }) => {
    const ann = await givenPerson(services, { handle: 'ann' });
    const { prompts, labels } = callersOf(services).as(ann.principal);
    const { id } = await prompts.create({ title: 'Live', slug: 'live', content: 'One' });
    await prompts.update({ id, content: 'Two' });
    await labels.move({ id, label: 'production', version: 1 });
    const { key } = await givenApiKey(database.db, ann, {
      marks,
      scopes: ['prompts:read', 'labels:write'],
    });
    const headers = { 'x-api-key': key };
    const started = await Promise.all(Array.from({ length: servers }, () => serve(MANY)));
    const ports = started.map(({ port }) => port);
    const path = '/prompts/watch?refs=live';
    const move = async (version: number): Promise<number> => {
      const answer = await fetch(`http://127.0.0.1:${ports[0]}/prompts/${id}/labels/production`, {
        method: 'PUT',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ version }),
      });
      if (!answer.ok) throw new Error(`The label was not moved: ${answer.status} ${await answer.text()}`);
      await answer.arrayBuffer();
      return performance.now();
    };
    const application = connectForTest(database.applicationConnectionString, 1);
    ending(() => application.close());
    const cut = () => cutFeeds(application.pool);

    return {
      async memoryOfStreams(count) {
        const { port, pid } = started.at(-1) as (typeof started)[number];
        // What the first of them bring along is not theirs.
        const first = await openMany(port, path, headers, OPENED_AT_ONCE);
        const before = await settledMemory(pid);
        const streams = await openMany(port, path, headers, count);
        const after = await settledMemory(pid);
        for (const stream of [...first, ...streams]) stream.close();
        await sleep(1_000);
        return { streams: streams.length, bytes: (after - before) / count };
      },
      async moves({ clients, moves, cuts }) {
        const streams = (
          await Promise.all(ports.map((port) => openMany(port, path, headers, clients / ports.length)))
        ).flat();
        const ms: number[][] = [];
        const besideCuts: number[] = [];
        let missed = 0;
        for (let at = 0; at < moves; at += 1) {
          const version = 2 - (at % 2);
          const isCut = at % Math.floor(moves / cuts) === 0;
          const arrivals = streams.map((stream) => stream.next(version, MISSED_MS));
          const cutting = isCut ? cut() : null;
          const moved = await move(version);
          await cutting;
          const took = (await Promise.all(arrivals)).map((arrived) => Math.max(0, arrived - moved));
          missed += took.filter((each) => !Number.isFinite(each)).length;
          ms.push(took.filter((each) => Number.isFinite(each)));
          if (isCut) besideCuts.push(...took);
        }
        for (const stream of streams) stream.close();
        return { ms, besideCuts, missed };
      },
    };
  });
}

async function openMany(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
  count: number,
): Promise<WatchingClient[]> {
  const opened: WatchingClient[] = [];
  while (opened.length < count) {
    const together = Math.min(OPENED_AT_ONCE, count - opened.length);
    opened.push(...(await Promise.all(Array.from({ length: together }, () => openStream(port, path, headers)))));
  }
  return opened;
}

/** Resident bytes of a process, once they are the least of some seconds. */
async function settledMemory(pid: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let look = 0; look < 10; look += 1) {
    await sleep(500);
    least = Math.min(least, residentBytes(pid));
  }
  return least;
}
