import { describe, expect, it } from 'vitest';
import { givenApi, givenPerson, givenPrompt, givenPrompts } from '../../../../test/index.ts';

const { services, as } = await givenApi();

/** Titles in the order in which a search gives them, of prompts of one person who has no others. */
async function found(
  prompts: ReadonlyArray<readonly [title: string, content: string]>,
  q: string,
  limit = 20,
): Promise<string[]> {
  const person = await givenPerson(services);
  for (const [title, content] of prompts) {
    services.clock.advance(1_000);
    await givenPrompt(services, person, title, { content });
  }
  const titles: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await as(person).prompts.list({ q, owner: 'me', sort: 'relevance', limit, cursor });
    titles.push(...page.items.map(({ title }) => title));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return titles;
}

describe('the order of what a search finds', () => {
  it.each([
    [
      'a title that is the words, before one that has them, before a text that does',
      'code review',
      [
        ['Reading', 'A code review by hand'],
        ['A long title about code review of many kinds', 'x'],
        ['Code review', 'x'],
      ],
      ['Code review', 'A long title about code review of many kinds', 'Reading'],
    ],
    [
      'more of the words in the title before fewer',
      'travel guide paris',
      [
        ['Paris', 'travel guide'],
        ['Paris travel', 'guide'],
        ['Paris travel guide', 'x'],
      ],
      ['Paris travel guide', 'Paris travel', 'Paris'],
    ],
    [
      'a title that has all the words, however long, before a short one that is only like them',
      'code review',
      [
        ['Code revue', 'x'],
        ['Questions for a code review of programs in any language', 'x'],
      ],
      ['Questions for a code review of programs in any language', 'Code revue'],
    ],
    [
      'a title with a typing error before a text that has nothing of it in its title',
      'translator',
      [
        ['Other', 'a translator of texts'],
        ['Translater', 'x'],
        ['Translator', 'x'],
      ],
      ['Translator', 'Translater', 'Other'],
    ],
  ] as ReadonlyArray<readonly [string, string, ReadonlyArray<readonly [string, string]>, readonly string[]]>)(
    'has %s',
    async (_, q, prompts, expected) => {
      expect(await found(prompts, q)).toEqual(expected);
      // Whatever came first into the library.
      expect(await found(prompts.toReversed(), q)).toEqual(expected);
    },
  );

  it('has a long title that has all the words before a short one that has some, and all of them in its text', async () => {
    // Among others, where a word weighs more.
    await givenPrompts(services, await givenPerson(services), 600);
    const short = 'Text analyzer';
    const long = 'Comprehensive review of the whole code of a program: a forensic analysis';
    const words = Array.from({ length: 900 }, (_, index) => `word${index}`).join(' ');
    const text =
      'Be comprehensive: a comprehensive analysis, comprehensive. Analyze comprehensive texts, analyse all, analyze.';
    expect(
      await found(
        [
          [long, words],
          [short, text],
        ],
        'comprehensive analy',
      ),
    ).toEqual([long, short]);
  });

  it('is one order over all pages, with each once, and the newest first among equals', async () => {
    const prompts = Array.from({ length: 7 }, (_, index) => [`Poem ${index}`, 'about a rose'] as const);
    const whole = await found(prompts, 'rose');
    expect(whole).toEqual(prompts.map(([title]) => title).toReversed());
    expect(await found(prompts, 'rose', 2)).toEqual(whole);
  });
});
