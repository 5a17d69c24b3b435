import type { FastifyInstance } from 'fastify';
import type { Connections } from '../http/connections/connections.ts';

/** Whether the server closes, once it is told which. */
export interface Ending {
  readonly isClosing: boolean;
  /**
   * Ends each connection with its answer once the server closes, and at once those that have asked for nothing: else one whose
   * last request was answered meanwhile would stay open, or one whose first never came, and the server with it.
   */
  endConnections(app: FastifyInstance, connections: Pick<Connections, 'endSilent'>): void;
}

export function createEnding(): Ending {
  let isClosing = false;
  return {
    get isClosing() {
      return isClosing;
    },
    endConnections(app, connections) {
      app.addHook('preClose', async () => {
        isClosing = true;
        connections.endSilent();
      });
      app.addHook('onSend', (_req, reply, _payload, done) => {
        if (isClosing) reply.header('connection', 'close');
        done();
      });
    },
  };
}
