import { seededRandom } from '@promptory/db/testing';

/** A prompt as people find it. */
export interface SearchedPrompt {
  readonly title: string;
  readonly content: string;
  readonly tags?: readonly string[];
}

/** What somebody types, and which prompts they mean, by their places in the collection. */
export interface Query {
  readonly text: string;
  readonly meant: ReadonlySet<number>;
}

/** A way in which people look for something. */
export interface QueryClass {
  readonly name: string;
  readonly queries: readonly Query[];
}

// Each a word that people look for though it is short, an ordinary word too, or has a sign.
const TOOLS = [
  ...['go', 'r', 'c', 'c++', 'c#', '.net', 'sql', 'java', 'javascript', 'typescript', 'python', 'php', 'ruby', 'rust'],
  ...['swift', 'kotlin', 'html', 'css', 'react', 'vue', 'angular', 'django', 'docker', 'kubernetes', 'aws', 'azure'],
  ...['linux', 'git', 'excel', 'figma', 'wordpress', 'solidity', 'matlab', 'bash', 'powershell', 'regex', 'latex'],
  ...['seo', 'ux', 'ui', 'api', 'json', 'mermaid', 'tailwind', 'node.js', 'next.js'],
];
const CJK = /[\u3400-\u4DBF\u4E00-\u9FFF]/;
const ALPHABET = Array.from('abcdefghijklmnopqrstuvwxyz');
/** A name that is in more of the texts than this says too little. */
const MOST_MEANT = 100;
const SHORTEST_MISTYPED = 5;
const CONTENT_WORD = 4;

const fold = (text: string): string => text.normalize('NFKC').toLowerCase();
const wordsOf = (text: string): string[] => fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];

/** Whether a text says a name by itself: `go` is not in `gold`, nor `c` in `c++`. */
function says(text: string, name: string): boolean {
  const escaped = name.replace(/[.+]/g, '\\$&');
  return new RegExp(`(?<![a-z0-9.])${escaped}(?![a-z0-9+#])`, 'u').test(fold(text));
}

/**
 * What people look for in a collection, made of it by rules: what a query means is nobody's opinion, nor any engine's answer. The same
 * for a seed.
 *
 * @param perClass of each class so many at most
 */
