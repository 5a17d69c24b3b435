import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Acknowledged,
  givenGroup,
  givenPerson,
  givenPrompt,
  MOST_AGE_MS,
  visibleStates,
} from '@promptory/api/testing';
import { cutFeeds, startEphemeralCluster, startReplica, withClient } from '@promptory/db/testing';
import type { CreatedApiKey, ResolvedPrompt } from '@promptory/schemas';
import { afterAll } from 'vitest';
import { type BootedApp, givenApp } from '../../harness/boot.ts';
import { callProcedure, type Headers } from '../../harness/transports.ts';
import { proves } from '../harness/proof.ts';

// Two servers that remember what they find, on one database, as they do in production. Writers change prompts and rights on either,
// readers read on either, and the connections by which the servers hear of changes are cut at random. Whatever was acknowledged is
// seen at once by the server that did it, and by the other within a second, by the clock of this test. With COHERENCE_REPLICA both read at
// a streaming replica too, which stands still at random.

async function givenReplicated() {
  const cluster = await startEphemeralCluster({ replicates: true });
  const replica = await startReplica(cluster);
  afterAll(async () => {
    await replica.stop();
    await cluster.stop();
  });
  return { server: cluster, replica };
}
const replicated = process.env.COHERENCE_REPLICA ? await givenReplicated() : null;
const first = await givenApp({ ...(replicated ?? {}), remembers: { patienceFactor: 1 } });
const second = await givenApp({ ...(replicated ?? {}), remembers: { patienceFactor: 1 }, beside: first });
const servers = [first, second] as const;

const newestOf = (result: unknown): { version: number } => {
  const [newest] = (result as { items: { version: number }[] }).items;
  return newest ?? { version: 0 };
};

/** How many calls have read at the replica, and at the primary though they might. */
async function replicaReads(server: BootedApp): Promise<[atReplica: number, atPrimary: number]> {
  const { body } = await server.call({ url: '/metrics' });
  const of = (at: string): number =>
    Number(new RegExp(`^promptory_replica_calls_total\\{at="${at}"\\} (\\d+)$`, 'm').exec(body)?.[1] ?? 0);
  return [of('replica'), of('primary')];
}

