import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { loggedPath } from '../../observability/logged-path.ts';
import { appErrorOf, problemOf } from './problem.ts';

/**
 * Answers what Fastify refuses before it looks for a route, such as an address that is not valid: no hook and no
 * decoration has seen the request, so the answer is written to the bare response.
 */
export function frameworkErrors(options: {
  publicUrl: string;
  plainHeaders: Readonly<Record<string, string>>;
  knownSegments: ReadonlySet<string>;
}) {
  const { publicUrl, plainHeaders, knownSegments } = options;
  return (error: FastifyError, req: FastifyRequest, reply: FastifyReply): void => {
    const { status, headers, body } = problemOf(appErrorOf(error), { requestId: req.id, publicUrl });
    req.log.info({ method: req.method, path: loggedPath(req.url, knownSegments), status }, 'request refused');
    const type = { 'content-type': 'application/problem+json', 'x-request-id': req.id };
    reply.raw.writeHead(status, { ...plainHeaders, ...headers, ...type });
    reply.raw.end(JSON.stringify(body));
  };
}
