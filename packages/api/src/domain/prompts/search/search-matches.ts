// Search: candidates are found by four indexes, each path bounded, and only they are scored.
//
// - words:   every word of the query, in title, slug, description or content (full text, stemmed and as it is)
// - title:   any word of the query in the title, those with the most words first
// - similar: a title that holds something like the query (trigrams), which forgives typing errors
// - literal: a title that contains the query as it was typed
//
// A candidate's score is 2 × how well its title covers the words + how alike query and title are + text rank. It is
// rounded, so that it is the same number in every statement and a cursor can carry it.
import { plannedForValues } from '@promptory/db';
import { type RawBuilder, sql } from 'kysely';
import { searchWords } from './search-words.ts';

/** Titles with every word, at which typing errors are no longer looked for. */
const PLENTY = 20;
/** Prompts that one path adds at most. */
const PATH_LIMIT = 400;

const query = (words: string): RawBuilder<unknown> => sql`(
  websearch_to_tsquery('simple'::regconfig, public.fold_text(${words}))
  || websearch_to_tsquery('english'::regconfig, public.fold_text(${words}))
)`;

/**
 * Rows { id, score } of the best matches among the prompts that `visible` lets through, for a join; some 1,600 at most.
 * `visible` speaks of `prompts` and holds inside each path, so that what it hides neither shows nor takes a place.
 */
export function searchMatches(visible: RawBuilder<boolean>, q: string): RawBuilder<{ id: string; score: string }> {
  const { every, any, excluded, exact, typed, words, literal } = searchWords(q);
  const scope =
    excluded === '' ? visible : sql<boolean>`(${visible} AND NOT prompts.search_vector @@ ${query(excluded)})`;
  const folded = sql<string>`public.fold_text(${typed})`;
  return sql<{ id: string; score: string }>`(${plannedForValues}
    WITH asked AS MATERIALIZED (
      SELECT public.fold_text(word) AS word, literal
      FROM unnest(${words}::text[], ${literal}::boolean[]) AS given (word, literal)
    ), plenty AS MATERIALIZED (
      SELECT count(*) = ${PLENTY} AS found FROM (
        SELECT FROM prompts WHERE ${scope} AND prompts.search_title_vector @@ ${query(every)} LIMIT ${PLENTY}
      ) AS titled
    ), candidates AS (
      (SELECT prompts.id, true AS whole FROM prompts WHERE ${scope} AND prompts.search_vector @@ ${query(every)}
        ORDER BY prompts.updated_at DESC, prompts.id DESC LIMIT ${PATH_LIMIT})
      UNION ALL
      (SELECT prompts.id, prompts.search_title_vector @@ ${query(every)} FROM prompts
        WHERE ${scope} AND prompts.search_title_vector @@ ${query(any)}
        ORDER BY ts_rank(prompts.search_title_vector, ${query(any)}) DESC, prompts.id DESC LIMIT ${PATH_LIMIT})
      UNION ALL
      (SELECT prompts.id, false FROM public.similar_titles(${folded}) AS titles
        JOIN prompts ON prompts.id = titles.id WHERE NOT (SELECT found FROM plenty) AND ${scope}
        ORDER BY titles.similarity DESC, prompts.id DESC LIMIT ${PATH_LIMIT})
      UNION ALL
      (SELECT prompts.id, false FROM prompts WHERE ${scope}
        AND (${literal.includes(true)} OR NOT (SELECT found FROM plenty)) AND ${titleContains(typed)}
        ORDER BY prompts.updated_at DESC, prompts.id DESC LIMIT ${PATH_LIMIT})
    ), measured AS (
      SELECT prompts.id,
        best.whole,
        CASE WHEN best.whole THEN ts_rank(prompts.search_vector, ${query(every)}, 32) ELSE 0 END AS rank,
        similarity(${folded}, prompts.search_title) AS alike,
        (SELECT avg(CASE
          WHEN literal AND strpos(prompts.search_title, word) > 0 THEN 1
          ELSE word_similarity(word, prompts.search_title) END) FROM asked) AS covered
      FROM prompts JOIN (SELECT id, bool_or(whole) AS whole FROM candidates GROUP BY id) AS best ON best.id = prompts.id
    )
    SELECT id, round((2 * covered + alike + rank)::numeric, 6) AS score
    FROM measured WHERE whole
      OR (covered >= ${words.length > 1 ? 0.5 : 0.39} AND NOT (${exact} AND EXISTS (SELECT FROM measured WHERE whole)))
  )`;
}

/**
 * Whether a title contains what was typed, in which nothing is a wildcard. What is shorter than a trigram is left to the
 * other paths; marks alone have none, and no index to help.
 */
export function titleContains(typed: string): RawBuilder<boolean> {
  if (!/[\p{L}\p{N}]/u.test(typed)) return sql<boolean>`strpos(prompts.search_title, public.fold_text(${typed})) > 0`;
  if (typed.length < 3) return sql<boolean>`false`;
  // Escaped once it is folded: folding makes a wildcard of a full-width ％, and a backslash of ＼.
  return sql<boolean>`prompts.search_title LIKE
    '%' || regexp_replace(public.fold_text(${typed}), '([\\\\%_])', '\\\\\\1', 'g') || '%'`;
}
