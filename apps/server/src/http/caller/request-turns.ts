import type { ServerResponse } from 'node:http';
import { AppError } from '@promptory/api/server';
import type { CallGate, Leave } from '../../services/call-gate.ts';

/** A call's way through: the turn that its request has in any case, or one more that was free. */
interface Lane {
  readonly leave: Leave | null;
}

const OWN: Lane = { leave: null };

/** Is told that a request waits for its turn, and how it gives that up. @returns to be called when the turn has come */
export type WaitsForTurn = (giveUp: () => void) => () => void;

const RETRY_AFTER_SECONDS = 2;
/** How long a call of a batch waits for those before it: well within the fifteen seconds that the batch may take. */
const FOLLOW_MS = 10_000;
/** As an AbortController has it. */
const GONE = new DOMException('This operation was aborted', 'AbortError');

/**
 * The turns of one request at the gate of its caller. It takes one before the database is asked who calls, and has it
 * until its answer was taken or its connection has closed, and none of its calls is being made any more: so unread answers
 * count, and a caller that goes away at once gains nothing. Further calls of a batch take turns that are free at once, or
 * follow each other in those that the request has, so that no two requests wait for each other.
 */
export class RequestTurns {
  readonly #gate: CallGate;
  readonly #waitsForTurn: WaitsForTurn;
  /** Why it waits for nothing any more; null while its caller is there and it has not given up. */
  #ended: { readonly reason: unknown } | null = null;
  /** Why a caller's turn did not come: whoever asks again, after another has waited for it, waits no more. */
  #failed: { readonly caller: string; readonly reason: unknown } | null = null;
  /** Only while it waits: to make one for each request, and to abort it, would take longer than a turn does. */
  #waits: AbortController | null = null;
  readonly #waiting = new Set<(lane: Lane) => void>();
  #caller = '';
  #leave: Leave | null = null;
  #ownIsBusy = false;
  #running = 0;

  constructor(gate: CallGate, response: ServerResponse, waits: WaitsForTurn) {
    this.#gate = gate;
    this.#waitsForTurn = waits;
    if (response.closed) this.#close();
    else response.once('close', () => this.#close());
  }

  /**
   * Takes a turn of this caller, and gives one back that was taken for another.
   * @throws AppError limit.exceeded; server.busy where it gave up waiting, for others
   */
  async enter(caller: string): Promise<void> {
    if (this.#caller === caller) return;
    if (this.#failed?.caller === caller) throw this.#failed.reason;
    const leave = this.#gate.enterNow(caller) ?? (await this.#wait(caller));
    this.#leave?.();
    this.#leave = leave;
    this.#caller = caller;
    this.#settle();
  }

  async #wait(caller: string): Promise<Leave> {
    this.#throwIfEnded();
    const waits = new AbortController();
    this.#waits = waits;
    const endWaiting = this.#waitsForTurn(() =>
      this.#end(new AppError('server.busy', { retryAfterSeconds: RETRY_AFTER_SECONDS })),
    );
    try {
      return await this.#gate.enter(caller, waits.signal);
    } catch (reason) {
      this.#failed = { caller, reason };
      throw reason;
    } finally {
      this.#waits = null;
      endWaiting();
    }
  }

  /**
   * Before each call.
   * @throws AppError limit.exceeded where the calls before it leave it no turn in time
   */
  async take(): Promise<Lane> {
    this.#throwIfEnded();
    if (!this.#ownIsBusy) {
      this.#ownIsBusy = true;
      this.#running += 1;
      return OWN;
    }
    const leave = this.#gate.enterNow(this.#caller);
    if (leave === null) return this.#follow();
    this.#running += 1;
    return { leave };
  }

  /** After each call. */
  release(lane: Lane): void {
    const [next] = this.#waiting;
    if (next !== undefined) {
      this.#waiting.delete(next);
      next(lane);
      return;
    }
    if (lane === OWN) this.#ownIsBusy = false;
    lane.leave?.();
    this.#running -= 1;
    this.#settle();
  }

  /** The lane of a call that is done; it counts as running from one to the next. */
  async #follow(): Promise<Lane> {
    const lane = await new Promise<Lane>((resolve, reject) => {
      const turn = (given: Lane): void => {
        clearTimeout(timer);
        resolve(given);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(turn);
        reject(this.#gate.refusal());
      }, FOLLOW_MS);
      this.#waiting.add(turn);
    });
    if (this.#ended !== null) this.release(lane);
    this.#throwIfEnded();
    return lane;
  }

  #close(): void {
    this.#end(GONE);
    this.#settle();
  }

  #end(reason: unknown): void {
    this.#ended ??= { reason };
    this.#waits?.abort(this.#ended.reason);
  }

  #throwIfEnded(): void {
    if (this.#ended !== null) throw this.#ended.reason;
  }

  #settle(): void {
    if (this.#ended !== null && this.#running === 0) this.#leave?.();
  }
}
