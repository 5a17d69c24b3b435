import type { Principal } from '@promptory/api/server';
import type { ErrorCode } from '@promptory/schemas';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** What the app notes about one request while it serves it, for the log and the metrics. */
export interface Visit {
  /** Found out once, when the first call asks. */
  principal: Promise<Principal> | null;
  /** Set when `principal` is settled. */
  caller: Principal | null;
  /** Paths of the procedures called, in order; a name that is no procedure's is not in it. */
  readonly calls: string[];
  /** What calls failed with, or were refused with, in the order of their failing. */
  readonly codes: ErrorCode[];
  /** The failure that is the answer, where it was none of a call's. */
  code: ErrorCode | null;
  /** Headers that the answer is given, by whichever door. */
  readonly headers: Record<string, string>;
}

declare module 'fastify' {
  interface FastifyRequest {
    visit: Visit;
  }
}

const newVisit = (): Visit => ({ principal: null, caller: null, calls: [], codes: [], code: null, headers: {} });

/** Gives every request its own Visit, and every answer the headers noted in it. */
export function noteVisits(app: FastifyInstance): void {
  const visits = new WeakMap<FastifyRequest, Visit>();
  app.decorateRequest('visit', {
    getter(this: FastifyRequest): Visit {
      const known = visits.get(this);
      if (known !== undefined) return known;
      const visit = newVisit();
      visits.set(this, visit);
      return visit;
    },
  });
  app.addHook('onSend', async (req, reply, payload) => {
    reply.headers(req.visit.headers);
    return payload;
  });
}
