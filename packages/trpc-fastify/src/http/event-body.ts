import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { EventSink, EventSource, EventStream, StreamedEvent } from '../router/event-stream.ts';

/** Of what was written and not taken yet; more waits where it comes from. */
const MOST_BYTES = 4_096;
/** How long a client waits before it comes back, in milliseconds, half of it by chance: not all come at once. */
const RETRY_MS = 1_000;
const RETRY_AFTER_END_MS = 3_000;

const retry = (ms: number): string => `retry: ${Math.ceil(ms * (0.5 + Math.random()))}\n\n`;

/**
 * The bytes of a stream of events, as `EventSource` reads them (HTML, 9.2): for REST, and with what tRPC's clients expect to come first
 * for these too. Destroying it ends the stream.
 */
export class EventBody<T> extends Readable implements EventSink<T> {
  #source: EventSource | null = null;

  /** @param head what comes before the events */
  constructor(stream: EventStream<T>, head = '') {
    super({ highWaterMark: MOST_BYTES });
    this.push(head + retry(RETRY_MS));
    this.#source = stream.open(this);
  }

  event({ json }: StreamedEvent<T>, id: string): boolean {
    return this.push(`data: ${json}\nid: ${id}\n\n`);
  }

  ping(id: string): void {
    // Whoever does not take it needs no second one.
    if (this.readableLength === 0) this.push(`event: ping\ndata: \nid: ${id}\n\n`);
  }

  end(): void {
    if (this.readableEnded || this.destroyed) return;
    this.push(retry(RETRY_AFTER_END_MS));
    this.push(null);
    this.#close();
  }

  override _read(): void {
    this.#source?.drained();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#close();
    done(error);
  }

  #close(): void {
    const source = this.#source;
    this.#source = null;
    source?.closed();
  }
}

/** The head of an answer of events, as tRPC's own adapters give it. */
export function setEventHead(reply: FastifyReply): void {
  reply
    .code(200)
    .header('content-type', 'text/event-stream')
    .header('cache-control', 'no-cache, no-transform')
    .header('x-accel-buffering', 'no');
}
