import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { closeIfUnread } from '@promptory/trpc-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { addVary } from '../pages/prefers-page.ts';
import { CONSOLE_POLICY, showPage } from './console-routes.ts';

/** Vite makes what the page loads first as it is asked for, however long that takes. */
const TIMEOUT_MS = 120_000;
/** What stands in what Vite answers, beside the body. */
const HEADERS = ['content-type', 'etag', 'cache-control', 'location', 'vary'];

interface LiveAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** What stands in a page in place of its nonce. */
  readonly nonce: string;
}

/** The console from its sources, in development: each file is made as it is asked for, and a page that is open has what changes. */
export interface LiveConsole {
  /** Addresses as routes have them: `/prompts/:id`. */
  readonly addresses: readonly string[];
  page(req: IncomingMessage): Promise<LiveAnswer>;
  file(req: IncomingMessage): Promise<LiveAnswer>;
  /** Whether a request asks for the WebSocket by which a page has what changes. */
  asksForUpdates(req: IncomingMessage): boolean;
  /** Takes over the connection of one that does. */
  upgrade(req: IncomingMessage, socket: Duplex): Promise<void>;
}

/** The policy of production, and in it what Vite puts into the page: its own scripts and styles, and modules that run again. */
const policyOf = (nonce: string): string =>
  CONSOLE_POLICY.replace("script-src 'self'", `script-src 'self' 'nonce-${nonce}'`)
    .replace("style-src 'self'", `style-src 'self' 'nonce-${nonce}'`)
    .replace('trusted-types worker', "trusted-types worker 'allow-duplicates'");

/** The same addresses as in production, and below `/console/` whatever Vite has there. */
export function liveConsoleRoutes(app: FastifyInstance, live: LiveConsole): void {
  /** @returns the nonce that its policy takes */
  function head(reply: FastifyReply, { status, headers }: LiveAnswer): string {
    const nonce = randomBytes(16).toString('base64');
    for (const name of HEADERS) if (headers[name] !== undefined) reply.header(name, headers[name]);
    reply.code(status).header('content-security-policy', policyOf(nonce));
    return nonce;
  }

  async function sendPage(req: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    closeIfUnread(req, reply);
    const answer = await live.page(req.raw);
    const nonce = head(reply, answer);
    addVary(reply, 'accept');
    // Each has a nonce of its own.
    reply.removeHeader('etag').header('cache-control', 'no-store');
    return reply.send(answer.body.toString().replaceAll(answer.nonce, nonce));
  }

  showPage(app, live.addresses, sendPage);
  app.get('/console/*', { handlerTimeout: TIMEOUT_MS }, async (req, reply) => {
    const answer = await live.file(req.raw);
    head(reply, answer);
    return reply.send(answer.body);
  });
  app.server.on('upgrade', (req, socket) => {
    live.upgrade(req, socket).catch(() => socket.destroy());
  });
}
