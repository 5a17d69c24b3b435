// Searches with what they should find, made from a collection by rule, so that nobody's taste decides.
import { seededRandom } from '@promptory/db/testing';
import type { Corpus, CorpusPrompt } from '../fixtures/search-corpus.ts';

/** A search, and the places in the collection of what it should find. */
export interface RatedSearch {
  readonly q: string;
  readonly relevant: ReadonlySet<number>;
}

/** Searches of one kind. */
export interface RatedClass {
  readonly name: string;
  readonly searches: readonly RatedSearch[];
}

/** How well an engine does: the mean of one by the place of the first that is right, and of the share of them in ten. */
export interface Rating {
  readonly reciprocalRank: number;
  readonly recall: number;
}

const SEED = 20_261_129;
const NAMES =
  'go,c++,c#,r,sql,.net,php,css,html,git,java,rust,python,javascript,typescript,react,docker,kubernetes,linux,excel,node.js,svg,aws,api,pdf,seo'.split(
    ',',
  );
const CJK = /[\u3400-\u4DBF\u4E00-\u9FFF]/;

/** All classes; with one letter of one word wrong those besides for which that makes sense. */
export function ratedSearches({ prompts }: Corpus, drawn: number): RatedClass[] {
  const random = seededRandom(SEED);
  const below = (bound: number): number => Math.floor(random() * bound);
  const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item;
  const some = <Item>(items: readonly Item[], count: number): Item[] => {
    const left = [...items];
    return Array.from({ length: Math.min(count, left.length) }, () => left.splice(below(left.length), 1)).flat();
  };
  const same = (of: (prompt: CorpusPrompt) => boolean): Set<number> =>
    new Set(prompts.flatMap((prompt, place) => (of(prompt) ? [place] : [])));
  const known = (wanted: CorpusPrompt): Set<number> =>
    same(({ title, content }) => title === wanted.title && content === wanted.content);
  const wordsOf = (text: string, least: number): string[] => [
    ...new Set((text.match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => word.length >= least && !CJK.test(word))),
  ];
  const targets = some(prompts, prompts.length);
  const eachTarget = (queryOf: (target: CorpusPrompt) => string | undefined): RatedSearch[] => {
    const searches: RatedSearch[] = [];
    for (const target of targets) {
      const q = queryOf(target);
      if (q !== undefined && q !== '') searches.push({ q, relevant: known(target) });
      if (searches.length === drawn) break;
    }
    return searches;
  };
  const mistype = (q: string): string | undefined => {
    const words = q.split(' ');
    const long = words.flatMap((word, at) => (/^[a-z]{4,}$/i.test(word) ? [at] : []));
    if (long.length === 0) return undefined;
    const at = pick(long);
    const word = words[at] as string;
    const place = 1 + below(word.length - 1);
    const letter = pick(Array.from('abcdefghijklmnopqrstuvwxyz').filter((other) => other !== word[place]));
    const wrong = pick([
      word.slice(0, place) + letter + word.slice(place + 1),
      word.slice(0, place) + word.slice(place + 1),
      word.slice(0, place) + letter + word.slice(place),
      word.slice(0, place - 1) + word[place] + word[place - 1] + word.slice(place + 1),
    ]);
    return words.with(at, wrong).join(' ');
  };
  const classes: RatedClass[] = [
    {
      name: 'title words',
      searches: eachTarget(({ title }) => some(wordsOf(title, 2), 3).join(' ')),
    },
    {
      name: 'content words',
      searches: eachTarget(({ content }) => {
        const words = some(wordsOf(content, 4), 3);
        return words.length === 3 ? words.join(' ') : undefined;
      }),
    },
    {
      name: 'tag',
      searches: some([...new Set(prompts.flatMap(({ tags = [] }) => tags))], drawn).map((tag) => ({
        q: tag,
        relevant: same(({ tags = [] }) => tags.includes(tag)),
      })),
    },
    {
      name: 'prefix',
      searches: eachTarget(({ title }) => {
        const typed = title.slice(0, Math.max(4, Math.round(title.length * 0.6))).trim();
        return CJK.test(typed) ? undefined : typed;
      }),
    },
    {
      name: 'tool',
      searches: NAMES.flatMap((name) => {
        const escaped = name.replace(/[.+]/g, '\\$&');
        const whole = new RegExp(`(?<![\\p{L}\\p{N}_])${escaped}(?![\\p{L}\\p{N}+#])`, 'iu');
        const inTitle = same(({ title }) => whole.test(title));
        const relevant = inTitle.size > 0 ? inTitle : same(({ content }) => whole.test(content));
        return relevant.size > 0 ? [{ q: name, relevant }] : [];
      }),
    },
    {
      name: 'Chinese',
      searches: targets
        .flatMap(({ title, content }) => {
          const runs = `${title}\n${content.slice(0, 20_000)}`.match(/[\u3400-\u4DBF\u4E00-\u9FFF]{3,}/g);
          if (runs === null) return [];
          const run = pick(runs);
          const q = run.slice(0, 2 + below(3));
          return [{ q, relevant: same((other) => `${other.title}\n${other.content}`.includes(q)) }];
        })
        .slice(0, drawn),
    },
  ];
  const wrong = classes.slice(0, 5).map(({ name, searches }) => ({
    name: `${name}, a slip`,
    searches: searches.flatMap(({ q, relevant }) => {
      const typed = mistype(q);
      return typed === undefined ? [] : [{ q: typed, relevant }];
    }),
  }));
  return [...classes, ...wrong];
}

/** How well `search`, which answers ten places at most, does in one class. */
export async function rate(
  { searches }: RatedClass,
  search: (q: string) => Promise<readonly number[]>,
): Promise<Rating> {
  let reciprocal = 0;
  let recall = 0;
  for (const { q, relevant } of searches) {
    const found = (await search(q)).slice(0, 10);
    const first = found.findIndex((place) => relevant.has(place));
    if (first >= 0) reciprocal += 1 / (first + 1);
    recall += found.filter((place) => relevant.has(place)).length / Math.min(10, relevant.size);
  }
  return { reciprocalRank: reciprocal / searches.length, recall: recall / searches.length };
}
