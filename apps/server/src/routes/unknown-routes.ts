import { AppError, consumeLimit, type Limiter } from '@promptory/api/server';
import { closeIfUnread } from '@promptory/trpc-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { clientAddress } from '../http/client-address.ts';
import type { KnownPaths } from './known-paths.ts';
import { addVary, prefersPage } from './pages/prefers-page.ts';
import { button } from './people/markup/pieces.ts';
import { sendFailure } from './people/page-context.ts';

/** A person who came here by a browser gets a page, a program the error that it would get anywhere. */
function refuse(req: FastifyRequest, reply: FastifyReply, error: AppError): FastifyReply {
  addVary(reply, 'accept');
  if (!prefersPage(req, 'application/problem+json')) throw error;
  req.state.code = error.code;
  closeIfUnread(req, reply);
  return sendFailure({ req, reply }, error, button('/shared', 'What is shared with you'));
}

/** Answers where no route is: OPTIONS by what would be allowed, another method by 405, all else by 404. Each is counted. */
export function unknownRoutes(
  app: FastifyInstance,
  options: { paths: KnownPaths; limiterOf(req: FastifyRequest): Limiter },
): void {
  const { paths, limiterOf } = options;

  async function answerUnknown(req: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    await consumeLimit({ limiter: limiterOf(req) }, 'anonymous', clientAddress(req));
    const methods = paths.methodsAt(req.url);
    if (methods.length === 0) return refuse(req, reply, new AppError('route.not_found'));
    const allowed = methods.join(', ');
    reply.header('allow', allowed);
    if (req.method === 'OPTIONS') return reply.code(204).send();
    const message = `This address answers ${allowed}.`;
    return refuse(req, reply, new AppError('request.method_not_allowed', { message }));
  }

  // Before any body is read: what nobody will answer is refused at once.
  app.addHook('onRequest', async (req, reply) => {
    if (req.is404) await answerUnknown(req, reply);
  });
  app.setNotFoundHandler(answerUnknown);
}
