import { type RawBuilder, sql } from 'kysely';

export interface SearchWords {
  /** For websearch_to_tsquery: every run of CJK characters is a phrase. */
  readonly every: string;
  /** For websearch_to_tsquery: any of the words will do. */
  readonly any: string;
  /** What titles are compared with, word by word. */
  readonly words: readonly string[];
}

const CJK_RUN =
  /[\u2E80-\u2FDF\u3005-\u3007\u3040-\u30FF\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF\u{20000}-\u{3FFFF}]+/gu;
const MAX_WORDS = 12;

/** Makes of what a person typed the texts that PostgreSQL searches for. */
export function searchWords(q: string): SearchWords {
  const quotes = q.split('"').length - 1;
  const balanced = quotes % 2 === 0 && !CJK_RUN.test(q) ? q : q.replaceAll('"', ' ');
  CJK_RUN.lastIndex = 0;
  const every = balanced.replace(CJK_RUN, ' "$&" ');
  const words = [...new Set(q.replaceAll('"', ' ').toLowerCase().split(/\s+/u))]
    .map((word) => word.replace(/^-+/, ''))
    .filter((word) => /[\p{L}\p{N}]/u.test(word))
    .slice(0, MAX_WORDS);
  const any = words.map((word) => word.replace(CJK_RUN, ' "$&" ')).join(' or ');
  return { every, any, words };
}

/** A LIKE pattern for text that contains `value`, in which nothing is a wildcard. */
export const containing = (value: string): string => `%${value.replace(/[\\%_]/g, '\\$&')}%`;

const both = (words: string): RawBuilder<unknown> => sql`(
  websearch_to_tsquery('simple'::regconfig, public.search_words(${words}))
  || websearch_to_tsquery('english'::regconfig, public.search_words(${words}))
)`;

/**
 * Rows { id, score } of the prompts within `scope` that match, for a join. `scope` decides who sees what: it speaks of
 * `prompts` and holds inside the search, so that what is out of it weighs nothing.
 */
export function searchMatches(scope: RawBuilder<boolean>, q: string): RawBuilder<{ id: string; score: string }> {
  const { every, any, words } = searchWords(q);
  return sql<{ id: string; score: string }>`(
    SELECT prompts.id, round((
      2 * coalesce((SELECT avg(word_similarity(word, prompts.search_title)) FROM unnest(${words}::text[]) AS word), 0)
      + similarity(public.fold_text(${q}), prompts.search_title)
      + ts_rank(prompts.search_vector, ${both(every)}, 32)
    )::numeric, 6) AS score
    FROM prompts
    WHERE ${scope} AND (
      prompts.search_vector @@ ${both(every)}
      OR prompts.search_vector @@ ${both(any)}
      OR public.fold_text(${q}) <% prompts.search_title
      OR prompts.search_title LIKE public.fold_text(${containing(q)})
    )
  )`;
}
