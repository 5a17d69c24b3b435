import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, it } from 'vitest';
import { linesOf, spelled } from '../../test/diff/spelled.ts';
import { diffText } from './text-diff.ts';

describe('diffText', () => {
  it.each([
    ['prose', ['word', 'other', 'prompt', 'model', 'answer.\n'], ' '],
    ['two lines repeated at random', ['a', 'b'], '\n'],
    ['one line of two words', ['a', 'b'], ' '],
    ['Chinese without punctuation', [...'你是一名专业的翻译请把以下内容成英文'], ''],
  ])(
    'takes time in proportion to their length for two different texts of 400,000 characters: %s',
    (_, words, joint) => {
      const [from, to] = [noise(1, words, joint), noise(2, words, joint)];
      const { spent, answer } = processorTime(
        () => diffText(from.slice(0, 25_000), to.slice(0, 25_000)),
        () => diffText(from, to),
      );
      // Sixteen times the text; a comparison of each with each would take 256 times as long.
      expect(spent.second).toBeLessThan(64 * spent.first);
      const { runs, stoppedAt } = answer;
      const shown = linesOf(from).slice(0, (stoppedAt?.oldLine ?? 400_001) - 1);
      expect(spelled(runs, 'old', linesOf(from)).slice(0, shown.length)).toEqual(shown);
    },
  );

  it('gives the same answer every time', () => {
    const [from, to] = [
      noise(3, ['a', 'b', 'c', '\n'], ' ').slice(0, 60_000),
      noise(4, ['a', 'b', 'c', '\n'], ' ').slice(0, 60_000),
    ];
    expect(diffText(from, to)).toEqual(diffText(from, to));
  });
});

interface ProcessorTime {
  readonly user: number;
  readonly system: number;
}

// The package has no types of Node, in which only its tests run.
declare const process: { threadCpuUsage(before?: ProcessorTime): ProcessorTime };

/**
 * What two pieces of work took this thread, five runs of each in turns. Their sum, not the least: Linux counts in steps of up to
 * 4 ms, so that a short run may seem to have taken none, and a core that is shared takes twice the time for both alike.
 * @returns in microseconds, and what the second answered
 */
function processorTime<Answer>(
  first: () => Answer,
  second: () => Answer,
): { spent: { first: number; second: number }; answer: Answer } {
  const timed = (work: () => Answer): number => {
    const before = process.threadCpuUsage();
    work();
    const { user, system } = process.threadCpuUsage(before);
    return user + system;
  };
  const answer = second();
  const spent = { first: 0, second: 0 };
  for (let turn = 0; turn < 5; turn++) {
    spent.first += timed(first);
    spent.second += timed(second);
  }
  return { spent, answer };
}

/** 400,000 characters drawn from `words`, the same ones for the same seed. */
function noise(seed: number, words: readonly string[], joint: string): string {
  const generator = xoroshiro128plus(seed);
  let text = '';
  while (text.length < 400_000) text += `${words[uniformInt(generator, 0, words.length - 1)]}${joint}`;
  return text.slice(0, 400_000);
}
