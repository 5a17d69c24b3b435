import { STATUS_CODES } from 'node:http';
import type { TRPCError } from '@trpc/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { closeIfUnread } from '../http/unread-body.ts';
import type { RestMeta } from '../router/rest-meta.ts';
import type { Problem, RestOptions } from './rest-options.ts';

/** What the plugin's own routes carry in their config. */
export interface RouteConfig {
  procedure?: string;
  rest?: RestMeta;
}

export function configOf(req: FastifyRequest): RouteConfig {
  return req.routeOptions.config as RouteConfig;
}

/** Answers a failed call by the host's error table. */
export type FailureAnswer = (
  error: TRPCError,
  at: { path: string; req: FastifyRequest; ctx?: unknown },
  reply: FastifyReply,
) => void;

export function failureAnswer(options: RestOptions): FailureAnswer {
  return (error, at, reply) => {
    const { status, headers, body } = asPrecondition(
      options.problem(error, at),
      at.req,
      options.isStale?.(error) ?? true,
    );
    closeIfUnread(at.req, reply);
    if (headers !== undefined) reply.headers(headers);
    // Also where Accept names other types: RFC 9110, 12.4.1, lets an answer go out without regard to it.
    reply.code(status).header('content-type', 'application/problem+json').send(JSON.stringify(body));
  };
}

/** A conflict under If-Match is a failed precondition (RFC 9110, 13.1.1): 412, and the same code and body otherwise. */
function asPrecondition(problem: Problem, req: FastifyRequest, isStale: boolean): Problem {
  const ifMatch = req.headers['if-match'];
  const { rest } = configOf(req);
  if (
    !isStale ||
    problem.status !== 409 ||
    rest?.ifMatch === undefined ||
    ifMatch === undefined ||
    ifMatch.trim() === '*'
  ) {
    return problem;
  }
  const body: Record<string, unknown> = { ...problem.body };
  if (body.status === 409) body.status = 412;
  if (body.title === STATUS_CODES[409]) body.title = STATUS_CODES[412];
  return { ...problem, status: 412, body };
}
