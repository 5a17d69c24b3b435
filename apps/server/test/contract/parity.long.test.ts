import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { givenApp } from '../harness/boot.ts';
import { type World, worldsOf } from '../harness/given-world.ts';
import { type Answer, callProcedure, endpointOf, type Input, procedures } from '../harness/transports.ts';
import type { Caller } from '../harness/world-callers.ts';
import { rows } from './access-matrix.rows.ts';

const server = await givenApp();
const nextWorld = worldsOf(server);

type Row = (typeof rows)[string];

function rowOf(path: string): Row {
  const row = rows[path];
  if (row === undefined) throw new Error(`${path} has no row in the access matrix.`);
  return row;
}

/** Somebody who may make the call. */
function allowed({ expected }: Row): Caller {
  if (expected === 'anyone') return 'anonymous';
  return expected.owner === 'ok' ? 'owner' : 'admin';
}

// What differs between two worlds, and from one call to the next.
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
const SECRET =
  /eyJ[\w-]+\.[\w-]+\.[\w-]+|ptr_[\w.-]+|pty_live_[\w…]+|\b[A-Z2-7]{32}\b|(?<=")[0-9a-z]{4}(?:-[0-9a-z]{4}){2}(?=")/g;
// Sealed anew each time.
const CURSOR = /(?<="nextCursor":")[\w-]+(?=")/g;
// The digest of a version is made up in each world.
const DIGEST = /(?<="contentHash":")[0-9a-f]{64}(?=")/g;
// Of all that is shown, ids and times included.
const REVISION = /(?<="revision":")[\w-]+(?=")/g;

function withoutChance(value: unknown, world: World): unknown {
  if (value === undefined) return undefined;
  const text = JSON.stringify(value)
    .replaceAll(SECRET, 'secret')
    .replaceAll(CURSOR, 'cursor')
    .replaceAll(DIGEST, 'digest')
    .replaceAll(REVISION, 'revision')
    .replaceAll(UUID, (id) => nameOf(id, world))
    .replaceAll(TIME, 'time')
    .replaceAll(`-${world.mark}`, '')
    .replaceAll(/(new|Imported|imported)[- ]\d+/g, '$1');
  return JSON.parse(text);
}

function nameOf(id: string, world: World): string {
  const person = Object.entries(world.people).find(([, one]) => one.id === id)?.[0];
  return person ?? Object.entries(world).find(([, value]) => value === id)?.[0] ?? 'id';
}

interface Call {
  readonly what: string;
  /** Whether the schema refuses the input. */
  readonly isBad: boolean;
  readonly caller: (row: Row) => Caller;
  readonly input: (world: World) => Input;
}

/** The same call through both transports. What changes something is called in a world of its own each time. */
async function both(path: string, call: Call, world: World): Promise<readonly [tRPC: Comparable, REST: Comparable]> {
  const row = rowOf(path);
  const answers: Comparable[] = [];
  for (const transport of ['tRPC', 'REST'] as const) {
    const here = endpointOf(path).type === 'mutation' && !call.isBad ? await nextWorld() : world;
    const headers = await here.headersOf(call.caller(row));
    answers.push(comparable(await callProcedure(server, transport, path, call.input(here), headers), here));
  }
  return answers as [Comparable, Comparable];
}

interface Comparable {
  readonly status: number;
  readonly code: string;
  readonly result: unknown;
  readonly error: unknown;
}

const comparable = ({ status, code, result, error }: Answer, world: World): Comparable => ({
  status: code === 'ok' ? 200 : status,
  code,
  result: withoutChance(result, world),
  error: withoutChance(error, world),
});

// Texts, for a query or a path holds nothing else; lists, as a repeated key makes them; and what only JSON can say.
const WRONG_TEXTS: readonly unknown[] = ['not at all', ['one', 'two'], Array.from({ length: 101 }, () => '')];
const WRONG_VALUES: readonly unknown[] = [{}, 12.5, true, null, ...WRONG_TEXTS];

/** Inputs that the schema refuses: without a field, with a field of another type, and with one that nobody knows. */
function* badInputs(path: string): Generator<Call> {
  const { rest, inputs } = endpointOf(path);
  const row = rowOf(path);
  const inPath = new Set(Array.from(rest.path.matchAll(/\{([^}]*)\}/g), (match) => match[1] ?? ''));
  const source = rest.body?.field;
  const isText = rest.method === 'GET' || rest.method === 'DELETE' || rest.body !== undefined;
  const fields = inputs instanceof z.ZodObject ? Object.entries<z.core.$ZodType>(inputs.shape) : [];
  const bad = (what: string, change: (input: Record<string, unknown>) => void): Call => ({
    what,
    isBad: true,
    caller: allowed,
    input: (world) => {
      const input = { ...row.input(world) };
      change(input);
      return input;
    },
  });
  yield bad('unknown field', (input) => {
    input.surprise = 'x';
  });
  for (const [name, schema] of fields) {
    // What is in the path is always there, and what the body is cannot be left out.
    if (name === source) continue;
    if (!inPath.has(name) && !z.safeParse(schema as z.ZodType, undefined).success) {
      yield bad(`without ${name}`, (input) => {
        delete input[name];
      });
    }
    const takes = (value: unknown): boolean => z.safeParse(schema as z.ZodType, value).success;
    const values = inPath.has(name) ? WRONG_TEXTS.slice(0, 1) : isText ? WRONG_TEXTS : WRONG_VALUES;
    // A key that a query holds once is also a list of one.
    const isList = schema instanceof z.ZodArray || takes([]);
    const wrong = values.find(
      (value) => !takes(value) && !(isText && (takes([value]) || (!Array.isArray(value) && isList))),
    );
    if (wrong !== undefined) {
      yield bad(`${name} of another type`, (input) => {
        input[name] = wrong;
      });
    }
  }
}

describe('both transports', () => {
  it('give the same result, code and status for the same input', async () => {
    const world = await nextWorld();
    const differing: string[] = [];
    let calls = 0;
    for (const { path } of procedures) {
      const { input } = rowOf(path);
      const good: readonly Call[] = [
        { what: 'good input', isBad: false, caller: allowed, input },
        { what: 'no sign-in', isBad: false, caller: () => 'anonymous', input },
        { what: 'a stranger', isBad: false, caller: () => 'stranger', input },
      ];
      for (const call of [...good, ...badInputs(path)]) {
        const [tRPC, REST] = await both(path, call, world);
        calls += 1;
        const isAsMeant = call.isBad
          ? tRPC.code === 'request.invalid'
          : call.what !== 'good input' || tRPC.code === 'ok';
        if (!isAsMeant || JSON.stringify(tRPC) !== JSON.stringify(REST)) {
          differing.push(`${path} · ${call.what}\n  tRPC ${JSON.stringify(tRPC)}\n  REST ${JSON.stringify(REST)}`);
        }
      }
    }
    process.stdout.write(`parity: ${calls} calls through two transports, ${differing.length} differ\n`);
    expect(differing).toEqual([]);
  });
});
