import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, it, vi } from 'vitest';
import { answerRemembered, type RememberedParts } from './answer-remembered.ts';

it('leaves to the routes what is remembered and too large to answer, and counts neither its use nor its call', () => {
  const use = vi.fn();
  const refund = vi.fn(async () => undefined);
  const leave = vi.fn();
  const prompt = { content: 'x'.repeat(3_000_000) };
  const principal = { kind: 'apiKey', userId: 'a', keyId: 'b', scopes: ['prompts:read'], groupId: null };
  const remembered = (value: object) => ({ remembered: () => value });
  const parts = {
    services: {
      memory: { principals: remembered(principal), resolved: remembered(prompt), prompts: remembered(prompt) },
      clock: { now: () => new Date() },
      usage: { record: use },
    },
    limiter: { consume: async () => ({ allowed: true }), refund },
    gate: { enterNow: () => leave },
    known: { get: () => ({ userId: 'a', limit: { name: 'key', key: 'b' } }) },
    connections: { hasRoom: () => true, enter: () => 'open' },
    addressOf: () => '127.0.0.1',
    isClosing: () => false,
    headers: {},
  } as unknown as RememberedParts;
  const { promise, resolve } = Promise.withResolvers<void>();
  const headers = { host: 'localhost', 'x-api-key': 'pty_live_any' };
  const req = { method: 'GET', url: '/prompts/resolve?ref=large', headers } as unknown as IncomingMessage;
  answerRemembered(parts, () => resolve())(req, { closed: false } as ServerResponse);
  return promise.then(() => {
    expect(use).not.toHaveBeenCalled();
    expect([refund.mock.calls.length, leave.mock.calls.length]).toEqual([1, 1]);
  });
});
