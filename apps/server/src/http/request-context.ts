import type { Context, Principal, Services } from '@promptory/api/server';
import type { ContextRequest } from '@promptory/trpc-fastify';
import type { FastifyRequest } from 'fastify';
import { withoutSecrets } from '../observability/logger.ts';
import { authenticate } from './caller/authenticate.ts';
import { findPrincipal } from './caller/find-principal.ts';
import { createKnownCredentials } from './caller/known-credentials.ts';
import { presentedCredential } from './caller/presented-credential.ts';
import { clientAddress } from './client-address.ts';
import { idempotencyHeaderOf } from './idempotency-header.ts';
import type { RequestLimiter } from './rate-limit-headers.ts';
import { sessionCookie } from './session-cookie.ts';

const MAX_USER_AGENT_LENGTH = 512;

/** Makes the Context of a call; who calls is found out once for each request, however many calls it makes. */
export function contextFactory(options: {
  services: Services;
  limiterOf(req: FastifyRequest): RequestLimiter;
  /** Origins whose pages may act with a cookie. */
  trusted: ReadonlySet<string>;
}): (request: ContextRequest) => Promise<Context> {
  const { services, limiterOf, trusted } = options;
  const known = createKnownCredentials();

  const callerOf = async (req: FastifyRequest, limiter: RequestLimiter): Promise<Principal> =>
    authenticate({
      presented: await presentedCredential(services, req, trusted),
      address: clientAddress(req),
      known,
      limiter,
      find: (credential) => findPrincipal(services, credential),
    });

  return async ({ req, res, procedure }) => {
    const { state } = req;
    const limiter = limiterOf(req);
    state.principal ??= callerOf(req, limiter);
    state.caller = await state.principal;
    return {
      ...services,
      limiter,
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
