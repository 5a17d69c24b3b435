import { setImmediate as turn } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Connections } from '../http/connections/connections.ts';

/** Whether the server closes, once it is told which. */
export interface Ending {
  /** Also while it is still open for callers that do not know yet that it stops. */
  readonly isClosing: boolean;
  /**
   * Ends each connection with its answer once the server closes, and at once those that have asked for nothing: else one whose
   * last request was answered meanwhile would stay open, or one whose first never came, and the server with it.
   */
  endConnections(app: FastifyInstance, connections: Pick<Connections, 'endSilent'>): void;
}

/** Of the event loop. In each, connections that wait to be accepted are, and what has come on others is read. */
const TURNS = 100;

/** @param stopping aborted as soon as no further callers should come, some time before the server closes */
export function createEnding(stopping?: AbortSignal): Ending {
  let isClosing = false;
  const ending: Ending = {
    get isClosing() {
      return isClosing || stopping?.aborted === true;
    },
    endConnections(app, connections) {
      app.addHook('preClose', async () => {
        isClosing = true;
        // Requests that the system has taken, but this process has not read yet, are accepted as well.
        for (let turns = 0; turns < TURNS; turns += 1) await turn();
        connections.endSilent();
      });
      app.addHook('onSend', (_req, reply, _payload, done) => {
        if (ending.isClosing) reply.header('connection', 'close');
        done();
      });
    },
  };
  return ending;
}
