import { toPromptoryError } from './error-answer.ts';
import { PromptoryError } from './promptory-error.ts';

export const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

/** The same items; whatever ends the stream early is thrown as a PromptoryError. */
export async function* withStreamErrors<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item, void> {
  try {
    yield* items;
  } catch (thrown) {
    const error = toPromptoryError(thrown);
    if (error.code !== 'client.unsendable') throw error;
    throw new PromptoryError({ code: 'client.network', message: 'The stream broke off.', cause: thrown });
  }
}
