// Search, as decision 58 explains it: few candidates are found by indexes, each path bounded, and only they are scored.
//
// - names:  all words in title, tags, category or slug
// - texts:  all words in any of these, the description or the content. Where the rarest word stands in many prompts, they are
//           looked for among the latest ones only, for whose number there is no telling otherwise.
// Where these find few, prompts besides
// - some:   with some of the words, those with the rarest first
// - slips:  with all words, one letter of each being wrong at most
// - titles: with a title that is like what was typed (trigrams), or contains it
import { plannedForValues, quoteWord } from '@promptory/db';
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../../context.ts';
import { holding } from '../../../views/name-contains.ts';
import { allOfThem, isMistypable, mistyped, nearForms, oneOf, phraseOf, prefixOf } from './near-words.ts';
import { type AskedWord, searchWords } from './search-words.ts';

/** Prompts with all words, at which less is no longer looked for. */
const PLENTY = 10;
/** Prompts that one path adds at most. */
const PATH_LIMIT = 300;
const SOME_LIMIT = 100;
/** Prompts that are scored before a path chooses. */
const RANKED = 2_000;
/** Of prompts by their last change, so many are looked through for words that many prompts hold. */
const LATEST = 1_000;
/** A word of fewer prompts weighs as one of so many: no order tells of a word in a prompt that somebody may not read. */
const LEAST_COUNT = 25;
/** Words that are looked for with a slip at most: each makes some hundred others. */
const MOST_MISTYPED = 3;
/** A shorter word that may be typed still begins too many with a slip. */
const LEAST_OPEN_SLIP = 4;

/** A word that is asked for, with texts of the type tsquery. */
interface AskedQuery {
  readonly exact: string;
  /** Other forms, of which one will do. */
  readonly near: readonly string[];
  /** Words that it may have been meant for, where few were found. */
  readonly slips: readonly string[];
  readonly weight: number;
}

/** What was typed. */
interface Asked {
  readonly words: readonly AskedQuery[];
  readonly typed: string;
  readonly excluded: string | null;
  /** All words in names, where one of one or two letters may be the beginning of another. */
  readonly names: string;
  readonly isBroad: boolean;
  readonly isBroadInNames: boolean;
}

export interface Match {
  readonly id: string;
  readonly score: string;
}

/**
 * The best matches among the prompts that `readable` lets through, some 1,000 at most. `readable` speaks of `prompts` and holds
 * inside each path, so that what it hides neither shows nor takes a place.
 */
export async function searchMatches(db: Db, readable: RawBuilder<boolean>, q: string): Promise<Match[]> {
  const { words: typed, excluded, typed: text } = searchWords(q);
  if (typed.length === 0) return [];
  // Several signs are looked for as they stand: each by itself is in very much.
  const isSigns = text.length > 1 && !HAS_LETTERS.test(text);
  const visible = isSigns ? sql<boolean>`(${readable} AND ${contains(text)})` : readable;
  const { counts, total } = await countWords(db, typed);
  const countOf = (index: number): Count => counts[index] ?? NO_COUNT;
  const words = typed.map(
    (word, index): AskedQuery => ({
      exact: exactOf(word),
      near: word.kind === 'plain' ? nearForms(word.word, countOf(index).stem, word.isLast) : [exactOf(word)],
      slips: [],
      weight: rarity(countOf(index).prompts, total),
    }),
  );
  const expected = (of: (count: Count, isLast: boolean) => number): number =>
    Math.min(...typed.map(({ isLast }, index) => of(countOf(index), isLast)));
  const asked: Asked = {
    words,
    typed: text,
    excluded: excluded.length === 0 ? null : oneOf(excluded.map(phraseOf)),
    names: allOfThem(
      typed.map(({ word, kind, isLast }, index) =>
        oneOf([...(words[index]?.near ?? []), ...(isLast && kind === 'plain' ? [prefixOf(word)] : [])]),
      ),
    ),
    isBroad: expected(({ prompts, prefixed }, isLast) => (isLast ? Math.max(prompts, prefixed) : prompts)) > RANKED,
    isBroadInNames: expected(({ named }) => named) > RANKED,
  };
  const { rows: whole } = await matches(visible, asked, 'whole').execute(db);
  if (whole.length >= PLENTY) return whole;
  const corrected = await withSlips(db, typed, counts, asked);
  return (await matches(visible, corrected, 'like').execute(db)).rows;
}

