import type { FastifyInstance, FastifyRequest } from 'fastify';
import { appErrorOf, problemOf } from '../http/errors/problem.ts';
import { isProbe } from './request-log.ts';

const DRAINED_BYTES = 65_536;

/** Answers whatever a hook or a route throws as a problem document. */
export function answerErrors(app: FastifyInstance, options: { publicUrl: string }): void {
  const { publicUrl } = options;
  app.setErrorHandler((error, req, reply) => {
    const known = appErrorOf(error);
    req.state.code = known.code;
    if (known.status >= 500 && !isProbe(req)) req.log.error({ err: known.cause ?? known }, 'request failed');
    const { status, headers = {}, body } = problemOf(known, { requestId: req.id, publicUrl });
    if (hasUnreadBody(req)) reply.header('connection', 'close');
    return reply.code(status).headers(headers).type('application/problem+json').send(JSON.stringify(body));
  });
}

/** A body that nobody will read, and too long to be let through: its connection ends with the answer. */
function hasUnreadBody({ raw }: FastifyRequest): boolean {
  if (raw.complete) return false;
  return (
    raw.headers['transfer-encoding'] !== undefined || !(Number(raw.headers['content-length'] ?? 0) <= DRAINED_BYTES)
  );
}
