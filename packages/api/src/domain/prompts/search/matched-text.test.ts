import type { PromptMatch } from '@promptory/schemas';
import { describe, expect, it } from 'vitest';
import { withMatches } from './matched-text.ts';

/** The words that are marked, in the title and in the excerpt. */
async function marked(q: string, title: string, content: string) {
  const [found] = await withMatches(q, [{ title, content }]);
  const { match } = found as { match: PromptMatch };
  const cut = (text: string, marks: readonly { start: number; end: number }[]): string[] =>
    marks.map(({ start, end }) => text.slice(start, end));
  return {
    title: cut(title, match.title),
    excerpt: match.excerpt === null ? null : cut(match.excerpt.text, match.excerpt.marks),
    text: match.excerpt?.text,
  };
}

describe('what a result shows', () => {
  it.each([
    ['typescript', 'TypeScript forms', 'Script it. Write TypeScript here.', ['TypeScript'], ['TypeScript']],
    ['go', 'Gold', 'Golf is good. Written in Go.', [], ['Go']],
    ['c++', 'C++', 'Some C and C++ code', ['C++'], ['C++']],
    ['sommel', 'Wine', 'You are a sommelier', [], ['sommelier']],
    ['cafe', 'Café', 'Un cafe\u0301 noir', ['Café'], ['cafe\u0301']],
    ['写论', '写论文', '请写论文', ['写论'], ['写论']],
    ['translation texts', 'x', 'He translates a text', [], ['translates', 'text']],
    ['kuberntes', 'Kubernetes', 'none', ['Kubernetes'], null],
    ['List<Wombat>', 'x', 'a List<Wombat>', [], ['List', 'Wombat']],
    ['=>', 'x', 'f = () => 1', [], ['=', '=>']],
  ])('of %s in %j and %j', async (q, title, content, inTitle, inExcerpt) => {
    expect(await marked(q, title, content)).toMatchObject({ title: inTitle, excerpt: inExcerpt });
  });

  it('is a short piece on one line, where most of the words stand', async () => {
    const content = `${'A rose here.\n'.repeat(200)}The rose and the zeppelin\n${'end '.repeat(500)}`;
    const { text = '', excerpt } = await marked('zeppelin rose', 'x', content);
    expect(excerpt).toContain('zeppelin');
    expect(text.length).toBeLessThanOrEqual(202);
    expect(text).not.toContain('\n');
  });

  it('is two hundred characters long where there are as many, and begins forty before what was found', async () => {
    const { text = '' } = await marked('word', 'x', `${'-'.repeat(500)}word${'+'.repeat(500)}`);
    expect([text.length, text.indexOf('word')]).toEqual([200, 40]);
    expect((await marked('word', 'x', `${'-'.repeat(39)}word`)).text).toBe(`${'-'.repeat(39)}word`);
  });

  it('marks twelve words at most, of the title as of the excerpt', async () => {
    for (const [times, shown] of [
      [12, 12],
      [13, 12],
    ] as const) {
      const words = 'word, '.repeat(times);
      const { title, excerpt } = await marked('word', words, words);
      expect([title.length, excerpt?.length]).toEqual([shown, shown]);
    }
  });

  it('cuts no character in two', async () => {
    const { text = '' } = await marked('word', 'x', `${'🚀'.repeat(60)}word${'🚀'.repeat(300)}`);
    expect(text.isWellFormed()).toBe(true);
  });

  it('stays small whatever a page holds', async () => {
    const content = `"${'"\\'.repeat(200)}" word `.repeat(50);
    const prompts = Array.from({ length: 100 }, () => ({ title: 'word '.repeat(40), content }));
    const matches = (await withMatches('word', prompts)).map(({ match }) => match);
    expect(Buffer.byteLength(JSON.stringify(matches))).toBeLessThan(100_000);
    expect(matches.every(({ title }) => title.length > 0)).toBe(true);
  });
});
