import { type TrackedEnvelope, tracked } from '@trpc/server';
import { z } from 'zod';

/** An event that many streams may have in common: its JSON is made once. */
export class StreamedEvent<T> {
  readonly data: T;
  #json: string | undefined;

  constructor(data: T) {
    this.data = data;
  }

  get json(): string {
    this.#json ??= JSON.stringify(this.data);
    return this.#json;
  }
}

/** The reader of one stream of events. `id` is what its client shows when it comes back, to go on from there. */
export interface EventSink<T> {
  /** @returns whether there is room for more; where there is none, `drained` of the source says when there is again */
  event(event: StreamedEvent<T>, id: string): boolean;
  /** A sign of life, by which the client remembers the id too. */
  ping(id: string): void;
  /** Ends the stream; its client comes back. */
  end(): void;
}

/** What gives a stream its events, from when it is opened. */
export interface EventSource {
  /** There is room for more. */
  drained(): void;
  /** Nobody reads any more. Called once. */
  closed(): void;
}

/**
 * What a subscription answers whose events go on for as long as its client stays. A generator has a chain of promises, streams and
 * encoders for each of its clients, about 100 KB; here whoever knows of something new tells the sinks.
 * Read by `for await` it gives tracked events, as a generator would: so each event has an id.
 */
export class EventStream<T> implements AsyncIterable<TrackedEnvelope<T>> {
  #source: ((sink: EventSink<T>) => EventSource) | null;
  #over: (() => void) | null = null;

  constructor(source: (sink: EventSink<T>) => EventSource) {
    this.#source = source;
  }

  /** Begins, once. */
  open(sink: EventSink<T>): EventSource {
    const source = this.#source;
    if (source === null) throw new Error('A stream of events is read once.');
    this.#source = null;
    return new OpenedSource(source(sink), () => this.#end());
  }

  /** Nobody will read it. */
  discard(): void {
    this.#source = null;
    this.#end();
  }

  /** Has it told when it is over. */
  whenOver(over: () => void): void {
    this.#over = over;
  }

  #end(): void {
    const over = this.#over;
    this.#over = null;
    over?.();
  }

  [Symbol.asyncIterator](): AsyncIterator<TrackedEnvelope<T>, undefined> {
    return new EventIterator(this);
  }
}

/** A source whose end is told. */
class OpenedSource implements EventSource {
  readonly #events: EventSource;
  readonly #over: () => void;

  constructor(events: EventSource, over: () => void) {
    this.#events = events;
    this.#over = over;
  }

  drained(): void {
    this.#events.drained();
  }

  closed(): void {
    this.#events.closed();
    this.#over();
  }
}

/** Reads a stream of events one by one. */
class EventIterator<T> implements AsyncIterator<TrackedEnvelope<T>, undefined> {
  readonly #waiting: TrackedEnvelope<T>[] = [];
  readonly #source: EventSource;
  #isOver = false;
  #wake: () => void = () => undefined;

  constructor(stream: EventStream<T>) {
    this.#source = stream.open({
      event: ({ data }, id) => {
        this.#waiting.push(tracked(id, data));
        this.#wake();
        return false;
      },
      ping: () => undefined,
      end: () => this.#end(),
    });
  }

  async next(): Promise<IteratorResult<TrackedEnvelope<T>, undefined>> {
    while (this.#waiting.length === 0 && !this.#isOver) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#source.drained();
      if (this.#waiting.length === 0 && !this.#isOver) await woken;
    }
    const value = this.#waiting.shift();
    return value === undefined ? { done: true, value: undefined } : { done: false, value };
  }

  async return(): Promise<IteratorResult<TrackedEnvelope<T>, undefined>> {
    this.#end();
    return { done: true, value: undefined };
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#source.closed();
    this.#wake();
  }
}

const items = new WeakMap<object, z.ZodType>();

/**
 * A schema for `.output()` of a subscription that answers an {@link EventStream}. Its events are not checked one by one: many streams
 * have them in common. With `rest` its procedure is served as `text/event-stream` over REST too.
 */
export function eventsOf<T extends z.ZodType>(item: T): z.ZodType<AsyncIterable<TrackedEnvelope<z.output<T>>>> {
  const schema = z.custom<AsyncIterable<TrackedEnvelope<z.output<T>>>>(
    (value) => value instanceof EventStream,
    'Expected a stream of events',
  );
  // No JSON Schema says "stream": documents describe the item instead.
  schema._zod.toJSONSchema = () => ({});
  items.set(schema, item);
  return schema;
}

/** What the events of such a schema are; undefined of any other. */
export const eventItemOf = (schema: unknown): z.ZodType | undefined =>
  typeof schema === 'object' && schema !== null ? items.get(schema) : undefined;
