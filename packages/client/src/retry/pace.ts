import { PromptoryError } from '../errors/promptory-error.ts';

/** Whom a limit of all calls counts for: the caller of a token, or an address without one. */
export type Counted = 'caller' | 'address';

const COUNTED = new Map<string, Counted>([
  ['user', 'caller'],
  ['key', 'caller'],
  ['anonymous', 'address'],
]);

/** Of draft-ietf-httpapi-ratelimit-headers, as the server writes it: what is left of a limit, and seconds to its reset. */
const RATE_LIMIT = /^"([a-z]{1,40})";r=(\d{1,9});t=(\d{1,6})$/;

/**
 * Holds calls back that the server has said it would refuse: once an answer says that nothing is left of a limit of all
 * calls, until the time at which it begins anew.
 */
export class Pace {
  readonly #now: () => number;
  #isReached = false;
  #openAt: Readonly<Record<Counted, number>> = { caller: 0, address: 0 };

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Whether the server has ever answered: one that has not may stand at another address. */
  get isReached(): boolean {
    return this.#isReached;
  }

  /** Takes the `RateLimit` of an answer; what it cannot read is passed over. */
  learn(rateLimit: string | null): void {
    this.#isReached = true;
    const [, name = '', left, seconds] = RATE_LIMIT.exec(rateLimit ?? '') ?? [];
    const counted = COUNTED.get(name);
    if (counted === undefined) return;
    const openAt = Number(left) > 0 ? 0 : this.#now() + Number(seconds) * 1_000;
    this.#openAt = { ...this.#openAt, [counted]: openAt };
  }

  /** @throws PromptoryError limit.exceeded, with the time to wait, for a call that would be refused if it were sent */
  check(counted: Counted): void {
    const ms = this.#openAt[counted] - this.#now();
    if (ms <= 0) return;
    const retryAfterSeconds = ms / 1_000;
    const message = `Nothing is left of the limit of calls for ${Math.ceil(retryAfterSeconds)} s; the call was not sent.`;
    throw new PromptoryError({ code: 'limit.exceeded', message, retryAfterSeconds });
  }

  /** Another caller begins with limits of their own. */
  forget(): void {
    this.#openAt = { caller: 0, address: 0 };
  }
}
