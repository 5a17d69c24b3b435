import type { FastifyReply } from 'fastify';
import type { EventSink, EventSource, EventStream, StreamedEvent } from '../router/event-stream.ts';

/** Of what was written and not taken yet; more waits where it comes from. */
const MOST_BYTES = 4_096;
/** How long a client waits before it comes back, in milliseconds, half of it by chance: not all come at once. */
const RETRY_MS = 1_000;
const RETRY_AFTER_END_MS = 3_000;

const retry = (ms: number): string => `retry: ${Math.ceil(ms * (0.5 + Math.random()))}\n\n`;

/** What the events are written to: the response, over HTTP/1.1 or HTTP/2, or what a hook of the host has put before it. */
export interface EventReader {
  readonly writableLength: number;
  write(text: string, done?: () => void): boolean;
  end(text: string): unknown;
}

/**
 * The bytes of a stream of events, as `EventSource` reads them (HTML, 9.2): for REST, and with what tRPC's clients expect to come first
 * for these too. Destroying it ends the stream.
 *
 * Fastify takes it for a stream, as it has `pipe` and `on`. It is none of Node's: one of these, with its pipe and all that listens to it,
 * takes 4 KB for as long as its client stays, and nothing is to be learned of it that the response does not tell.
 */
export class EventBody<T> implements EventSink<T> {
  #head: string;
  #stream: EventStream<T> | null;
  #source: EventSource | null = null;
  #reader: EventReader | null = null;
  #isOver = false;

  /** @param head what comes before the events */
  constructor(stream: EventStream<T>, head = '') {
    this.#stream = stream;
    this.#head = head;
  }

  /** Begins, once. */
  pipe<R extends EventReader>(reader: R): R {
    const stream = this.#stream;
    const head = this.#head + retry(RETRY_MS);
    this.#stream = null;
    this.#head = '';
    if (this.#isOver || stream === null) {
      reader.end(head + retry(RETRY_AFTER_END_MS));
      stream?.discard();
      return reader;
    }
    this.#reader = reader;
    reader.write(head);
    forgetHeadParts(reader);
    const source = stream.open(this);
    if (this.#isOver) source.closed();
    else this.#source = source;
    return reader;
  }

  /** Tells nobody anything: the response says when it is over. */
  on(): this {
    return this;
  }

  event({ json }: StreamedEvent<T>, id: string): boolean {
    const text = `data: ${json}\nid: ${id}\n\n`;
    const reader = this.#reader;
    if (reader === null) return false;
    if (reader.writableLength + text.length < MOST_BYTES) {
      reader.write(text);
      return true;
    }
    reader.write(text, () => this.#source?.drained());
    return false;
  }

  ping(id: string): void {
    // Whoever does not take it needs no second one.
    if (this.#reader?.writableLength === 0) this.#reader.write(`event: ping\ndata: \nid: ${id}\n\n`);
  }

  end(): void {
    this.#reader?.end(retry(RETRY_AFTER_END_MS));
    this.destroy();
  }

  /** Nobody reads any more. */
  destroy(): void {
    this.#isOver = true;
    this.#reader = null;
    const source = this.#source;
    this.#source = null;
    source?.closed();
  }
}

/** Node puts the head together of a hundred parts, and keeps them all: to read it as a number makes one text of them, a tenth as large. */
const forgetHeadParts = (reader: EventReader): number => Number(Reflect.get(reader, '_header'));

/** The head of an answer of events, as tRPC's own adapters give it. */
export function setEventHead(reply: FastifyReply): void {
  reply
    .code(200)
    .header('content-type', 'text/event-stream')
    .header('cache-control', 'no-cache, no-transform')
    .header('x-accel-buffering', 'no');
}
