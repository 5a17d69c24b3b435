import { AppError, consumeLimit, type Limiter } from '@promptory/api/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { clientAddress } from '../http/client-address.ts';
import type { KnownPaths } from './known-paths.ts';

/** Answers where no route is: OPTIONS by what would be allowed, another method by 405, all else by 404. Each is counted. */
export function unknownRoutes(
  app: FastifyInstance,
  options: { paths: KnownPaths; limiterOf(req: FastifyRequest): Limiter },
): void {
  const { paths, limiterOf } = options;

  async function answerUnknown(req: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    await consumeLimit({ limiter: limiterOf(req) }, 'anonymous', clientAddress(req));
    const methods = paths.methodsAt(req.url);
    if (methods.length === 0) throw new AppError('route.not_found');
    const allowed = methods.join(', ');
    reply.header('allow', allowed);
    if (req.method === 'OPTIONS') return reply.code(204).send();
    throw new AppError('request.method_not_allowed', { message: `This address answers ${allowed}.` });
  }

  // Before any body is read: what nobody will answer is refused at once.
  app.addHook('onRequest', async (req, reply) => {
    if (req.is404) await answerUnknown(req, reply);
  });
  app.setNotFoundHandler(answerUnknown);
}
