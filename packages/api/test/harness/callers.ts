import { newId } from '@promptory/db';
import { createCaller } from '../../src/app-router.ts';
import type { Context, Principal, Services } from '../../src/context.ts';

/** The context of one request that `principal` makes. */
export const contextOf = (services: Services, principal: Principal, parts: Partial<Context> = {}): Context => ({
  ...services,
  principal,
  requestId: newId(),
  client: { ip: '127.0.0.1', userAgent: 'test' },
  cookie: { refreshToken: null, obstacle: () => null, set: () => undefined, clear: () => undefined },
  idempotencyHeader: null,
  isAnswered: () => false,
  keepsBody: () => undefined,
  ...parts,
});

/** `as(alice.principal).prompts.get({ id })`: the procedures, called without a transport. */
export const callersOf = (services: Services) => ({
  as: (principal: Principal, parts: Partial<Context> = {}) => createCaller(contextOf(services, principal, parts)),
  asAnyone: (parts: Partial<Context> = {}) =>
    createCaller(contextOf(services, { kind: 'anonymous', rejected: null }, parts)),
});
