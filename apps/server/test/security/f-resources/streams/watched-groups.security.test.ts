import { get } from 'node:http';
import { givenPerson, type Person } from '@promptory/api/testing';
import { cutFeeds, withClient, withoutUpkeep } from '@promptory/db/testing';
import { expect } from 'vitest';
import { defaultConnectionBounds } from '../../../../src/settings/bounds/connections.ts';
import { type BootedApp, bootApp } from '../../../harness/boot.ts';
import { loopMonitor } from '../../../harness/loop-monitor.ts';
import { callProcedure, type Headers } from '../../../harness/transports.ts';
import { proves } from '../../harness/proof.ts';

/** As many as one caller watches at once, and has. */
const GROUPS = 500;
/** As many as a group may have. */
const ENTRIES = 500;
/** As many as an account has, unless an administrator lets it have more: all but the first are in some of the groups each. */
const PROMPTS = 10_000;
const TRIES = 2;

/** Groups of somebody, each full of their own prompts, of which the first stands in all. */
const givenFullGroups = ({ database }: BootedApp, owner: Person, count: number) =>
  withClient(database.connectionString, async (client) => {
    await client.query(
      `INSERT INTO prompts (id, user_id, slug, title, content, content_hash)
       SELECT gen_random_uuid(), $1, 'p-' || n, 'P ' || n, 'Text', sha256('') FROM generate_series(0, $2::integer - 1) AS n`,
      [owner.id, PROMPTS],
    );
    const groups = await client.query<{ id: string }>(
      `INSERT INTO groups (id, name, user_id, made_by)
       SELECT gen_random_uuid(), 'Group ' || n, $1, $1 FROM generate_series(1, $2::integer) AS n RETURNING id`,
      [owner.id, count],
    );
    await withoutUpkeep(client, ['group_prompts'], async () => {
      await client.query(
        `WITH numbered AS (SELECT id, row_number() OVER () AS n FROM groups WHERE user_id = $1)
         INSERT INTO group_prompts (group_id, prompt_id, position, added_by)
         SELECT numbered.id, prompts.id, place, $1 FROM numbered, generate_series(0, $2::integer - 1) AS place
         JOIN prompts ON prompts.user_id = $1
         WHERE prompts.slug = 'p-' || CASE place WHEN 0 THEN 0 ELSE 1 + (numbered.n * $2 + place) % ($3 - 1) END`,
        [owner.id, ENTRIES, PROMPTS],
      );
    });
    await client.query('ANALYZE');
    const first = await client.query<{ id: string }>(`SELECT id FROM prompts WHERE slug = 'p-0' AND user_id = $1`, [
      owner.id,
    ]);
    return { groups: groups.rows.map(({ id }) => id), inAll: first.rows[0]?.id };
  });

/** A stream of events, of which only the number is looked at: its client shares the loop, and is to cost it nothing. */
function openCounted(address: string, headers: Headers): { events(): number; close(): void } {
  let events = 0;
  const request = get(address, { headers: { ...headers }, agent: false }, (answer) => {
    answer.on('data', (chunk: Buffer) => {
      for (let at = chunk.indexOf('data: {'); at >= 0; at = chunk.indexOf('data: {', at + 1)) events += 1;
    });
  });
  request.on('error', () => undefined);
  return { events: () => events, close: () => void request.destroy() };
}

proves(
  'F3',
  `${GROUPS} streams of groups of ${ENTRIES} prompts each hold the loop for no 100 ms, at first and whenever all hear of a change`,
  async (proof) => {
    const count = proof.share(GROUPS, 60);
    const connections = { ...defaultConnectionBounds, connectionsPerAddress: 2 * GROUPS };
    const server = await bootApp({ remembers: true, app: { connections } });
    let streams: ReturnType<typeof openCounted>[] = [];
    const haveEvents = (times: number) =>
      expect.poll(() => streams.every(({ events }) => events() >= times)).toBe(true);
    const seen = proof.demand(count * TRIES * 3, 'events came');
    const longest = new Map<string, number>();
    /** Of some times the shortest, since what runs for the first time is compiled meanwhile. */
    const measure = async (what: string, happens: () => Promise<void>): Promise<void> => {
      loopMonitor.take();
      await happens();
      longest.set(what, Math.min(longest.get(what) ?? Number.POSITIVE_INFINITY, loopMonitor.take().ms));
      proof.cases(count);
      seen(count);
    };
    try {
      const alice = await givenPerson(server.services);
      const headers = await server.as.person(alice);
      const { groups, inAll: id } = await givenFullGroups(server, alice, count);
      const url = await server.url();
      /** Each group is another one then to its reader. */
      const change = async (procedure: 'prompts.delete' | 'prompts.restore', times: number): Promise<void> => {
        const { code } = await callProcedure(server, 'REST', procedure, { id }, headers);
        proof.works(code === 'ok', () => `${procedure}: ${code}`);
        await haveEvents(times);
      };
      for (let attempt = 0; attempt < TRIES; attempt += 1) {
        for (const { close } of streams) close();
        await measure('at first', async () => {
          streams = groups.map((group) => openCounted(`${url}/groups/${group}/watch`, headers));
          await haveEvents(1);
        });
        await measure('as all hear of a change', () => change('prompts.delete', 2));
        await measure('after reports were lost', async () => {
          const cut = await cutFeeds(server.pool);
          proof.works(cut > 0, () => 'no feed was cut');
          await change('prompts.restore', 3);
        });
      }
      for (const [what, ms] of longest) {
        proof.check(ms <= proof.longestTurnMs, () => `${what}: a turn of ${ms.toFixed(0)} ms`);
      }
      proof.remark(`longest turns: ${Array.from(longest, ([what, ms]) => `${what} ${ms.toFixed(0)} ms`).join(', ')}`);
    } finally {
      for (const { close } of streams) close();
      await server.close();
    }
  },
  { asksOfTurns: true },
);
