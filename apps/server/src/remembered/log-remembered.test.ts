import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import type { LoggedRequest } from '../plugins/request-log.ts';
import { logRemembered } from './log-remembered.ts';

type Parts = Parameters<typeof logRemembered>[0];

it('says of what is remembered whose it was and where it went, also where its connection is cut', () => {
  const written: object[] = [];
  const answering: { socket: unknown; request: LoggedRequest }[] = [];
  const children: object[] = [];
  const log = logRemembered({
    logger: { child: (facts: object) => children.push(facts) } as unknown as Parts['logger'],
    write: (answered) => written.push(answered),
    tracing: null,
    connectionLog: { answers: (socket, request) => void answering.push({ socket, request: request as LoggedRequest }) },
  });
  const socket = {} as Socket;
  const caller = { kind: 'apiKey', keyId: 'k' };
  const call = { path: 'prompts.resolve', route: '/prompts/resolve' };
  const done = log(
    { socket, method: 'POST', url: '/prompts/resolve?x=1' } as Parameters<typeof log>[0],
    { requestId: 'r1', caller, call, began: 0 } as unknown as Parameters<typeof log>[1],
  );
  expect(written).toEqual([]);
  expect(answering[0]?.socket).toBe(socket);
  expect(answering[0]?.request).toMatchObject({ method: 'POST', url: '/prompts/resolve?x=1', state: { caller } });
  void answering[0]?.request.log;
  expect(children).toEqual([{ requestId: 'r1' }]);
  done(200);
  expect(written).toEqual([
    { requestId: 'r1', method: 'POST', ...call, status: 200, caller, elapsedMs: expect.any(Number) },
  ]);
});
