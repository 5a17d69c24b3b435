import type { Principal } from '@promptory/api/server';
import type { ErrorCode } from '@promptory/schemas';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RequestTurns } from './caller/request-turns.ts';

/** What the app knows of one request while it serves it, for its answer, the log and the metrics. */
export interface RequestState {
  /** Found out once, by the first call that needs it. */
  principal: Promise<Principal> | null;
  /** Set when `principal` is settled. */
  caller: Principal | null;
  /** Its turns among its caller's, from when it is known who that says to be. */
  turns: RequestTurns | null;
  /** Paths of the procedures called, in order; a name that is no procedure's is not in it. */
  readonly calls: string[];
  /** What calls failed with, or were refused with, in the order of their failing. */
  readonly codes: ErrorCode[];
  /** The error that is the whole answer, where the request failed before or outside its calls. */
  code: ErrorCode | null;
  /** Headers that the answer is given, over any transport. */
  readonly headers: Record<string, string>;
}

declare module 'fastify' {
  interface FastifyRequest {
    state: RequestState;
  }
}

const newRequestState = (): RequestState => ({
  principal: null,
  caller: null,
  turns: null,
  calls: [],
  codes: [],
  code: null,
  headers: {},
});

/** Gives every request its own RequestState, and every answer the headers collected in it. */
export function addRequestState(app: FastifyInstance): void {
  const states = new WeakMap<FastifyRequest, RequestState>();
  app.decorateRequest('state', {
    getter(this: FastifyRequest): RequestState {
      const known = states.get(this);
      if (known !== undefined) return known;
      const state = newRequestState();
      states.set(this, state);
      return state;
    },
  });
  app.addHook('onSend', (req, reply, _payload, done) => {
    reply.headers(req.state.headers);
    done();
  });
}
