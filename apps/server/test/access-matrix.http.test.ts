import { errorKinds } from '@promptory/api/server';
import { newId } from '@promptory/db';
import { ErrorCode } from '@promptory/schemas';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Outcome, type Row, rows } from './access-matrix.rows.ts';
import { type BootedApp, bootApp } from './boot.ts';
import {
  type Caller,
  givenWorld,
  knownCallers,
  type RejectedCaller,
  rejectedCallers,
  type World,
} from './given-world.ts';
import { type RowChange, takeChanges, watchRows } from './row-changes.ts';
import { type Answer, type Door, doors, endpointOf, type Input, knock, procedures } from './three-doors.ts';

let server: BootedApp;

beforeAll(async () => {
  server = await bootApp();
  await watchRows(server.database);
});
afterAll(() => server.close());

const callers: readonly Caller[] = [...rejectedCallers, ...knownCallers];
const isRejected = (caller: Caller): caller is RejectedCaller => rejectedCallers.some((one) => one === caller);

function expectedOf({ expected }: Row, caller: Caller, door: Door, path: string): Outcome {
  // One request is one attempt to prove who one is.
  if (door === 'tRPC batch' && path.startsWith('auth.')) return 'request.batch_refused';
  if (expected === 'anyone') return 'ok';
  if (isRejected(caller)) return caller === 'anonymous' ? 'auth.required' : 'auth.invalid_token';
  return expected[caller];
}

function statusOf(code: string, door: Door, path: string): number {
  const known = ErrorCode.safeParse(code).data;
  if (known !== undefined) return errorKinds[known].status;
  return door === 'REST' ? (endpointOf(path).rest.status ?? 200) : 200;
}

/** What is wrong with what a call wrote; null for nothing. */
function faultOf(changes: readonly RowChange[], { audits = [1, 1] }: Row, isSuccess: boolean): string | null {
  const written = changes.map(({ operation, table }) => `${operation} ${table}`).join(', ');
  if (!isSuccess) return changes.length === 0 ? null : `wrote ${written}`;
  const [min, max] = audits;
  const entries = changes.filter(({ table }) => table === 'audit_log').length;
  if (entries < min || entries > max) return `${entries} audit entries beside ${written || 'nothing'}`;
  if (changes.length === entries) return 'changed nothing';
  const transactions = new Set(changes.map(({ transaction }) => transaction));
  return max > 0 && transactions.size > 1 ? `${transactions.size} transactions wrote ${written}` : null;
}

interface Deviation {
  readonly procedure: string;
  readonly caller: Caller;
  readonly door: Door;
  readonly expected: string;
  readonly got: string;
}

const tableOf = (deviations: readonly Deviation[]): string =>
  deviations
    .map(
      ({ procedure, caller, door, expected, got }) => `  ${procedure} · ${caller} · ${door}: ${got}, not ${expected}\n`,
    )
    .join('');

describe('the access matrix', () => {
  it('has a row for each procedure, and no other', () => {
    expect(Object.keys(rows).sort()).toEqual(procedures.map(({ path }) => path).sort());
  });

  it.each(doors)(
    'gives every caller just what the table says, and changes nothing else: %s',
    { timeout: 120_000 },
    async (door) => {
      const deviations: Deviation[] = [];
      let cells = 0;
      let world = await givenWorld(server);
      await takeChanges(server.database);
      for (const [procedure, row] of Object.entries(rows)) {
        const { type } = endpointOf(procedure);
        for (const caller of callers) {
          const expected = expectedOf(row, caller, door, procedure);
          const answer = await knock(server, door, procedure, row.input(world), await world.headersOf(caller));
          const changes = await takeChanges(server.database);
          cells += 1;
          const at = { procedure, caller, door };
          if (answer.code !== expected) deviations.push({ ...at, expected, got: answer.code });
          const status = statusOf(answer.code, door, procedure);
          if (answer.status !== status)
            deviations.push({ ...at, expected: String(status), got: String(answer.status) });
          const fault = faultOf(changes, row, answer.code === 'ok' && type === 'mutation');
          if (fault !== null) deviations.push({ ...at, expected: 'what the answer says', got: fault });
          if (changes.length > 0 && row.adds !== true) {
            world = await givenWorld(server);
            await takeChanges(server.database);
          }
        }
      }
      process.stdout.write(
        `access matrix, ${door}: ${cells} cells, ${deviations.length} deviations\n${tableOf(deviations)}`,
      );
      expect(deviations).toEqual([]);
    },
  );
});

/** The bytes of an answer, but for what tells two requests apart: their ids, the id they asked for, what is left to call. */
function bytesOf({ response }: Answer, askedFor: string): string {
  const { 'x-request-id': requestId, date: _date, ratelimit: _left, ...headers } = response.headers;
  const text = JSON.stringify([response.statusCode, headers, response.body]);
  return text.replaceAll(String(requestId), 'request-id').replaceAll(askedFor, 'asked-for');
}

interface Pair {
  readonly procedure: string;
  readonly caller: Caller;
  /** An id that is somebody else's, or of what was deleted. */
  readonly hidden: string;
  /** The input, but for that id. */
  readonly withId: (id: string) => Input;
}

/** For each id in each input: asked for by a stranger, and by those let in with an id that is not for them. */
function* hiddenThings(world: World): Generator<Pair> {
  for (const [procedure, row] of Object.entries(rows)) {
    if (row.expected === 'anyone' || procedure.startsWith('admin.')) continue;
    for (const input of [row.input(world), ...(row.others?.(world) ?? [])]) {
      const text = JSON.stringify(input);
      for (const [own, foreign] of world.foreign) {
        if (!text.includes(own)) continue;
        const withId = (id: string): Input => JSON.parse(text.replaceAll(own, id));
        yield { procedure, caller: 'owner', hidden: foreign, withId };
        if (own === world.shared) yield { procedure, caller: 'editor', hidden: world.binned, withId };
        if (row.expected.stranger !== 'ok') yield { procedure, caller: 'stranger', hidden: own, withId };
      }
    }
  }
}

describe('what is not yours', () => {
  it.each(doors)('is to the byte what does not exist, and is not touched: %s', { timeout: 60_000 }, async (door) => {
    const world = await givenWorld(server);
    await takeChanges(server.database);
    const differing: string[] = [];
    let pairs = 0;
    for (const { procedure, caller, hidden, withId } of hiddenThings(world)) {
      const nowhere = newId();
      const headers = await world.headersOf(caller);
      const theirs = await knock(server, door, procedure, withId(hidden), headers);
      const nobodys = await knock(server, door, procedure, withId(nowhere), headers);
      pairs += 1;
      const isSame = bytesOf(theirs, hidden) === bytesOf(nobodys, nowhere);
      if (!isSame || theirs.code === 'ok') differing.push(`${procedure} · ${caller}: ${theirs.code}, ${nobodys.code}`);
    }
    process.stdout.write(`not yours or not there, ${door}: ${pairs} pairs, ${differing.length} differ\n`);
    expect(differing).toEqual([]);
    expect(await takeChanges(server.database)).toEqual([]);
  });
});