interface Count {
  readonly prompts: number;
  readonly named: number;
  readonly prefixed: number;
  readonly stem: string | null;
}

const NO_COUNT: Count = { prompts: 0, named: 0, prefixed: 0, stem: null };

/** About how many prompts hold each word, and how many there are. */
async function countWords(db: Db, words: readonly AskedWord[]): Promise<{ counts: Count[]; total: number }> {
  const { rows } = await sql<Count & { place: number; total: number }>`
    SELECT place, prompts, named, prefixed, stem, CASE WHEN reltuples >= 0 THEN reltuples::bigint
      ELSE (SELECT count(*) FROM (SELECT FROM prompt_words LIMIT 10000) AS first) END AS total
    FROM public.word_counts(${words.map(({ word }) => word)}::text[])
    JOIN pg_class ON pg_class.oid = 'public.prompt_words'::regclass
  `.execute(db);
  return {
    counts: words.map((_, index) => rows.find(({ place }) => place === index + 1) ?? NO_COUNT),
    total: Math.max(LEAST_COUNT * 2, rows[0]?.total ?? 0),
  };
}

const exactOf = ({ word, phrase, kind }: AskedWord): string => (kind === 'phrase' ? phraseOf(phrase) : quoteWord(word));

/** How much a word weighs (Robertson and Spärck Jones): most where few prompts hold it, next to nothing where most do. */
const rarity = (prompts: number, total: number): number => {
  const count = Math.min(Math.max(prompts, LEAST_COUNT), total);
  return Math.log(1 + (total - count + 0.5) / (count + 0.5));
};

/** The rarest words of `asked` with those that differ by one slip. */
async function withSlips(db: Db, typed: readonly AskedWord[], counts: readonly Count[], asked: Asked): Promise<Asked> {
  const places = [...typed.keys()]
    .filter((index) => typed[index]?.kind === 'plain' && isMistypable(typed[index]?.word ?? ''))
    .sort((a, b) => (counts[a]?.prompts ?? 0) - (counts[b]?.prompts ?? 0))
    .slice(0, MOST_MISTYPED);
  const slips = new Map<number, string[]>(
    typed.flatMap(({ word, kind }, index) => (kind === 'pair' ? [[index, [apartInTitle(word)]]] : [])),
  );
  for (const place of places) {
    const { word = '', isLast = false } = typed[place] ?? {};
    slips.set(place, await knownSlips(db, word, isLast && word.length >= LEAST_OPEN_SLIP));
  }
  return { ...asked, words: asked.words.map((word, index) => ({ ...word, slips: slips.get(index) ?? [] })) };
}

/** Of a script without spaces the two characters of a pair, apart from each other. */
const apartInTitle = (pair: string): string => `(${allOfThem(Array.from(pair, (one) => `${quoteWord(one)}:A`))})`;

/** Words of prompts that are a word with one slip less, or begin so where it may be typed still. */
async function knownSlips(db: Db, word: string, isOpen: boolean): Promise<string[]> {
  const queries = mistyped(word).map(isOpen ? prefixOf : quoteWord);
  const { rows } = await sql<{ query: string }>`
    SELECT query FROM public.known_words(${queries}::text[]) ORDER BY query
  `.execute(db);
  return rows.map(({ query }) => query);
}

const tsquery = (query: string): RawBuilder<unknown> => sql`${query}::tsquery`;

