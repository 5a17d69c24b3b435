import { retryTransaction } from '@promptory/db';
import { createTestDatabase, seededRandom, type TestDatabase } from '@promptory/db/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertPrompts } from '../../src/domain/prompts/insert-prompts.ts';
import { givenPerson } from '../fixtures/people.ts';
import { newPrompt } from '../fixtures/prompts.ts';
import type { Corpus } from '../fixtures/search-corpus.ts';
import { callersOf } from './callers.ts';
import { testServices } from './services.ts';

const SEED = 20_261_122;
const CJK = /[\u3400-\u4DBF\u4E00-\u9FFF]/;

function drawing(seed: number) {
  const random = seededRandom(seed);
  const below = (bound: number) => Math.floor(random() * bound);
  const draw = <Item>(items: readonly Item[], count: number): Item[] => {
    const left = items.map((item, place) => ({ item, place }));
    const taken = Array.from({ length: Math.min(count, left.length) }, () => left.splice(below(left.length), 1)).flat();
    return taken.sort((a, b) => a.place - b.place).map(({ item }) => item);
  };
  /** One letter of one word, replaced by another. */
  const mistype = (words: readonly string[]): string[] => {
    const letters = words.flatMap((word, index) =>
      Array.from(word).flatMap((letter, place) => (/\p{L}/u.test(letter) ? [{ index, place, letter }] : [])),
    );
    const [wrong] = draw([...new Set(letters.map(({ index }) => index))], 1);
    const [at] = draw(
      letters.filter(({ index }) => index === wrong),
      1,
    );
    if (at === undefined) return [...words];
    const others = Array.from('abcdefghijklmnopqrstuvwxyz').filter((letter) => letter !== at.letter.toLowerCase());
    return words.map((word, index) =>
      index === at.index
        ? Array.from(word, (letter, place) => (place === at.place ? others[below(others.length)] : letter)).join('')
        : word,
    );
  };
  return { draw, mistype };
}

/** The tests of how much a search finds, in one collection of prompts, of which so many are looked for in each way. */
export function describeSearchQuality(corpus: Corpus, drawn = Number(process.env.SEARCHES ?? 300)): void {
  describe('a search in what people write', () => {
    let test: TestDatabase;
    let search: (q: string) => Promise<{ id: string; title: string }[]>;
    const targets: { id: string; title: string; content: string }[] = [];

    beforeAll(async () => {
      test = await createTestDatabase();
      const services = testServices(test.db);
      const owner = await givenPerson(services);
      const inserted = await retryTransaction(test.db, (trx) =>
        insertPrompts(
          trx,
          { ownerId: owner.id, authorId: owner.id, at: services.clock.now() },
          corpus.prompts.map(({ title, content }) => newPrompt(title, { content })),
        ),
      );
      for (const [index, { id }] of inserted.entries()) {
        const prompt = corpus.prompts[index];
        if (prompt !== undefined) targets.push({ id, ...prompt });
      }
      const caller = callersOf(services).as(owner.principal);
      search = async (q) => (await caller.prompts.list({ q, limit: 10 })).items;
    });
    afterAll(() => test.drop());

    /** The shares of `looked` that are in the first ten: the very prompt, and any of the same title. */
    async function found(looked: readonly { id: string; title: string; q: string }[], what: string) {
      let same = 0;
      let sameTitle = 0;
      for (const { id, title, q } of looked) {
        const items = await search(q);
        if (items.some((item) => item.id === id)) same += 1;
        if (items.some((item) => item.title === title)) sameTitle += 1;
      }
      const share = (count: number) => `${((100 * count) / looked.length).toFixed(1)} %`;
      process.stdout.write(
        `${corpus.name}, ${what}: ${share(same)} of ${looked.length} in the first ten (${share(sameTitle)} by title)\n`,
      );
      return same / looked.length;
    }

    it('finds at least 98 % by three words of the title', async () => {
      const { draw } = drawing(SEED);
      const looked = draw(targets, drawn).map((target) => ({
        ...target,
        q: draw(target.title.split(/\s+/), 3).join(' '),
      }));
      expect(await found(looked, 'three words')).toBeGreaterThanOrEqual(0.98);
    });

    it('finds at least 85 % with one letter wrong', async () => {
      const { draw, mistype } = drawing(SEED + 1);
      const looked = draw(targets, drawn).map((target) => ({
        ...target,
        q: mistype(draw(target.title.split(/\s+/), 3)).join(' '),
      }));
      expect(await found(looked, 'one letter wrong')).toBeGreaterThanOrEqual(0.85);
    });

    const byTwoCharacters = (seed: number, textOf: (target: (typeof targets)[number]) => string) => {
      const { draw } = drawing(seed);
      return targets.flatMap((target) => {
        const pairs = Array.from(textOf(target)).flatMap((character, at, all) => {
          const next = all[at + 1] ?? '';
          return CJK.test(character) && CJK.test(next) ? [character + next] : [];
        });
        const [q] = draw(pairs, 1);
        return q === undefined ? [] : [{ ...target, q }];
      });
    };

    it('finds every Chinese title by two of its characters', async () => {
      const looked = byTwoCharacters(SEED + 2, ({ title }) => title);
      expect(looked.length).toBeGreaterThan(0);
      expect(await found(looked, 'two Chinese characters of the title')).toBe(1);
    });

    it('finds at least 90 % by two Chinese characters of the content', async () => {
      const looked = byTwoCharacters(SEED + 3, ({ content }) => content.slice(0, 20_000));
      expect(looked.length).toBeGreaterThan(0);
      expect(await found(looked, 'two Chinese characters of the content')).toBeGreaterThanOrEqual(0.9);
    });
  });
}
