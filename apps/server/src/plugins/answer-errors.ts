import { closeIfUnread } from '@promptory/trpc-fastify';
import type { FastifyInstance } from 'fastify';
import { appErrorOf, problemOf, unforeseen } from '../http/errors/problem.ts';
import { isProbe } from './request-log.ts';

/** Answers whatever a hook or a route throws as a problem document. */
export function answerErrors(app: FastifyInstance, options: { publicUrl: string }): void {
  const { publicUrl } = options;
  app.setErrorHandler((error, req, reply) => {
    const known = appErrorOf(error);
    req.state.code = known.code;
    const thrown = unforeseen(known);
    if (thrown !== null && !isProbe(req)) req.log.error(thrown, 'request failed');
    const { status, headers = {}, body } = problemOf(known, { requestId: req.id, publicUrl });
    closeIfUnread(req, reply);
    return reply.code(status).headers(headers).type('application/problem+json').send(JSON.stringify(body));
  });
}
