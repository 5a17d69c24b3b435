// Pages for people: those that mails link to and what these lead to, for where no frontend stands in front of the server.
// Forms and no script: what a form asks for is a call of a procedure, by the same caller and limits as over the API.
import { AppError, consumeLimit } from '@promptory/api/server';
import { closeIfUnread } from '@promptory/trpc-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { clientAddress } from '../../http/client-address.ts';
import { appErrorOf, errorHeaders, unforeseen } from '../../http/errors/problem.ts';
import type { RequestLimiter } from '../../http/rate-limit-headers.ts';
import { isForeignForm, type Origins } from '../../http/request-origin.ts';
import { mailChoiceRoutes } from './mail-choice-page.ts';
import { type PageContext, sendFailure } from './page-context.ts';
import { recoveryRoutes } from './recovery-pages.ts';
import { registerRoutes } from './register-page.ts';
import { sharedRoutes } from './shared-pages.ts';
import { signInRoutes } from './sign-in-page.ts';

const FORM_BYTES = 16_384;
const MAX_FIELDS = 20;

export async function peoplePages(
  app: FastifyInstance,
  options: Pick<PageContext, 'services' | 'call'> & {
    limiterOf(req: FastifyRequest): RequestLimiter;
    /** Origins whose pages may send forms. */
    readonly trusted: Origins;
  },
): Promise<void> {
  const context: PageContext = {
    ...options,
    count: (req) => consumeLimit({ limiter: options.limiterOf(req) }, 'anonymous', clientAddress(req)),
  };
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser<string>(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: FORM_BYTES },
      async (_req: FastifyRequest, body: string) => fieldsIn(body),
    );
    scope.addHook('onRequest', async (req) => {
      if (req.method === 'POST' && isForeignForm(req.headers, options.trusted))
        throw new AppError('request.cross_site');
    });
    scope.setErrorHandler((cause, req, reply) => {
      const error = appErrorOf(cause);
      req.state.code = error.code;
      const thrown = unforeseen(error);
      if (thrown !== null) req.log.error(thrown, 'page failed');
      closeIfUnread(req, reply);
      return sendFailure({ req, reply: reply.headers(errorHeaders(error, req.id)) }, error);
    });
    signInRoutes(scope, context);
    registerRoutes(scope, context);
    recoveryRoutes(scope, context);
    mailChoiceRoutes(scope, context);
    await scope.register(async (shared) => sharedRoutes(shared, context));
  });
}

/** The first value of each name. */
function fieldsIn(body: string): Readonly<Record<string, string>> {
  const all = new URLSearchParams(body);
  if (all.size > MAX_FIELDS) throw new AppError('request.malformed');
  return Object.fromEntries([...all].reverse());
}
