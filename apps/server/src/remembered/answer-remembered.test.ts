import { EventEmitter } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { expect, it, vi } from 'vitest';
import type { RequestTurns } from '../http/caller/request-turns.ts';
import { turnOfPerson } from '../http/request-context.ts';
import { type CallGate, createCallGate } from '../services/call-gate.ts';
import { answerRemembered, type RememberedParts } from './answer-remembered.ts';

const REF = 'large';

/** A room that remembers who calls, and is told by a limiter at once or later that they may. */
function givenRoom(prompt: object | undefined, limiter: object, gate?: CallGate) {
  const use = vi.fn();
  const leave = vi.fn();
  const refund = vi.fn(async () => undefined);
  const lookUp = vi.fn(async () => {
    throw new Error('away');
  });
  const principal = { kind: 'apiKey', userId: 'a', keyId: 'b', scopes: ['prompts:read'], groupId: null };
  const remembered = (value: object | undefined) => ({ remembered: () => value, get: lookUp });
  const turns = new WeakMap<IncomingMessage, RequestTurns>();
  const parts = {
    services: {
      memory: { principals: remembered(principal), resolved: remembered(prompt), prompts: remembered(prompt) },
      clock: { now: () => new Date() },
      usage: { record: use },
    },
    limiter: { refund, ...limiter },
    gate: gate ?? { enterNow: () => leave },
    known: { get: () => ({ userId: 'a', limit: { name: 'key', key: 'b' } }) },
    connections: { hasRoom: () => true, enter: () => 'open', waitsForTurn: () => () => undefined },
    addressOf: () => '127.0.0.1',
    isClosing: () => false,
    turns,
    headers: {},
  } as unknown as RememberedParts;
  const routed: RequestListener[] = [];
  const listener = answerRemembered(parts, (req, res) => routed.shift()?.(req as never, res as never));
  const ask = (): Promise<RequestTurns | undefined> => {
    const { promise, resolve, reject } = Promise.withResolvers<RequestTurns | undefined>();
    const headers = { host: 'localhost', 'x-api-key': 'pty_live_any' };
    const url = `/prompts/resolve?ref=${REF}`;
    const req = { method: 'GET', url, headers, socket: {} } as unknown as IncomingMessage;
    const res = Object.assign(new EventEmitter(), { closed: false }) as unknown as ServerResponse;
    routed.push((leftReq, leftRes) => {
      if (leftReq === req && leftRes === res) resolve(turns.get(req));
      else reject(new Error('Another request was left to the routes.'));
    });
    listener(req, res as never);
    return promise;
  };
  const calls = () => [lookUp, use, refund, leave].map((each) => each.mock.calls.length);
  return { ask, calls };
}

const atOnce = { consumeNow: () => ({ allowed: true }) };
const later = { consumeNow: () => null, consume: async () => ({ allowed: true }) };
const tooLarge = { content: 'x'.repeat(3_000_000) };

it.each([
  ['at once', atOnce],
  ['later', later],
])(
  'leaves to the routes what is remembered and too large to answer, its use and its call not counted: %s',
  async (_, limiter) => {
    const { ask, calls } = givenRoom(tooLarge, limiter);
    await ask();
    const [, ...others] = calls();
    expect(others).toEqual([0, 1, 1]);
  },
);

it('leaves to the routes what cannot be looked up, and looks no more for a while', async () => {
  const { ask, calls } = givenRoom(undefined, atOnce);
  await ask();
  expect(calls()).toEqual([1, 0, 1, 1]);
  await ask();
  expect(calls()).toEqual([1, 0, 2, 2]);
});

it('waits for a turn, and hands it on to the routes where these have to answer', async () => {
  const gate = createCallGate({ inFlight: 1, waiting: 1 });
  const { ask, calls } = givenRoom(undefined, atOnce, gate);
  const leave = gate.enterNow(turnOfPerson('a'));
  const asked = ask();
  expect([calls()[0], gate.counts()]).toMatchObject([0, { inFlight: 1, waiting: 1 }]);
  leave?.();
  const turns = await asked;
  expect(calls()[0]).toBe(1);
  await turns?.enter(turnOfPerson('a'));
  expect(gate.counts()).toMatchObject({ inFlight: 1, waiting: 0 });
});

it('leaves to the routes whom a limiter refuses, or cannot count', async () => {
  const refuses = { consumeNow: () => ({ allowed: false }) };
  const isAway = { consumeNow: () => null, consume: () => Promise.reject(new Error('away')) };
  const seen: number[][] = [];
  for (const limiter of [refuses, isAway]) {
    const { ask, calls } = givenRoom(tooLarge, limiter);
    await ask();
    seen.push(calls());
  }
  expect(seen).toEqual([
    [0, 0, 1, 0],
    [0, 0, 0, 0],
  ]);
});
