import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { callerNetwork } from '../http/client-address.ts';
import type { Connections } from '../http/connections/connections.ts';

/** A hundred a second, which take some hundredths of a processor. */
const EVERY_MS = 10;
/** Less than clients wait for an answer. */
const LONGEST_MS = 5_000;
/** What is larger stays in memory for less time: a request's body while its refusal waits. A larger answer does not wait. */
const SMALL_BYTES = 16_384;
const LONGEST_LARGE_MS = 500;

/** Waits until the next refusal of a caller may be answered, `longestMs` at most, or until the caller is gone. */
export type RefusalPace = (caller: string, gone: AbortSignal, longestMs: number) => Promise<void>;

/**
 * Answers the refusals of one caller one after another, the first at once: whoever asks again without a pause would keep the
 * server busy with saying no, and who comes again in its time is spread over it.
 *
 * @param everyMs between two refusals of one caller, in milliseconds
 */
export function createRefusalPace(everyMs = EVERY_MS): RefusalPace {
  /** When the next refusal of each caller may be answered, soonest first but for those that wait. */
  const next = new Map<string, number>();
  return (caller, gone, longestMs) => {
    const from = performance.now();
    for (const [one, at] of next) {
      if (at > from) break;
      next.delete(one);
    }
    const at = Math.min(Math.max(from, next.get(caller) ?? 0), from + longestMs);
    next.delete(caller);
    next.set(caller, at + everyMs);
    if (at === from || gone.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        gone.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, at - from);
      gone.addEventListener('abort', end);
    });
  };
}

/**
 * Answers who is beyond a limit no faster than `pace` has it, over any transport and at any address. The connection of one
 * that waits makes way for others.
 */
export function paceRefusals(
  app: FastifyInstance,
  pace: RefusalPace,
  { waitsForRefusal }: Pick<Connections, 'waitsForRefusal'>,
): void {
  const waits = async (req: FastifyRequest, { raw }: FastifyReply): Promise<void> => {
    const gone = new AbortController();
    const abort = (): void => gone.abort();
    raw.once('close', abort);
    waitsForRefusal(req.raw);
    await pace(callerNetwork(req), gone.signal, hasLargeBody(req) ? LONGEST_LARGE_MS : LONGEST_MS);
    raw.off('close', abort);
  };
  app.addHook('onSend', (req, reply, payload, done) => {
    if (!isRefused(req) || typeof payload !== 'string' || payload.length > SMALL_BYTES) done();
    else waits(req, reply).then(() => done(), done);
  });
}

const isRefused = ({ state }: FastifyRequest): boolean =>
  state.code === 'limit.exceeded' || state.codes.includes('limit.exceeded');

/** A body of unknown length is one. */
const hasLargeBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || !(Number(headers['content-length'] ?? 0) <= SMALL_BYTES);
