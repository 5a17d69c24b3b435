import fc from 'fast-check';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, it } from 'vitest';
import { diffText, type TextChange } from './text-diff.ts';

const piece = fc.constantFrom(
  'a',
  'b',
  'the',
  ' ',
  '\t',
  '\n',
  '\n',
  '\r\n',
  '\r',
  '.',
  '{{ name }}',
  '中',
  '文',
  '翻译',
  '👩‍💻',
  '\ud800',
);
const text = fc.oneof(fc.string({ unit: piece, maxLength: 60 }), fc.string({ unit: 'binary' }));
const pair = fc.oneof(
  fc.tuple(text, text),
  fc
    .tuple(text, text, text, text)
    .map(([start, before, after, end]): [string, string] => [start + before + end, start + after + end]),
);

const without = (type: TextChange['type'], changes: readonly TextChange[], joint = ''): string =>
  changes
    .filter((change) => change.type !== type)
    .map((change) => change.text)
    .join(joint);

describe('diffText', () => {
  it('gives back both texts, exactly, from its words', () => {
    fc.assert(
      fc.property(pair, ([from, to]) => {
        const { words } = diffText(from, to);
        expect(without('added', words)).toBe(from);
        expect(without('removed', words)).toBe(to);
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives back both texts from its lines, line endings aside', () => {
    fc.assert(
      fc.property(pair, ([from, to]) => {
        const { lines } = diffText(from, to);
        expect(without('added', lines, '\n')).toBe(from.replaceAll('\r\n', '\n'));
        expect(without('removed', lines, '\n')).toBe(to.replaceAll('\r\n', '\n'));
      }),
      { numRuns: 1_000 },
    );
  });

  it('numbers the lines of each side from 1 without a gap', () => {
    fc.assert(
      fc.property(pair, ([from, to]) => {
        const { lines } = diffText(from, to);
        const old = lines.flatMap(({ oldLine }) => oldLine ?? []);
        const now = lines.flatMap(({ newLine }) => newLine ?? []);
        expect(old).toEqual(old.map((_, index) => index + 1));
        expect(now).toEqual(now.map((_, index) => index + 1));
        for (const { type, oldLine, newLine } of lines) {
          expect([oldLine === null, newLine === null]).toEqual([type === 'added', type === 'removed']);
        }
      }),
    );
  });

  it('says changed exactly when the texts differ, and then some word did', () => {
    fc.assert(
      fc.property(pair, ([from, to]) => {
        const { changed, words } = diffText(from, to);
        expect(changed).toBe(from !== to);
        expect(words.some(({ type }) => type !== 'same')).toBe(from !== to);
      }),
    );
  });

  it('never puts an empty piece, or two pieces of one type, next to each other', () => {
    fc.assert(
      fc.property(pair, ([from, to]) => {
        const { words } = diffText(from, to);
        for (const [index, { type, text }] of words.entries()) {
          expect(text).not.toBe('');
          expect(words[index + 1]?.type).not.toBe(type);
          if (type === 'added') expect(words[index + 1]?.type ?? 'same').toBe('same');
        }
      }),
    );
  });

  it('has nothing to say of two empty texts, and no lines for an empty one', () => {
    expect(diffText('', '')).toEqual({ changed: false, lines: [], words: [] });
    expect(diffText('', 'new')).toEqual({
      changed: true,
      lines: [{ type: 'added', text: 'new', oldLine: null, newLine: 1 }],
      words: [{ type: 'added', text: 'new' }],
    });
  });

  it('shows an edited word in its line', () => {
    const { lines, words } = diffText('You are a critic.\nBe brief.\n', 'You are a kind critic.\nBe brief.\n');
    expect(lines.map(({ type, text, oldLine, newLine }) => [type, text, oldLine, newLine])).toEqual([
      ['removed', 'You are a critic.', 1, null],
      ['added', 'You are a kind critic.', null, 1],
      ['same', 'Be brief.', 2, 2],
      ['same', '', 3, 3],
    ]);
    expect(words).toEqual([
      { type: 'same', text: 'You are a ' },
      { type: 'added', text: 'kind ' },
      { type: 'same', text: 'critic.\nBe brief.\n' },
    ]);
  });

  it('keeps the lines of a text whose line endings became CRLF, and says that it changed', () => {
    const { changed, lines, words } = diffText('one\ntwo\n', 'one\r\ntwo\r\n');
    expect(changed).toBe(true);
    expect(lines.map(({ type }) => type)).toEqual(['same', 'same', 'same']);
    expect(words.filter(({ type }) => type === 'added')).toEqual([
      { type: 'added', text: '\r\n' },
      { type: 'added', text: '\r\n' },
    ]);
  });

  it('finds the changed word in Chinese, where no spaces stand', () => {
    expect(diffText('请把以下内容翻译成英文。', '请把以下内容翻译成中文。').words).toEqual([
      { type: 'same', text: '请把以下内容翻译成' },
      { type: 'removed', text: '英文' },
      { type: 'added', text: '中文' },
      { type: 'same', text: '。' },
    ]);
  });

  it('takes words on both sides of a lone space as one change', () => {
    expect(diffText('the quick fox ran', 'the slow dog ran').words).toEqual([
      { type: 'same', text: 'the ' },
      { type: 'removed', text: 'quick fox' },
      { type: 'added', text: 'slow dog' },
      { type: 'same', text: ' ran' },
    ]);
  });

  it('shows what lies between the common first and last lines as replaced, when too many lines differ', () => {
    const side = (name: string): string =>
      ['first', ...Array.from({ length: 2_000 }, (_, line) => `${name} ${line}`), 'last'].join('\n');
    const { lines } = diffText(side('old'), side('new'));
    const types = lines.map(({ type }) => type);
    expect(types).toEqual(['same', ...Array(2_000).fill('removed'), ...Array(2_000).fill('added'), 'same']);
  });

  it.each([
    ['prose', ['word', 'other', 'prompt', 'model', 'answer.\n'], ' '],
    ['two lines repeated at random', ['a', 'b'], '\n'],
    ['one line of two words', ['a', 'b'], ' '],
    ['Chinese without punctuation', [...'你是一名专业的翻译请把以下内容成英文'], ''],
  ])(
    'takes time in proportion to their length for two different texts of 400,000 characters: %s',
    (_, words, joint) => {
      const [from, to] = [noise(1, words, joint), noise(2, words, joint)];
      const quarter = processorTime(() => diffText(from.slice(0, 100_000), to.slice(0, 100_000)));
      const whole = processorTime(() => diffText(from, to));
      // Four times the text; a comparison of each with each would take sixteen times as long.
      expect(whole.micros).toBeLessThan(10 * quarter.micros);
      const diff = whole.answer;
      expect(without('added', diff.words) === from).toBe(true);
      expect(without('removed', diff.words) === to).toBe(true);
    },
    20_000,
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

/** Of this thread alone, so that it counts nothing of what else the machine does. */
function processorTime<Answer>(work: () => Answer): { answer: Answer; micros: number } {
  const before = process.threadCpuUsage();
  const answer = work();
  const { user, system } = process.threadCpuUsage(before);
  return { answer, micros: user + system };
}

/** 400,000 characters drawn from `words`, the same ones for the same seed. */
function noise(seed: number, words: readonly string[], joint: string): string {
  const generator = xoroshiro128plus(seed);
  let text = '';
  while (text.length < 400_000) text += `${words[uniformInt(generator, 0, words.length - 1)]}${joint}`;
  return text.slice(0, 400_000);
}
