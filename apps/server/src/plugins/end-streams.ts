import type { Principal } from '@promptory/api/server';
import { EventBody } from '@promptory/trpc-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const CHECK_INTERVAL_MS = 2_000;

/** Whether a payload is written bit by bit: a stream, or the Response that tRPC gives. Those of events are looked after by `endEvents`. */
const isStreamed = (payload: unknown): boolean =>
  typeof payload === 'object' && payload !== null && !Buffer.isBuffer(payload) && !(payload instanceof EventBody);

/**
 * Cuts off an answer that is still being written once its caller would be refused. Access is checked when a call begins,
 * and an export or import may go on for minutes.
 */
export function endStreams(
  app: FastifyInstance,
  options: { isStillAuthenticated(caller: Principal, req: FastifyRequest): Promise<boolean> },
): void {
  app.addHook('onSend', (req, reply, payload, done) => {
    const { caller } = req.state;
    const { raw } = reply;
    if (caller === null || caller.kind === 'anonymous' || !isStreamed(payload) || raw.closed) {
      done();
      return;
    }
    const cutOff = (still: boolean): void => void (still || raw.destroy());
    const timer = setInterval(() => {
      // Where the database is away nobody is cut off: the next check decides.
      options.isStillAuthenticated(caller, req).then(cutOff, () => undefined);
    }, CHECK_INTERVAL_MS);
    raw.once('close', () => clearInterval(timer));
    done();
  });
}
