import type { FastifyReply, FastifyRequest } from 'fastify';
import { expect, it } from 'vitest';
import { closeIfUnread } from './unread-body.ts';

/** Whether the connection of a request whose body has not come yet ends with an early answer. */
function isClosed(headers: object, parts: object = {}, headersSent = false): boolean {
  let isSaid = false;
  const raw = { complete: false, httpVersionMajor: 1, socket: {}, headers, ...parts };
  const reply = {
    raw: { headersSent },
    header: (name: string, value: string) => {
      isSaid = name === 'connection' && value === 'close';
    },
  };
  closeIfUnread({ raw } as unknown as FastifyRequest, reply as unknown as FastifyReply);
  expect('destroySoon' in raw.socket).toBe(isSaid);
  return isSaid;
}

it.each<[string, boolean, Parameters<typeof isClosed>]>([
  ['without a body', false, [{}]],
  ['of 65,536 bytes, which are let through', false, [{ 'content-length': '65536' }]],
  ['of one byte more', true, [{ 'content-length': '65537' }]],
  ['whose length nobody knows', true, [{ 'transfer-encoding': 'chunked' }]],
  ['that has come', false, [{ 'transfer-encoding': 'chunked' }, { complete: true }]],
  ['that is answered already', false, [{ 'transfer-encoding': 'chunked' }, {}, true]],
  ['of HTTP/2', false, [{ 'transfer-encoding': 'chunked' }, { httpVersionMajor: 2 }]],
])('ends the connection of a request %s: %s', (_what, closed, given) => {
  expect(isClosed(...given)).toBe(closed);
});
