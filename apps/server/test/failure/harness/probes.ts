import { setTimeout as sleep } from 'node:timers/promises';
import { stopwatch } from './stopwatch.ts';

/** What one request came to. */
export interface ProbeAnswer {
  /** 0 where none came. */
  readonly status: number;
  readonly code: string | undefined;
  readonly retryAfter: string | null;
  /** When it was sent, by the clock of the probes. */
  readonly sentAt: number;
  readonly ms: number;
}

export interface ProbeOptions {
  readonly url: string;
  readonly request?: RequestInit;
  /** Requests at once. */
  readonly lanes: number;
  /** Between the answer of one and the next, in milliseconds. */
  readonly pauseMs?: number;
}

const ENDS_WHAT_HANGS_MS = 60_000;

/** Sends one request again and again, whatever it is answered, until it is stopped. */
export class Probes {
  readonly answers: ProbeAnswer[] = [];
  /** Milliseconds since they began. */
  readonly now = stopwatch();
  readonly #lanes: Promise<unknown>;
  #isOver = false;

  constructor(options: ProbeOptions) {
    this.#lanes = Promise.all(Array.from({ length: options.lanes }, () => this.#runLane(options)));
  }

  async stop(): Promise<readonly ProbeAnswer[]> {
    this.#isOver = true;
    await this.#lanes;
    return this.answers;
  }

  async #runLane({ url, request = {}, pauseMs = 10 }: ProbeOptions): Promise<void> {
    while (!this.#isOver) {
      const sentAt = this.now();
      const answer = await fetch(url, { ...request, signal: AbortSignal.timeout(ENDS_WHAT_HANGS_MS) }).then(
        async (response) => ({
          status: response.status,
          code: codeIn(await response.text()),
          retryAfter: response.headers.get('retry-after'),
        }),
        () => ({ status: 0, code: undefined, retryAfter: null }),
      );
      this.answers.push({ ...answer, sentAt, ms: this.now() - sentAt });
      await sleep(pauseMs);
    }
  }
}

const codeIn = (text: string): string | undefined => /"code":"([\w.]+)"/.exec(text)?.[1];
