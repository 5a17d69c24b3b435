import type { Call, CallHooks } from '@promptory/trpc-fastify';
import type { RequestTurns } from '../http/caller/request-turns.ts';

/** Has every call, also each of a batch, take its turn among those of its caller, and give it back when it is done. */
export function inTurn(
  afterCall: NonNullable<CallHooks['afterCall']>,
): Required<Pick<CallHooks, 'beforeCall' | 'afterCall'>> {
  const lanes = new WeakMap<Call, Awaited<ReturnType<RequestTurns['take']>>>();
  return {
    async beforeCall(call) {
      const lane = await call.req.state.turns?.take();
      if (lane !== undefined) lanes.set(call, lane);
    },
    afterCall(call, outcome) {
      const lane = lanes.get(call);
      lanes.delete(call);
      if (lane !== undefined) call.req.state.turns?.release(lane);
      afterCall(call, outcome);
    },
  };
}