function matches(visible: RawBuilder<boolean>, asked: Asked, how: 'whole' | 'like'): RawBuilder<Match> {
  const { words, typed, excluded, names, isBroad, isBroadInNames } = asked;
  const scope =
    excluded === null ? visible : sql<boolean>`(${visible} AND NOT prompt_words.texts @@ ${tsquery(excluded)})`;
  const every = tsquery(allOfThem(words.map(({ near }) => oneOf(near))));
  const some = tsquery(oneOf(words.flatMap(({ near, slips }) => [...near, ...slips])));
  const folded = sql<string>`public.fold_text(${typed})`;
  const by = (column: 'names' | 'texts', isCommon: boolean, query: RawBuilder<unknown>): RawBuilder<unknown> =>
    isCommon
      ? sql`${latest} WHERE prompt_words.${sql.id(column)} @@ ${query} AND ${scope}`
      : sql`public.${sql.id(`prompts_by_${column}`)}(${query}) AS found JOIN prompts ON prompts.id = found.id
          JOIN prompt_words ON prompt_words.prompt_id = found.id WHERE ${scope}`;
  const latest = sql`(
    SELECT prompts.id FROM prompts WHERE ${visible} ORDER BY prompts.updated_at DESC, prompts.id DESC LIMIT ${LATEST}
  ) AS latest JOIN prompt_words ON prompt_words.prompt_id = latest.id JOIN prompts ON prompts.id = latest.id`;
  const byNames = sql`ORDER BY ts_rank(prompt_words.names, ${some}, 2) DESC, prompts.id DESC`;
  const byTexts = sql`ORDER BY ts_rank(prompt_words.texts, ${some}, 1) DESC, prompts.id DESC`;
  const likes = sql`
      UNION
      (SELECT prompts.id FROM ${by('names', isBroadInNames, some)}
        ${byNames} LIMIT ${SOME_LIMIT})
      UNION
      (SELECT prompts.id FROM ${by('texts', isBroad, tsquery(mostOf(words)))}
        ${byTexts} LIMIT ${SOME_LIMIT})
      UNION
      (SELECT prompts.id FROM public.similar_titles(${folded}) AS titles
        JOIN prompts ON prompts.id = titles.id JOIN prompt_words ON prompt_words.prompt_id = prompts.id
        WHERE ${isMistypable(typed)} AND ${scope}
        ORDER BY titles.similarity DESC, prompts.id DESC LIMIT ${SOME_LIMIT})
      UNION
      (SELECT prompts.id FROM prompts JOIN prompt_words ON prompt_words.prompt_id = prompts.id
        WHERE ${scope} AND ${titleContains(typed)}
        ORDER BY prompts.updated_at DESC, prompts.id DESC LIMIT ${SOME_LIMIT})`;
  return sql<Match>`${plannedForValues}
    WITH asked AS MATERIALIZED (
      SELECT exact, near, forms, slips, others, weight, weight / sum(weight) OVER () AS part
      FROM unnest(
        ${words.map(({ exact }) => exact)}::text[]::tsquery[],
        ${words.map(({ near }) => oneOf(near))}::text[]::tsquery[],
        ${words.map(({ near }) => near.length)}::integer[],
        ${words.map(({ slips }) => (slips.length === 0 ? '' : oneOf(slips)))}::text[]::tsquery[],
        ${words.map(({ slips }) => slips.length)}::integer[],
        ${words.map(({ weight }) => weight)}::float8[]
      ) AS given (exact, near, forms, slips, others, weight)
    ), candidates AS MATERIALIZED (
      (SELECT prompts.id FROM ${by('names', isBroadInNames, tsquery(names))}
        ${byNames} LIMIT ${PATH_LIMIT})
      UNION
      (SELECT prompts.id FROM ${by('texts', isBroad, every)}
        ${byTexts} LIMIT ${PATH_LIMIT})
      ${how === 'like' ? likes : sql``}
    ), measured AS (
      SELECT prompts.id, prompts.search_title AS title, words.names, words.texts,
        0.25 + 0.75 * length(words.texts) / 200.0 AS size, length(ts_filter(words.names, '{a}')) AS "titleWords"
      FROM candidates JOIN prompts ON prompts.id = candidates.id
      CROSS JOIN LATERAL (
        SELECT names, ts_filter(texts, '{a,b,c,d}') AS texts FROM prompt_words WHERE prompt_id = prompts.id OFFSET 0
      ) AS words
    ), scored AS (
      SELECT id, title, "titleWords", found.*
      FROM measured, LATERAL (
        SELECT
          sum(weight * greatest(name_exact, 0.5 * least(name_near, 1), 0.3 * least(name_slip, 1))) AS named,
          sum(weight * greatest(${written(sql`text_exact`)}, 0.6 * ${written(sql`text_near`)}, 0.4 * ${written(sql`text_slip`)}))
            AS written,
          sum(part * in_title) AS titled, sum(in_title) AS "wordsTitled",
          CASE WHEN min(in_title) > 0 AND (count(*) > 1 OR min(in_title) = 1) THEN sum(weight * in_title) ELSE 0 END AS "allTitled"
        FROM asked, LATERAL (
          SELECT ts_rank(${NAME_WEIGHTS}, names, exact) AS name_exact,
            ts_rank(${NAME_WEIGHTS}, names, near) * forms AS name_near,
            CASE WHEN others > 0 THEN ts_rank(${NAME_WEIGHTS}, names, slips) * others ELSE 0 END AS name_slip,
            ts_rank(${TEXT_WEIGHTS}, texts, exact) AS text_exact,
            ts_rank(${TEXT_WEIGHTS}, texts, near) * forms AS text_near,
            CASE WHEN others > 0 THEN ts_rank(${TEXT_WEIGHTS}, texts, slips) * others ELSE 0 END AS text_slip
          OFFSET 0
        ) AS ranks, LATERAL (
          -- A word in the title has a rank of 0.6 at least, one of a tag at most.
          SELECT CASE WHEN name_exact > 0.6 THEN 1 WHEN name_near > 0.6 THEN 0.7 ELSE 0 END AS in_title
        ) AS titles
      ) AS found
    )
    SELECT id, round((
      2 * named + written + ${ALL_TITLED} * "allTitled"
      + 2 * titled * "wordsTitled" / greatest("titleWords", 1)
      + ${how === 'like' ? sql`similarity(${folded}, title)` : sql`0`}
    )::numeric, 6) AS score
    FROM scored
  `;
}

