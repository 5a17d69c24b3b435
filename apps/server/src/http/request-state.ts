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

const STATE = Symbol('state');

const newRequestState = (): RequestState => ({
  principal: null,
  caller: null,
  turns: null,
  calls: [],
  codes: [],
  code: null,
  headers: {},
});

/** Gives every request its own RequestState. */
export function addRequestState(app: FastifyInstance): void {
  app.decorateRequest(STATE, null);
  app.decorateRequest('state', {
    getter(this: FastifyRequest & { [STATE]?: RequestState | null }): RequestState {
      this[STATE] ??= newRequestState();
      return this[STATE];
    },
  });
}

/** Gives every answer the headers that its request's state has collected. */
export function sendCollectedHeaders(app: FastifyInstance): void {
  app.addHook('onSend', (req, reply, _payload, done) => {
    reply.headers(req.state.headers);
    done();
  });
}
