import type { Request } from './load.ts';
import type { Stack } from './stacks.ts';

const id = '0b8f7d0e-5b0c-4f5a-9a57-3c1f2d9d2a10';
const item = { id, tags: ['one', 'two'], createdAt: '2026-01-02T03:04:05.678Z' };
const pong = { result: { data: { ok: true } } };

/** One request, and what every contender must answer to it. */
export interface Case {
  request: Request;
  expected: unknown;
  /** Sent, and refused with 400, before anything is measured: it proves that the checks are made. */
  refused?: Request;
  stacks: Stack[];
}

export const cases = {
  'no-op query': {
    request: { method: 'GET', url: '/trpc/ping' },
    expected: pong,
    stacks: ['bare Fastify', 'stock plugin', 'ours'],
  },
  'batch of ten': {
    request: { method: 'GET', url: `/trpc/${Array(10).fill('ping').join(',')}?batch=1&input=%7B%7D` },
    expected: Array(10).fill(pong),
    stacks: ['stock plugin', 'ours'],
  },
  'REST GET': {
    request: { method: 'GET', url: `/items/${id}?limit=20&search=hello` },
    refused: { method: 'GET', url: `/items/${id}?limit=2000&search=hello` },
    expected: { ...item, title: 'hello', priority: 20, version: 3 },
    stacks: ['bare Fastify', 'trpc-to-openapi', 'ours'],
  },
  'REST POST': {
    request: { method: 'POST', url: `/items/${id}`, body: { title: 'hello', tags: item.tags, priority: 2 } },
    refused: { method: 'POST', url: `/items/${id}`, body: { title: '', tags: item.tags, priority: 2 } },
    expected: { ...item, title: 'hello', priority: 2, version: 4 },
    stacks: ['bare Fastify', 'trpc-to-openapi', 'ours'],
  },
} satisfies Record<string, Case>;

export type CaseName = keyof typeof cases;
