import { type ServedCaller, servedCaller } from '@promptory/db';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const callers = new WeakMap<FastifyRequest, ServedCaller>();

/** Lets the database know of whatever runs for a request whom it runs for, once `serveCaller` has said so. */
export function serveCallers(app: FastifyInstance): void {
  // After the body was read: its pieces arrive outside of what a hook before it begins.
  app.addHook('preHandler', (req, _reply, done) => {
    const caller: ServedCaller = { name: '', requestId: req.id, since: performance.now() };
    callers.set(req, caller);
    servedCaller.run(caller, done);
  });
}

/** Says whom a request is served for. */
export function serveCaller(req: FastifyRequest, name: string): void {
  const caller = callers.get(req);
  if (caller !== undefined) caller.name = name;
}
