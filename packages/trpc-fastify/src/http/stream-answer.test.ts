import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { endQuietly, streamItems } from './stream-answer.ts';

/** One item, and then a failure. */
async function* failing(): AsyncGenerator<number> {
  yield 1;
  throw new Error('No more items.');
}

async function streamed(encode: ((items: AsyncIterable<unknown>) => AsyncIterable<string>) | undefined) {
  const iterator = failing();
  const lastLine = () => {
    throw new Error('The error table is broken.');
  };
  return streamItems({ first: await iterator.next(), iterator, encode, lastLine });
}

describe('streamItems', () => {
  it('cuts the stream off where the error table of the host throws too', async () => {
    const stream = await streamed(undefined);
    await expect(stream.toArray()).rejects.toThrow('The error table is broken.');
  });

  it('says at the end what failed, behind items that nobody has read yet', async () => {
    const iterator = failing();
    const lastLine = () => '"failed"\n';
    const stream = streamItems({ first: await iterator.next(), iterator, encode: undefined, lastLine });
    stream.read(0);
    await new Promise((resolve) => setImmediate(resolve));
    expect((await stream.toArray()).join('')).toBe('1\n"failed"\n');
  });

  it('cuts off a type that has no place for an error', async () => {
    const stream = await streamed(async function* (items) {
      for await (const item of items) yield `${item};`;
    });
    expect(stream).toBeInstanceOf(Readable);
    await expect(stream.toArray()).rejects.toThrow('The error table is broken.');
  });
});

describe('endQuietly', () => {
  it('ignores what an iterator throws instead of ending', () => {
    let asked = 0;
    const iterator = {
      next: async () => ({ done: false, value: 1 }) as const,
      return() {
        asked++;
        throw new Error('No end.');
      },
    };
    expect(() => endQuietly(iterator)).not.toThrow();
    expect(asked).toBe(1);
  });
});
