import { errorKinds } from '@promptory/api/server';
import { newId } from '@promptory/db';
import { ErrorCode } from '@promptory/schemas';
import type { BootedApp } from '../harness/boot.ts';
import { givenWorld, type World, worldsOf } from '../harness/given-world.ts';
import { type RowChange, takeChanges } from '../harness/row-changes.ts';
import { type Answer, callProcedure, endpointOf, type Input, type Transport } from '../harness/transports.ts';
import { type Caller, knownCallers, type RejectedCaller, rejectedCallers } from '../harness/world-callers.ts';
import { type Outcome, type Row, rows } from './access-matrix.rows.ts';

// Two walks over every procedure, through one transport: every caller with its own input, and those who are let in with
// an id that is not theirs. The database has to record what is written (`watchRows`).

export const callers: readonly Caller[] = [...rejectedCallers, ...knownCallers];
const isRejected = (caller: Caller): caller is RejectedCaller => rejectedCallers.some((one) => one === caller);

/** Where a walk reports what it finds. */
export interface Walk {
  /** Called for each call, or pair of calls, that was made. */
  tried(answer: Answer): void;
  /** Called with each fault, as a line. */
  report(fault: string): void;
  /** Called for each reading of what is the caller's own, beside what is hidden: whether it was served. */
  served?(isServed: boolean): unknown;
  /** Whether a caller tries a procedure; all try all unless given. */
  includes?(procedure: string, caller: Caller): boolean;
}

function expectedOf({ expected }: Row, caller: Caller, transport: Transport, path: string): Outcome {
  // One request is one attempt to prove who one is; and a stream of events is an answer of its own.
  const isAlone = path.startsWith('auth.') || endpointOf(path).type === 'subscription';
  if (transport === 'tRPC batch' && isAlone) return 'request.batch_refused';
  if (expected === 'anyone') return 'ok';
  if (isRejected(caller)) return caller === 'anonymous' ? 'auth.required' : 'auth.invalid_token';
  return expected[caller];
}

function statusOf(code: string, transport: Transport, path: string): number {
  const known = ErrorCode.safeParse(code).data;
  if (known !== undefined) return errorKinds[known].status;
  return transport === 'REST' ? (endpointOf(path).rest.status ?? 200) : 200;
}

/** What the call came to: its code, or, where items have verdicts, that of the verdict on the one that was sent. */
export function outcomeOf({ code, result }: Answer, { verdicts }: Row): string {
  if (verdicts !== true || code !== 'ok') return code;
  const { results } = result as { results: Array<{ outcome: string; error?: { code: string } }> };
  if (results.length !== 1) throw new Error(`One item was sent and ${results.length} got a verdict.`);
  return results[0]?.error?.code ?? 'ok';
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

/** Every caller calls every procedure: what each gets, and which rows are written. */
export async function walkMatrix(server: BootedApp, transport: Transport, walk: Walk): Promise<void> {
  const nextWorld = worldsOf(server);
  const renewedWorld = async (): Promise<World> => {
    const next = await nextWorld();
    await takeChanges(server.database);
    return next;
  };
  let world = await renewedWorld();

  for (const [procedure, row] of Object.entries(rows)) {
    const trying = callers.filter((caller) => walk.includes?.(procedure, caller) !== false);
    const report = (caller: string, what: string) => walk.report(`${procedure} · ${caller} · ${transport}: ${what}`);
    const callAs = async (caller: Caller): Promise<void> => {
      const headers = await world.headersOf(caller);
      const answer = await callProcedure(server, transport, procedure, row.input(world), headers);
      const { code, status } = answer;
      walk.tried(answer);
      const outcome = outcomeOf(answer, row);
      const expected = expectedOf(row, caller, transport, procedure);
      if (outcome !== expected) report(caller, `${outcome} instead of ${expected}`);
      const due = statusOf(code, transport, procedure);
      if (status !== due) report(caller, `status ${status} instead of ${due} for ${code}`);
    };

    const changing = trying.filter(
      (caller) =>
        endpointOf(procedure).type === 'mutation' &&
        row.reads !== true &&
        expectedOf(row, caller, transport, procedure) === 'ok',
    );
    await Promise.all(trying.filter((caller) => !changing.includes(caller)).map(callAs));
    const strayed = await takeChanges(server.database);
    if (strayed.length > 0) {
      report('who only reads or is refused', `wrote ${written(strayed)}`);
      world = await renewedWorld();
    }
    for (const caller of changing) {
      await callAs(caller);
      const fault = faultOf(await takeChanges(server.database), row);
      if (fault !== null) report(caller, fault);
      if (row.adds !== true) world = await renewedWorld();
    }
  }
}

/** The bytes of an answer, but for what differs between two requests: their ids, the id they asked for, what is left to call. */
function bytesOf({ response, error, result }: Answer, askedFor: string): string {
  const { 'x-request-id': requestId, date: _date, ratelimit: _left, ...headers } = response.headers;
  // A batch that is streamed names its parts in the order in which its calls are done, which is chance.
  const body = response.body.includes('\n') ? JSON.stringify([error, result]) : response.body;
  const text = JSON.stringify([response.statusCode, headers, body]);
  return text.replaceAll(String(requestId), 'request-id').replaceAll(askedFor, 'asked-for');
}

// An order that names other prompts than the group holds, and a release of others, are refused with the difference; who one is, is proved alone.
const HIDDEN =
  /[._]not_found$|^group\.(?:prompt_not_in_group|order_mismatch)$|^release\.refused$|^request\.batch_refused$/;

interface Pair {
  readonly procedure: string;
  readonly row: Row;
  readonly caller: Caller;
  /** The id that the input is about. */
  readonly own: string;
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
        yield { procedure, row, caller: 'owner', own, hidden: foreign, withId };
        if (own === world.shared) yield { procedure, row, caller: 'editor', own, hidden: world.trashed, withId };
        if (row.expected.stranger !== 'ok') yield { procedure, row, caller: 'stranger', own, hidden: own, withId };
      }
    }
  }
}

/** What is somebody else's, or deleted, or below another parent is to the byte what does not exist, and is not touched. */
export async function walkHidden(server: BootedApp, transport: Transport, walk: Walk): Promise<void> {
  const world = await givenWorld(server);
  await takeChanges(server.database);
  for (const { procedure, row, caller, own, hidden, withId } of hiddenThings(world)) {
    if (walk.includes?.(procedure, caller) === false) continue;
    const nowhere = newId();
    const headers = await world.headersOf(caller);
    // What is hidden is so for whose it is: the owner reads by the same call what is their own.
    if (caller === 'owner' && endpointOf(procedure).type === 'query') {
      const { code } = await callProcedure(server, transport, procedure, withId(own), headers);
      walk.served?.(code === 'ok');
      if (code !== 'ok') walk.report(`${procedure} · ${caller}, of their own: ${code}`);
    }
    const theirs = await callProcedure(server, transport, procedure, withId(hidden), headers);
    const nobodys = await callProcedure(server, transport, procedure, withId(nowhere), headers);
    walk.tried(theirs);
    const isSame = bytesOf(theirs, hidden) === bytesOf(nobodys, nowhere);
    const [outcome, other] = [outcomeOf(theirs, row), outcomeOf(nobodys, row)];
    if (!isSame || !HIDDEN.test(outcome)) walk.report(`${procedure} · ${caller}: ${outcome}, ${other}`);
  }
  const strayed = await takeChanges(server.database);
  if (strayed.length > 0) walk.report(`${transport}: wrote ${written(strayed)}`);
}
