import type { IncomingMessage } from 'node:http';
import type { Context, Principal, Services } from '@promptory/api/server';
import type { ContextRequest } from '@promptory/trpc-fastify';
import type { FastifyRequest } from 'fastify';
import { withoutSecrets } from '../observability/logger.ts';
import type { CallGates } from '../services/call-gate.ts';
import { limitKey } from '../services/limiter.ts';
import { authenticate, type Turn } from './caller/authenticate.ts';
import { findPrincipal } from './caller/find-principal.ts';
import type { KnownCredentials } from './caller/known-credentials.ts';
import { presentedCredential } from './caller/presented-credential.ts';
import { RequestTurns } from './caller/request-turns.ts';
import type { VerifiedTokens } from './caller/verified-tokens.ts';
import { clientAddress } from './client-address.ts';
import type { Connections } from './connections/connections.ts';
import { idempotencyHeaderOf } from './idempotency-header.ts';
import type { RequestLimiter } from './rate-limit-headers.ts';
import { serveCaller } from './served-caller.ts';
import { type CookieOrigins, sessionCookie } from './session-cookie.ts';

const MAX_USER_AGENT_LENGTH = 512;

/**
 * @param about.streams whether the answer streams, and so takes its turn among others that do
 * @param about.ownForm a form of a page of ours, so that its cookie counts though its browser names no origin
 */
export type ContextFactory = (
  request: ContextRequest,
  about: { readonly streams: boolean; readonly ownForm?: boolean },
) => Promise<Context>;

/** Makes the Context of a call; who calls is found out once for each request, however many calls it makes. */
export function contextFactory(options: {
  services: Services;
  gates: CallGates;
  known: KnownCredentials;
  tokens: VerifiedTokens;
  connections: Pick<Connections, 'waitsForTurn' | 'keepsBody'>;
  /** Those that requests have begun to take before any route was asked. */
  begun: Pick<WeakMap<IncomingMessage, RequestTurns>, 'get'>;
  limiterOf(req: FastifyRequest): RequestLimiter;
  origins: CookieOrigins;
}): ContextFactory {
  const { services, gates, known, tokens, connections, begun, limiterOf, origins } = options;
  const withOwnForms = {
    ...origins,
    trusted: { has: (origin: string) => origin === 'null' || origins.trusted.has(origin) },
  };

  const callerOf = async (
    req: FastifyRequest,
    turns: RequestTurns,
    limiter: RequestLimiter,
    { trusted }: CookieOrigins,
  ): Promise<Principal> => {
    const address = clientAddress(req);
    const enter = async (caller: string): Promise<void> => {
      await turns.enter(caller);
      serveCaller(req, caller);
    };
    const principal = await authenticate({
      presented: await presentedCredential(services, req, trusted, tokens),
      address,
      known,
      limiter,
      async find(credential, turn) {
        await enter(turnKey(turn, address));
        return findPrincipal(services, credential);
      },
    });
    await enter(turnKey(principal.kind === 'anonymous' ? null : principal, address));
    return principal;
  };

  return async ({ req, res, procedure }, { streams, ownForm = false }) => {
    const { state } = req;
    const accepted = ownForm ? withOwnForms : origins;
    const limiter = limiterOf(req);
    const gate = procedure.type === 'subscription' ? gates.watches : streams ? gates.streams : gates.calls;
    state.turns ??=
      begun.get(req.raw) ?? new RequestTurns(gate, res.raw, (giveUp) => connections.waitsForTurn(req.raw, giveUp));
    state.principal ??= callerOf(req, state.turns, limiter, accepted);
    state.caller = await state.principal;
    return {
      ...services,
      limiter,
      principal: state.caller,
      requestId: req.id,
      client: { ip: clientAddress(req), userAgent: userAgentOf(req) },
      cookie: sessionCookie(req, res, accepted),
      idempotencyHeader: idempotencyHeaderOf(req, procedure.batchSize),
      isAnswered: () => res.raw.writableEnded,
      keepsBody: () => connections.keepsBody(req.raw),
    };
  };
}

/** By what the gates know a person. */
export const turnOfPerson = (userId: string): string => `user|${userId}`;

/** Whose turn it is: a person's, whatever they call with, or an address's, as limits know it. */
const turnKey = (turn: Turn | null, address: string): string => {
  if (turn === null) return limitKey(address);
  return 'userId' in turn ? turnOfPerson(turn.userId) : `owner|${turn.owner}`;
};

/** Stored with sessions and attempts, where no credential is to rest. */
function userAgentOf({ headers }: FastifyRequest): string | null {
  const named = headers['user-agent'];
  return named === undefined ? null : withoutSecrets(named).slice(0, MAX_USER_AGENT_LENGTH);
}
