import { TRPCError } from '@trpc/server';
import { z } from 'zod';

/** Whether a value can be read with `for await`. */
export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function validated<T extends z.ZodType>(items: AsyncIterable<unknown>, item: T): AsyncIterable<z.output<T>> {
  return {
    [Symbol.asyncIterator]() {
      const source = items[Symbol.asyncIterator]();
      return {
        async next(): Promise<IteratorResult<z.output<T>, undefined>> {
          const step = await source.next();
          if (step.done === true) return { done: true, value: undefined };
          const parsed = item.safeParse(step.value);
          if (parsed.success) return { done: false, value: parsed.data };
          await source.return?.();
          throw new TRPCError({
            code: 'INTERNAL_SERVER_ERROR',
            message: 'Output validation failed',
            cause: parsed.error,
          });
        },
        // Reaches the source even while one of its items is awaited.
        async return(): Promise<IteratorResult<z.output<T>, undefined>> {
          await source.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

/**
 * A schema for `.output()` of a procedure that streams: takes an AsyncIterable and validates each item as it is read.
 * An item that does not fit ends the source and throws INTERNAL_SERVER_ERROR. On the tRPC wire it needs
 * httpBatchStreamLink; on REST, `rest.stream` with the same item schema. `item` must be synchronous.
 */
export function streamOf<T extends z.ZodType>(
  item: T,
): z.ZodType<AsyncIterable<z.output<T>>, AsyncIterable<z.input<T>>> {
  const schema = z
    .custom<AsyncIterable<z.input<T>>>(isAsyncIterable, 'Expected an async iterable')
    .transform((items) => validated(items, item));
  // No JSON Schema says "stream": documents describe the item instead.
  schema._zod.toJSONSchema = () => ({});
  return schema;
}