/** Of {D,C,B,A}: a word in the title counts more than a tag, and a tag more than a slug. */
const NAME_WEIGHTS = sql`'{0,0.3,0.6,1}'::real[]`;
/** A title that has all words is before one that has some of them, and the others in its text. */
const ALL_TITLED = sql.lit(0.5);
const TEXT_WEIGHTS = sql`'{1,1,1,1}'::real[]`;

/**
 * How much a word is in a text (BM25, k1 = 1.2, b = 0.75). With equal weights ts_rank is the sum of 1/k² over a word's n
 * places, of π²/6, from which n follows by the rest of that series.
 */
const written = (rank: RawBuilder<unknown>): RawBuilder<number> => sql<number>`(
  CASE WHEN ${rank} > 0 THEN 2.2 / (1 + 1.2 * size / (1 / (1.6449341 * (1.02 - least(${rank}, 1))) - 0.5)) ELSE 0 END
)`;

/** The rarest word, or of the four rarest all but one. */
function mostOf(words: readonly AskedQuery[]): string {
  const rarest = words.toSorted((a, b) => b.weight - a.weight).slice(0, 4);
  const forms = rarest.map(({ near, slips }) => oneOf([...near, ...slips]));
  if (forms.length < 3) return oneOf(forms);
  const allButOne = forms.map((_, left) => `(${allOfThem(forms.filter((__, index) => index !== left))})`);
  return oneOf([...forms.slice(0, 1), ...allButOne]);
}

/**
 * Whether a title contains what was typed, in which nothing is a wildcard. What is shorter than a trigram is left to the
 * other paths.
 */
export function titleContains(typed: string): RawBuilder<boolean> {
  if (typed.length < 3 || !HAS_LETTERS.test(typed)) return sql<boolean>`false`;
  return sql<boolean>`prompts.search_title LIKE ${holding(typed)}`;
}

const HAS_LETTERS = /[\p{L}\p{N}]/u;

/** Whether what was typed stands in a prompt, in whatever is searched. */
const contains = (typed: string): RawBuilder<boolean> => sql<boolean>`(
  prompts.search_title LIKE ${holding(typed)}
  OR public.fold_text(concat_ws(chr(10), prompts.category, prompts.description, prompts.content)) LIKE ${holding(typed)}
  OR EXISTS (
    SELECT FROM tags WHERE tags.prompt_id = prompts.id AND public.fold_text(tags.name) LIKE ${holding(typed)}
  )
)`;
