import { EventSourceParserStream } from 'eventsource-parser/stream';
import { errorOf } from '../errors/error-answer.ts';
import { isPromptoryError, PromptoryError } from '../errors/promptory-error.ts';
import { type Connection, resolveHeaders } from '../links/connection.ts';
import { readFetch } from '../links/read-fetch.ts';
import { isTokenRefused, type TokenSource } from '../session/token-source.ts';

/** How streams of events are opened. */
export interface EventsConnection extends Connection {
  readonly tokens: TokenSource;
}

/** Is told what happens to a stream. */
export interface EventsListener {
  /** @param id from which another stream may go on */
  onEvent(data: unknown, id: string): void;
  /** From now on nothing is missed of what comes, until `onDown`; what was missed before has come. */
  onCurrent(): void;
  onDown(): void;
  /** The server refuses it for good, or knows no such streams. */
  onRefused(error: PromptoryError): void;
}

/** The server gives a sign of life every 15 seconds. */
const SILENCE_MS = 40_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** Doublings of the pause. */
const MOST_DOUBLINGS = 6;

/** Half as long, to one and a half times: not all clients come back at once. */
const spread = (ms: number): number => ms * (0.5 + Math.random());

/** Refusals of the call itself: it would be refused again. */
const isFinal = ({ status }: PromptoryError): boolean =>
  status !== null && status >= 400 && status < 500 && status !== 408 && status !== 429;

const unreadable = (): PromptoryError =>
  new PromptoryError({ code: 'client.unreadable', message: 'The answer is not one of Promptory.' });

/** A refusal as tRPC's wire says it in a stream. */
function refusalIn(text: string): PromptoryError {
  const { message, data } = JSON.parse(text) as { readonly message: string; readonly data: unknown };
  return errorOf(data, { message }) ?? unreadable();
}

/** A stream of events that is opened again wherever it breaks, and goes on where it was. */
export class EventStream {
  readonly #connection: EventsConnection;
  readonly #address: URL;
  readonly #listener: EventsListener;
  readonly #closing = new AbortController();
  #leftAt: string | undefined;
  /** What the server asks for; in milliseconds. */
  #retryMs = FIRST_PAUSE_MS;

  /** @param address with all that is asked, but from where to go on */
  constructor(connection: EventsConnection, address: URL, listener: EventsListener, leftAt?: string) {
    this.#connection = connection;
    this.#address = address;
    this.#listener = listener;
    this.#leftAt = leftAt;
    void this.#run();
  }

  /** The id of what was told last. */
  get leftAt(): string | undefined {
    return this.#leftAt;
  }

  close(): void {
    this.#closing.abort();
  }

  get #isOver(): boolean {
    return this.#closing.signal.aborted || this.#connection.closed.aborted;
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#isOver; failures += 1) {
      try {
        await this.#read(() => {
          failures = 0;
        });
      } catch (cause) {
        if (!this.#isOver && isPromptoryError(cause) && isFinal(cause)) {
          this.#listener.onRefused(cause);
          return;
        }
      }
      if (this.#isOver) return;
      this.#listener.onDown();
      await this.#pause(Math.min(LONGEST_PAUSE_MS, this.#retryMs * 2 ** Math.min(failures, MOST_DOUBLINGS)));
    }
  }

  /** Reads to the end of one connection, with another token where that is not accepted. @throws what it fails with */
  async #read(works: () => void): Promise<void> {
    const { tokens } = this.#connection;
    const token = await tokens.token();
    try {
      await this.#readWith(token, works);
    } catch (cause) {
      if (token === null || !isPromptoryError(cause) || !isTokenRefused(cause)) throw cause;
      const renewed = await tokens.renew(token);
      if (renewed === null || renewed === token) throw cause;
      await this.#readWith(renewed, works);
    }
  }

  async #readWith(token: string | null, works: () => void): Promise<void> {
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), SILENCE_MS);
    const signal = AbortSignal.any([this.#closing.signal, silence.signal]);
    try {
      const body = await this.#opened(token, signal);
      const events = body
        .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
        .pipeThrough(
          new EventSourceParserStream({
            onRetry: (ms) => {
              this.#retryMs = ms;
            },
          }),
        )
        .getReader();
      for (let step = await events.read(); !step.done; step = await events.read()) {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENCE_MS);
        const { event, id, data } = step.value;
        if (event === 'serialized-error') throw refusalIn(data);
        if (event !== undefined && event !== 'ping') continue;
        works();
        if (id !== undefined && id !== '') this.#leftAt = id;
        if (event === 'ping') this.#listener.onCurrent();
        else this.#listener.onEvent(JSON.parse(data), this.#leftAt ?? '');
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async #opened(token: string | null, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const connection = this.#connection;
    const url = new URL(this.#address);
    if (this.#leftAt !== undefined) url.searchParams.set('lastEventId', this.#leftAt);
    const headers = {
      ...(await resolveHeaders(connection.headers)),
      accept: 'text/event-stream',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    };
    const { body } = await readFetch({ ...connection, streams: true })(url.href, { headers, signal });
    if (body !== null) return body;
    throw unreadable();
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        for (const signal of signals) signal.removeEventListener('abort', done);
        resolve();
      };
      const signals = [this.#closing.signal, this.#connection.closed];
      const timer = setTimeout(done, spread(ms));
      for (const signal of signals) signal.addEventListener('abort', done);
    });
  }
}
