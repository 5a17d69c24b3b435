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

/** What is wrong with what a successful change wrote; null for nothing. */
function faultOf(changes: readonly RowChange[], { audits = [1, 1] }: Row): string | null {
  const [min, max] = audits;
  const entries = changes.filter(({ table }) => table === 'audit_log').length;
  if (entries < min || entries > max) return `${entries} audit entries beside ${written(changes)}`;
  if (changes.length === entries) return 'nothing changed';
  const transactions = new Set(changes.map(({ transaction }) => transaction));
  return transactions.size > 1 ? `${transactions.size} transactions wrote ${written(changes)}` : null;
}

const written = (changes: readonly RowChange[]): string =>
  changes.map(({ operation, table }) => `${operation} ${table}`).join(', ') || 'nothing';

describe('the access matrix', () => {
  it('has a row for each procedure, and no other', () => {
    expect(Object.keys(rows).sort()).toEqual(procedures.map(({ path }) => path).sort());
  });

  it.each(doors)(
    'gives every caller what the table says, and changes nothing else: %s',
    { timeout: 120_000 },
    async (door) => {
      const deviations: string[] = [];
      let cells = 0;
      let world = await givenWorld(server);
      await takeChanges(server.database);

      for (const [procedure, row] of Object.entries(rows)) {
        const tell = (caller: string, what: string) => deviations.push(`${procedure} · ${caller} · ${door}: ${what}`);
        const knockAs = async (caller: Caller): Promise<void> => {
          const headers = await world.headersOf(caller);
          const { code, status } = await knock(server, door, procedure, row.input(world), headers);
          cells += 1;
          const expected = expectedOf(row, caller, door, procedure);
          if (code !== expected) tell(caller, `${code} instead of ${expected}`);
          const due = statusOf(code, door, procedure);
          if (status !== due) tell(caller, `status ${status} instead of ${due} for ${code}`);
        };
        const renewWorld = async (): Promise<void> => {
          world = await givenWorld(server);
          await takeChanges(server.database);
        };

        const changing = callers.filter(
          (caller) => endpointOf(procedure).type === 'mutation' && expectedOf(row, caller, door, procedure) === 'ok',
        );
        await Promise.all(callers.filter((caller) => !changing.includes(caller)).map(knockAs));
        const strayed = await takeChanges(server.database);
        if (strayed.length > 0) {
          tell('who only reads or is refused', `wrote ${written(strayed)}`);
          await renewWorld();
        }
        for (const caller of changing) {
          await knockAs(caller);
          const fault = faultOf(await takeChanges(server.database), row);
          if (fault !== null) tell(caller, fault);
          if (row.adds !== true) await renewWorld();
        }
      }

      const table = deviations.map((line) => `  ${line}\n`).join('');
      process.stdout.write(`access matrix, ${door}: ${cells} cells, ${deviations.length} deviations\n${table}`);
      expect(cells).toBe(procedures.length * callers.length);
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
