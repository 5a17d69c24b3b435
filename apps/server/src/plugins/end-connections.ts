import type { FastifyInstance } from 'fastify';

/** Whether the server closes, once it is told which. */
export interface Ending {
  readonly isClosing: boolean;
  /**
   * Ends each connection with its answer once the server closes: else one whose last request was answered meanwhile would
   * stay open, and the server with it.
   */
  endConnections(app: FastifyInstance): void;
}

export function createEnding(): Ending {
  let isClosing = false;
  return {
    get isClosing() {
      return isClosing;
    },
    endConnections(app) {
      app.addHook('preClose', async () => {
        isClosing = true;
      });
      app.addHook('onSend', (_req, reply, _payload, done) => {
        if (isClosing) reply.header('connection', 'close');
        done();
      });
    },
  };
}
