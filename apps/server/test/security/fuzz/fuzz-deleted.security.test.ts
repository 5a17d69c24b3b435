import { type Row, rows } from '../../contract/access-matrix.rows.ts';
import { outcomeOf } from '../../contract/access-matrix.walk.ts';
import { givenApp } from '../../harness/boot.ts';
import { givenWorld, type World } from '../../harness/given-world.ts';
import {
  callProcedure,
  endpointOf,
  type Input,
  procedures,
  transports,
  transportsOf,
} from '../../harness/transports.ts';
import { proves } from '../harness/proof.ts';

// RESTler's rule of what is used after it is free: what was deleted is to be found nowhere, by whatever way.

const server = await givenApp();

interface Deletion {
  readonly procedure: string;
  readonly id: (world: World) => string;
  /** Ways that are meant to reach it still. */
  readonly but?: readonly string[];
  /** Codes that say it is not there in words of their own. */
  readonly also?: readonly string[];
}

const deletions: readonly Deletion[] = [
  {
    procedure: 'prompts.delete',
    id: (world) => world.shared,
    // It comes back from the trash or goes for good, and an order that still names it is answered with the difference.
    but: ['prompts.restore', 'prompts.purge'],
    also: ['group.order_mismatch'],
  },
  { procedure: 'prompts.purge', id: (world) => world.trashed },
  { procedure: 'groups.delete', id: (world) => world.group },
  { procedure: 'apiKeys.revoke', id: (world) => world.spareKey },
  { procedure: 'auth.sessions.end', id: (world) => world.spareSession.id },
  { procedure: 'invitations.withdraw', id: (world) => world.invitation },
  { procedure: 'members.remove', id: (world) => world.people.carol.id },
];

/** Every input of the access table that names the id, and who deleted it asks again. */
function* waysTo(world: World, id: string, but: readonly string[] = []): Generator<readonly [string, Input, Row]> {
  for (const [procedure, row] of Object.entries(rows)) {
    if (but.includes(procedure) || procedure.startsWith('admin.')) continue;
    for (const input of [row.input(world), ...(row.others?.(world) ?? [])]) {
      if (JSON.stringify(input).includes(id)) yield [procedure, input, row];
    }
  }
}

/** All that is kept of an account: what it did, and so the ids of what it has deleted, to itself alone. */
const KEPT = 'me.export';

/** What lists, counts and exports, of which none may name the id. */
const listings = procedures.filter(
  ({ path, type, rest }) => type === 'query' && !rest.path.includes('{') && !path.startsWith('admin.') && path !== KEPT,
);

proves('D1', 'what was deleted is not found by any way to it, and stands in no list or export', async (proof) => {
  proof.atLeast(400);
  const shown = proof.demand(4, 'things were listed before they were deleted');
  for (const { procedure, id: idOf, but, also = [] } of deletions) {
    for (const transport of transportsOf(procedure)) {
      const world = await givenWorld(server);
      const headers = await world.headersOf('owner');
      const id = idOf(world);
      const row = rows[procedure];
      for (const { path } of listings) {
        const { result } = await callProcedure(server, 'REST', path, {}, headers);
        if (shown(JSON.stringify(result ?? null).includes(id))) break;
      }
      const deleted = await callProcedure(server, transport, procedure, row?.input(world) ?? {}, headers);
      proof.works(deleted.code === 'ok', () => `${procedure} by ${transport}: ${deleted.code}`);
      for (const by of transports) {
        for (const [way, input, wayRow] of waysTo(world, id, but)) {
          if (!transportsOf(way).includes(by)) continue;
          const code = outcomeOf(await callProcedure(server, by, way, input, headers), wayRow);
          const isGone = code.endsWith('not_found') || also.includes(code) || code === 'group.prompt_not_in_group';
          proof.check(isGone, () => `after ${procedure} by ${transport}, ${way} by ${by}: ${code}`);
        }
        for (const { path } of listings) {
          if (!transportsOf(path).includes(by)) continue;
          const { result } = await callProcedure(server, by, path, {}, headers);
          const isNamed = JSON.stringify(result ?? null).includes(id);
          proof.check(!isNamed, () => `after ${procedure} by ${transport}, ${endpointOf(path).path} by ${by} names it`);
        }
      }
    }
  }
});