export function queriesOf(prompts: readonly SearchedPrompt[], seed: number, perClass: number): QueryClass[] {
  const random = seededRandom(seed);
  const below = (bound: number): number => Math.floor(random() * bound);
  const draw = <Item>(items: readonly Item[], count: number): Item[] => {
    const left = items.map((item, place) => ({ item, place }));
    const taken = Array.from({ length: Math.min(count, left.length) }, () => left.splice(below(left.length), 1)).flat();
    return taken.sort((a, b) => a.place - b.place).map(({ item }) => item);
  };
  const titles = prompts.map(({ title }) => new Set(wordsOf(title)));
  const contents = prompts.map(({ content }) => new Set(wordsOf(content)));
  const places = prompts.map((_, place) => place);
  const where = (holds: (prompt: SearchedPrompt, place: number) => boolean): Set<number> =>
    new Set(places.filter((place) => holds(prompts[place] as SearchedPrompt, place)));
  const drawn = (make: (prompt: SearchedPrompt, place: number) => Query | null): Query[] =>
    draw(places, places.length)
      .map((place) => ({ place, at: random() }))
      .sort((a, b) => a.at - b.at)
      .flatMap(({ place }) => make(prompts[place] as SearchedPrompt, place) ?? [])
      .slice(0, perClass);

  const byTitle = drawn(({ title }) => {
    const words = draw([...new Set(wordsOf(title))], 3);
    if (words.length < 2) return null;
    return { text: words.join(' '), meant: where((_, at) => words.every((word) => titles[at]?.has(word))) };
  });
  const byContent = drawn(({ content }, place) => {
    // As one remembers a passage: some words of it, and not the small ones.
    const all = wordsOf(content).filter((word) => word.length >= CONTENT_WORD && !CJK.test(word));
    const from = below(Math.max(1, all.length - 12));
    const words = draw([...new Set(all.slice(from, from + 12))], 4);
    if (words.length < 4) return null;
    const meant = where((other, at) => at === place || other.content === content);
    // What others say as well tells nobody which one is meant.
    const saying = where((_, at) => words.every((word) => contents[at]?.has(word)));
    return saying.size > meant.size ? null : { text: words.join(' '), meant };
  });
  const tags = [...new Set(prompts.flatMap((prompt) => prompt.tags ?? []))].sort();
  const byTag = draw(tags, perClass)
    .map((tag) => ({ text: tag, meant: where((prompt) => prompt.tags?.includes(tag) === true) }))
    .filter(({ meant }) => meant.size <= MOST_MEANT);
  const byPrefix = drawn(({ title }) => {
    const [first, second] = draw([...new Set(wordsOf(title))], 2);
    if (first === undefined || second === undefined || second.length < SHORTEST_MISTYPED || CJK.test(title))
      return null;
    const begun = second.slice(0, Math.ceil(second.length * 0.6));
    const meant = where((_, at) => {
      const words = [...(titles[at] ?? [])];
      return words.includes(first) && words.some((word) => word !== first && word.startsWith(begun));
    });
    return { text: `${first} ${begun}`, meant };
  });
  const byTool = TOOLS.map((name) => {
    const inTitle = where(({ title }) => says(title, name));
    return { text: name, meant: inTitle.size > 0 ? inTitle : where(({ content }) => says(content, name)) };
  }).filter(({ meant }) => meant.size > 0 && meant.size <= MOST_MEANT);

  /** One letter of one long word replaced, missing, doubled or exchanged with the next; null where no word is long enough. */
  const mistyped = ({ text, meant }: Query): Query | null => {
    const words = text.split(' ');
    const [at] = draw(
      words.flatMap((word, place) => (/^[a-z]+$/.test(word) && word.length >= SHORTEST_MISTYPED ? [place] : [])),
      1,
    );
    const word = words[at ?? -1];
    if (at === undefined || word === undefined) return null;
    // People hardly ever mistype the first letter.
    const place = 1 + below(word.length - 2);
    const letter = word.charAt(place);
    const others = ALPHABET.filter((other) => other !== letter);
    const slips = [
      word.slice(0, place) + others[below(others.length)] + word.slice(place + 1),
      word.slice(0, place) + word.slice(place + 1),
      word.slice(0, place) + letter + word.slice(place),
      word.slice(0, place) + word.charAt(place + 1) + letter + word.slice(place + 2),
    ];
    const wrong = slips[below(slips.length)] ?? word;
    return wrong === word ? null : { text: words.with(at, wrong).join(' '), meant };
  };
  const slipsOf = (queries: readonly Query[]): Query[] => queries.flatMap((one) => mistyped(one) ?? []);

  const byPair = (textOf: (prompt: SearchedPrompt) => string): Query[] =>
    drawn((prompt) => {
      const characters = Array.from(textOf(prompt));
      const pairs = characters.flatMap((one, at) => {
        const next = characters[at + 1] ?? '';
        return CJK.test(one) && CJK.test(next) ? [one + next] : [];
      });
      const [query] = draw(pairs, 1);
      if (query === undefined) return null;
      const meant = where((other) => textOf(other).includes(query));
      return meant.size <= MOST_MEANT ? { text: query, meant } : null;
    });

  const classes = [
    { name: 'words of the title', queries: byTitle },
    { name: 'words of a passage', queries: byContent },
    { name: 'a tag', queries: byTag },
    { name: 'a word and the beginning of another', queries: byPrefix },
    { name: 'a tool or language', queries: byTool },
    { name: 'words of the title, one mistyped', queries: slipsOf(byTitle) },
    { name: 'words of a passage, one mistyped', queries: slipsOf(byContent) },
    { name: 'a tool or language, mistyped', queries: slipsOf(byTool) },
    { name: 'two Chinese characters of the title', queries: byPair(({ title }) => title) },
    { name: 'two Chinese characters of the content', queries: byPair(({ content }) => content) },
  ];
  return classes.filter(({ queries }) => queries.length > 0);
}
