import type { FastifyInstance } from 'fastify';

/**
 * Ends each connection with its answer once the server closes: else one whose last request was answered meanwhile would
 * stay open, and the server with it.
 */
export function endConnections(app: FastifyInstance): void {
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onSend', (_req, reply, _payload, done) => {
    if (closing) reply.header('connection', 'close');
    done();
  });
}
