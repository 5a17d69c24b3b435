import { isDeepStrictEqual } from 'node:util';
import { type Case, type CaseName, cases } from './cases.ts';
import { type Contender, startContender } from './contender.ts';
import { bytesOf, type Load, load, requestOnce } from './load.ts';
import type { Stack } from './stacks.ts';

export const CONNECTIONS = 20;
const ROUND = { connections: CONNECTIONS, milliseconds: 250 };
export const WARM_UP = { connections: CONNECTIONS, milliseconds: 2_500 };

/** One stack under one request: a process, and what its rounds measured. */
export interface Loaded<S extends Stack = Stack> {
  readonly name: CaseName;
  readonly stack: S;
  /** Folder of the other checkout that serves it. */
  readonly checkout: string | undefined;
  readonly server: Contender;
  readonly request: Buffer;
  readonly answer: Buffer;
  readonly rounds: Round[];
}

export interface Round extends Load {
  /** Cores that each side kept busy. */
  readonly serverCores: number;
  readonly loadCores: number;
  /** CPU time of the server for one request. */
  readonly microseconds: number;
}

/** Starts a contender and checks that it gives the answers of its case. */
export async function start<S extends Stack>(name: CaseName, stack: S, checkout?: string): Promise<Loaded<S>> {
  const { request, expected, refused }: Case = cases[name];
  const server = await startContender(stack, { checkout });
  const bytes = bytesOf(request, server.port);
  const answer = await requestOnce(server.port, bytes);
  if (answer.status !== 200 || !isDeepStrictEqual(JSON.parse(answer.body), expected)) {
    throw new Error(`${name}, ${stack}: answers ${answer.status} ${answer.body}`);
  }
  const refusal = refused && (await requestOnce(server.port, bytesOf(refused, server.port)));
  if (refusal !== undefined && refusal.status !== 400) throw new Error(`${name}, ${stack}: accepts what is invalid`);
  return { name, stack, checkout, server, request: bytes, answer: answer.bytes, rounds: [] };
}

/** One round of requests to it, as fast as it answers. */
export async function measure({ server, request, answer }: Loaded): Promise<Round> {
  const before = await server.usage();
  const loadBefore = process.cpuUsage();
  const result = await load(server.port, request, answer, ROUND);
  const { user, system } = process.cpuUsage(loadBefore);
  const cpu = (await server.usage()).cpu - before.cpu;
  return {
    ...result,
    serverCores: cpu / 1e6 / result.seconds,
    loadCores: (user + system) / 1e6 / result.seconds,
    microseconds: cpu / result.requests,
  };
}

export const perSecond = ({ requests, seconds }: Load): number => requests / seconds;
