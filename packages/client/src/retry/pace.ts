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

/** Which limit nothing is left of, and from when on there is, in milliseconds since the epoch. */
interface Hold {
  readonly limit: string;
  readonly openAt: number;
}

/**
 * Holds calls back that the server has said it would refuse: once an answer says that nothing is left of a limit of all
 * calls, until the time at which it begins anew.
 */
export class Pace {
  readonly #now: () => number;
  #isReached = false;
  readonly #held = new Map<Counted, Hold>();

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
    if (Number(left) > 0) this.#held.delete(counted);
    else this.#held.set(counted, { limit: name, openAt: this.#now() + Number(seconds) * 1_000 });
  }

  /** @throws PromptoryError limit.exceeded, with the time to wait, for a call that would be refused if it were sent */
  check(counted: Counted): void {
    const held = this.#held.get(counted);
    const ms = (held?.openAt ?? 0) - this.#now();
    if (held === undefined || ms <= 0) return;
    const retryAfterSeconds = ms / 1_000;
    const message = `Nothing is left of the limit of calls for ${Math.ceil(retryAfterSeconds)} s; the call was not sent.`;
    const details = { limit: held.limit };
    throw new PromptoryError({ code: 'limit.exceeded', message, status: 429, details, retryAfterSeconds });
  }

  /** Another caller begins with limits of their own. */
  forget(): void {
    this.#held.clear();
  }
}
