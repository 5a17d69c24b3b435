import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

type Encode = (items: AsyncIterable<unknown>) => AsyncIterable<string>;

/** Adds to Vary what is not there yet: CORS has its own `Origin` in it. */
export function addVary(reply: FastifyReply, name: string): void {
  const before = reply.getHeader('vary');
  reply.header('vary', before === undefined ? name : `${before}, ${name}`);
}

/** The iterator as an iterable again, its first step already taken. */
function resumed(first: IteratorResult<unknown>, rest: AsyncIterator<unknown>): AsyncIterable<unknown> {
  let pending: IteratorResult<unknown> | undefined = first;
  return {
    [Symbol.asyncIterator]() {
      return {
        async next() {
          const step = pending ?? (await rest.next());
          pending = undefined;
          return step;
        },
        async return() {
          await rest.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

async function* jsonLines(items: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const item of items) yield `${JSON.stringify(item)}\n`;
}

/** Ends an iterator and ignores what it throws while it cleans up: nobody reads it any more. */
export function endQuietly(iterator: AsyncIterator<unknown>): void {
  // Async, since an iterator that is no generator may throw at once.
  (async () => iterator.return?.())().catch(() => undefined);
}

/**
 * A byte stream of the items, read only as fast as it is consumed. Destroying it ends the iterator. An error among the
 * items becomes one last line by `lastLine` for NDJSON; other types have no place for it, so the stream is destroyed.
 */
export function streamItems(options: {
  first: IteratorResult<unknown>;
  iterator: AsyncIterator<unknown>;
  encode: Encode | undefined;
  lastLine(error: unknown): string;
}): Readable {
  const { iterator, encode, lastLine } = options;
  const texts = (encode ?? jsonLines)(resumed(options.first, iterator))[Symbol.asyncIterator]();
  let pulling = false;

  async function pull(stream: Readable): Promise<void> {
    pulling = true;
    try {
      for (;;) {
        const step = await texts.next();
        if (stream.destroyed) return;
        if (step.done === true) {
          stream.push(null);
          return;
        }
        if (step.value !== '' && !stream.push(step.value)) return;
      }
    } catch (error) {
      if (!stream.destroyed) fail(stream, error);
    } finally {
      pulling = false;
    }
  }

  function fail(stream: Readable, error: unknown): void {
    try {
      const line = lastLine(error);
      if (encode !== undefined) throw error;
      stream.push(line);
      stream.push(null);
    } catch (cause) {
      // No place for it, or nothing to say of it: the host's error table throws.
      stream.destroy(cause instanceof Error ? cause : new Error('The stream failed.'));
    }
  }

  return new Readable({
    highWaterMark: 65_536,
    read() {
      if (!pulling) void pull(this);
    },
    destroy(error, done) {
      endQuietly(iterator);
      done(error);
    },
  });
}
