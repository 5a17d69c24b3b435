import type { Context, Limiter, Services } from '@promptory/api/server';
import type { ContextRequest } from '@promptory/trpc-fastify';
import type { FastifyRequest } from 'fastify';
import { withoutSecrets } from '../observability/logger.ts';
import { clientAddress } from './client-address.ts';
import { idempotencyHeaderOf } from './idempotency-header.ts';
import { findPrincipal } from './principal.ts';
import { sessionCookie } from './session-cookie.ts';

const MAX_USER_AGENT_LENGTH = 512;

/** Makes the Context of a call; who calls is found out once for each request, however many calls it makes. */
export function contextFactory(options: {
  services: Services;
  limiterOf(req: FastifyRequest): Limiter;
  /** Origins whose pages may act with a cookie. */
  trusted: ReadonlySet<string>;
}): (request: ContextRequest) => Promise<Context> {
  const { services, limiterOf, trusted } = options;
  return async ({ req, res, procedure }) => {
    const { state } = req;
    state.principal ??= findPrincipal(services, req, trusted);
    state.caller = await state.principal;
    return {
      ...services,
      limiter: limiterOf(req),
      principal: state.caller,
      requestId: req.id,
      client: { ip: clientAddress(req), userAgent: userAgentOf(req) },
      cookie: sessionCookie(req, res, trusted),
      idempotencyHeader: idempotencyHeaderOf(req, procedure.batchSize),
    };
  };
}

/** Stored with sessions and attempts, where no credential is to rest. */
function userAgentOf({ headers }: FastifyRequest): string | null {
  const named = headers['user-agent'];
  return named === undefined ? null : withoutSecrets(named).slice(0, MAX_USER_AGENT_LENGTH);
}