proves(
  'A6',
  'no server that remembers answers what was changed more than a second ago, nor what was changed by itself at all',
  async (proof) => {
    const milliseconds = proof.share(120) * 1_000;
    const least = { reads: 200, refusals: 20, writes: 40, cuts: 3 };
    const seen = { reads: 0, refusals: 0, writes: 0, cuts: 0 };
    const what = {
      reads: 'reads were answered',
      refusals: 'reads were refused',
      writes: 'changes were made',
      cuts: 'connections were cut',
    };
    type Kind = keyof typeof seen;
    const kinds = Object.keys(seen) as Kind[];
    const demands = new Map(kinds.map((kind) => [kind, proof.demand(least[kind], what[kind])]));
    const count = (kind: Kind, by = 1): void => {
      seen[kind] += by;
      demands.get(kind)?.(by);
    };
    // From when all is in place, and on a slow machine for as long as too little was seen.
    const begun = Promise.withResolvers<number>();
    let endsAt = Number.POSITIVE_INFINITY;
    const isOver = (): boolean => performance.now() > endsAt && kinds.every((kind) => seen[kind] >= least[kind]);
    let inPlace = 0;
    const WRITERS = 4;
    const lags: number[] = [];

    const writer = async (): Promise<void> => {
      const owner = await givenPerson(first.services);
      const member = await givenPerson(first.services);
      const owners = await first.as.person(owner);
      const members = await first.as.key(member, { scopes: ['prompts:read'] });
      const { id, slug } = await givenPrompt(first.services, owner, 'Watched');
      const group = await givenGroup(first.services, { owner, promptIds: [id] });
      const ref = `${owner.handle}/${slug}@latest`;
      const start = performance.now();
      const texts: Acknowledged<number, BootedApp>[] = [{ state: 1, by: first, asked: start, answered: start }];
      const rights: Acknowledged<boolean, BootedApp>[] = [{ state: false, by: first, asked: start, answered: start }];
      await sleep(MOST_AGE_MS);
      inPlace += 1;
      if (inPlace === WRITERS) {
        endsAt = performance.now() + milliseconds;
        begun.resolve(endsAt);
      }
      await begun.promise;

      const change = async <T>(
        states: Acknowledged<T, BootedApp>[],
        state: T,
        procedure: string,
        input: object,
      ): Promise<void> => {
        const by = proof.pick(servers);
        const asked = performance.now();
        const pending = { state, by, asked, answered: Number.POSITIVE_INFINITY };
        states.push(pending);
        const { code } = await callProcedure(by, proof.pick(['REST', 'tRPC']), procedure, { ...input }, owners);
        states[states.indexOf(pending)] = { ...pending, answered: performance.now() };
        if (code !== 'ok') throw new Error(`${procedure} was answered ${code}.`);
        count('writes');
      };
      const changes = async (): Promise<void> => {
        let version = 1;
        let isMember = false;
        while (!isOver()) {
          if (proof.random() < 0.5) {
            version += 1;
            await change(texts, version, 'prompts.update', { id, content: `Text ${version}` });
          } else if (isMember) {
            isMember = false;
            await change(rights, false, 'members.remove', { id: group, userId: member.id });
          } else {
            isMember = true;
            await change(rights, true, 'members.add', { id: group, handle: member.handle, role: 'viewer' });
          }
          await sleep(proof.below(150));
        }
      };
      const read = async (headers: Headers, mayAlways: boolean): Promise<void> => {
        while (!isOver()) {
          const server = proof.pick(servers);
          const began = performance.now();
          const [procedure, input] = proof.pick([
            ['prompts.resolve', { ref }],
            ['versions.list', { id, limit: 1 }],
          ] as const);
          const { code, result } = await callProcedure(server, proof.pick(['REST', 'tRPC']), procedure, input, headers);
          const ended = performance.now();
          const may = mayAlways ? [true] : visibleStates(rights, server, began, ended);
          if (code === 'ok') {
            count('reads');
            const { version } = procedure === 'versions.list' ? newestOf(result) : (result as ResolvedPrompt);
            const current = visibleStates(texts, server, began, ended);
            proof.check(
              current.includes(version),
              () => `version ${version} was read where ${current.join(', ')} could be`,
            );
            proof.check(may.includes(true), () => 'who was no member any more read it');
            const now = texts.find(({ state }) => state === version + 1);
            if (now !== undefined && now.by !== server && now.answered < began) lags.push(began - now.answered);
          } else {
            count('refusals');
            proof.check(
              // A conflict: what was not there when it was looked for was there when it was asked why.
              may.includes(false) &&
                (code === 'prompt.not_found' || (code === 'request.conflict' && may.includes(true))),
              () => `${code} where the answer was ${may.join()}`,
            );
          }
          await sleep(proof.below(10));
        }
      };
      await Promise.all([changes(), read(owners, true), read(members, false), read(members, false)]);
    };

    const cutter = async (): Promise<void> => {
      while (!isOver()) {
        await sleep(200 + proof.below(1_500));
        count('cuts', await cutFeeds(first.pool, 1));
      }
    };
    const pauser = async (): Promise<void> => {
      if (replicated === null) return;
      const ask = (text: string) =>
        withClient(replicated.replica.superuserConnectionString, async (client) => void (await client.query(text)));
      while (!isOver()) {
        await sleep(500 + proof.below(3_000));
        await ask('SELECT pg_wal_replay_pause()');
        await sleep(proof.below(2_500));
        await ask('SELECT pg_wal_replay_resume()');
      }
      const reads = await Promise.all(servers.map(replicaReads));
      const [all, atReplica] = [reads.flat(), reads.map(([at]) => at)].map((each) =>
        each.reduce((sum, at) => sum + at, 0),
      );
      proof.works((atReplica ?? 0) > 0, () => 'nothing was read at the replica');
      proof.remark(`${atReplica} of ${all} calls that may read at the replica did`);
    };
    await Promise.all([cutter(), pauser(), ...Array.from({ length: WRITERS }, writer)]);
    lags.sort((one, other) => one - other);
    const at = (part: number): string => `${Math.round(lags[Math.floor(lags.length * part)] ?? 0)} ms`;
    proof.remark(
      `${lags.length} reads of the other server answered what was changed by then: since ${at(0.5)} (median), ${at(0.99)} (p99), ${at(0.9999)} (most)`,
    );
  },
  { timeout: 600_000 },
);

proves(
  'A6',
  'a key that is revoked, or whose owner is suspended, is refused by both within a second',
  async (proof) => {
    const rounds = proof.share(40);
    const admin = await first.as.person(await givenPerson(first.services, { role: 'admin' }));
    for (let round = 0; round < rounds; round += 1) {
      const owner = await givenPerson(first.services);
      const owners = await first.as.person(owner);
      const made = await callProcedure(
        first,
        'REST',
        'apiKeys.create',
        { name: 'short', scopes: ['account:read'] },
        owners,
      );
      const { apiKey, key } = made.result as CreatedApiKey;
      const headers = { 'x-api-key': key };
      for (const server of servers) {
        for (let at = 0; at < 2; at += 1) {
          const { code } = await callProcedure(server, 'REST', 'me.get', {}, headers);
          proof.works(code === 'ok', () => `a new key is answered ${code}`);
        }
      }
      const taken =
        round % 2 === 0
          ? await callProcedure(first, 'tRPC', 'apiKeys.revoke', { id: apiKey.id }, owners)
          : await callProcedure(first, 'tRPC', 'admin.users.update', { id: owner.id, status: 'suspended' }, admin);
      const answered = performance.now();
      if (taken.code !== 'ok') throw new Error(`Taking it away is answered ${taken.code}.`);
      const { code: own } = await callProcedure(first, 'tRPC', 'me.get', {}, headers);
      proof.check(own === 'auth.invalid_token', () => `the server that took it away answers ${own}`);
      for (;;) {
        const began = performance.now();
        const { code } = await callProcedure(second, 'REST', 'me.get', {}, headers);
        if (code === 'auth.invalid_token') break;
        const isLate = began - answered > MOST_AGE_MS;
        proof.check(!isLate, () => `the other server answers ${code} after ${Math.round(began - answered)} ms`);
        if (isLate) break;
        await sleep(2);
      }
      proof.case();
    }
  },
);
