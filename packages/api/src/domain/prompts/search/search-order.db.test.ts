import type { Database } from '@promptory/db';
import { type RawBuilder, sql, type Transaction } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { givenApi, givenPerson, givenPrompt, givenPrompts } from '../../../../test/index.ts';
import { searchMatches } from './search-matches.ts';

const { db, services, as } = await givenApi();

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

describe('a word that more prompts hold than are ranked', () => {
  const id = (n: number): string => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
  let readable: RawBuilder<boolean>;
  const withoutTriggers = (act: (trx: Transaction<Database>) => Promise<unknown>) =>
    db.transaction().execute(async (trx) => {
      await sql`ALTER TABLE prompts DISABLE TRIGGER USER`.execute(trx);
      await act(trx);
      await sql`ALTER TABLE prompts ENABLE TRIGGER USER`.execute(trx);
    });

  beforeAll(async () => {
    const person = await givenPerson(services);
    readable = sql<boolean>`prompts.user_id = ${person.id}`;
    await withoutTriggers(async (trx) => {
      await sql`
        INSERT INTO prompts (id, user_id, slug, title, content, content_hash, search_title)
        SELECT ('01900000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, ${person.id}, 'p-' || n, 'P', 'x', sha256(''), 'p'
        FROM generate_series(0, 2199) AS n
      `.execute(trx);
      await sql`
        INSERT INTO prompt_words (prompt_id, indexed_at, names, texts) SELECT id, updated_at, '', '''common'':1' FROM prompts
        WHERE ${readable}
      `.execute(trx);
    });
  });

  // A thousand are looked through, and of these the three hundred with the largest ids are taken where all rank the same.
  it.each([
    ['that were changed last', sql`now() - split_part(slug, '-', 2)::integer * interval '1 s'`, 700],
    ['with the largest ids, of one time', sql`now()`, 1900],
  ])('is looked for among those %s', async (_, updated, least) => {
    await withoutTriggers((trx) => sql`UPDATE prompts SET updated_at = ${updated} WHERE ${readable}`.execute(trx));
    const found = (await searchMatches(db, readable, 'common')).map((match) => match.id).sort();
    expect(found).toEqual(Array.from({ length: 300 }, (__, index) => id(least + index)));
  });
});
