import { AppError } from '@promptory/api/server';
import { closeIfUnread } from '@promptory/trpc-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isAt } from '../known-paths.ts';
import { addVary, prefersPage } from '../pages/prefers-page.ts';
import { sendStatic } from '../pages/static-answer.ts';
import { html } from '../people/markup/html.ts';
import { button } from '../people/markup/pieces.ts';
import { send } from '../people/page-context.ts';
import type { BuiltConsole } from './built-console.ts';

/** What the page may load, run and ask: this server alone, and no script or style that stands in the page itself. */
export const CONSOLE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  // No text becomes markup or a script's address in it, whatever it holds, but the one address of its own worker.
  "require-trusted-types-for 'script'",
  'trusted-types worker',
].join('; ');

const IMMUTABLE = 'public, max-age=31536000, immutable';

const notBuilt = {
  title: 'The console is not built',
  parts: [
    html`<p>Run <code>pnpm build</code>, and start the server again.</p>${button('/docs', 'What programs can do')}`,
  ],
};

/** Shows the page, before any route is asked, to who prefers one at these addresses. */
export function showPage(
  app: FastifyInstance,
  at: readonly string[],
  sendPage: (req: FastifyRequest, reply: FastifyReply) => FastifyReply | Promise<FastifyReply>,
): void {
  const addresses = at.map((address) => address.split('/'));
  app.addHook('onRequest', async (req, reply) => {
    const isAsked = req.method === 'GET' || req.method === 'HEAD';
    if (isAsked && prefersPage(req, 'application/json') && addresses.some((address) => isAt(address, req.url)))
      return sendPage(req, reply);
  });
}

/**
 * The web console: its page in place of what a program gets, at the addresses that it has itself and to who prefers a page
 * (RFC 9110, 12.5.1), and its files under `/console/`. An answer of the API at such an address is `no-store`, so that no cache
 * can take one for the other. Call it before the routes are asked.
 *
 * @param built null where nothing is built: then the root alone says so
 */
export function consoleRoutes(app: FastifyInstance, built: BuiltConsole | null): void {
  function sendPage(req: FastifyRequest, reply: FastifyReply): FastifyReply {
    closeIfUnread(req, reply);
    addVary(reply, 'accept');
    if (built === null) return send({ req, reply }, notBuilt, 404);
    return sendStatic(req, reply.header('content-security-policy', CONSOLE_POLICY), built.page);
  }

  showPage(app, built?.addresses ?? ['/'], sendPage);

  app.get<{ Params: { file: string } }>('/console/:file', async (req, reply) => {
    const file = built?.files.get(req.params.file);
    if (file === undefined) throw new AppError('route.not_found');
    return sendStatic(req, reply, file, IMMUTABLE);
  });
}
