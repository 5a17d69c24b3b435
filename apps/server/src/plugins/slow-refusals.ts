import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/**
 * Lets those who are refused by a limit wait for the answer, as mail servers do (Postfix's `smtpd_error_sleep_time`). Who
 * asks again at once whatever is answered would else keep the processor busy with refusals, some 2,500 a second. Retry-After
 * is a second at least, so nobody who heeds it loses by this.
 *
 * @param options.delayMs 0 for none
 */
export function slowRefusals(app: FastifyInstance, { delayMs }: { delayMs: number }): void {
  if (delayMs === 0) return;
  app.addHook('onSend', async (_req, reply, payload) => {
    if (reply.statusCode === 429) await sleep(delayMs);
    return payload;
  });
}
