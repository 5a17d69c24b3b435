import { type Kysely, sql } from 'kysely';

// A table of its own: what is found by its words is written when they change, and not with each move of a label; and its
// indexes are made while it is empty. The list of what is yet to be put into them is short: each look-up reads all of it, and
// a slip takes hundreds of look-ups.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE prompt_words (
      prompt_id uuid PRIMARY KEY REFERENCES prompts ON DELETE CASCADE,
      indexed_at timestamptz(3) NOT NULL,
      names tsvector NOT NULL,
      texts tsvector NOT NULL
    )
  `.execute(db);
  for (const column of ['names', 'texts']) {
    await sql`
      CREATE INDEX ${sql.id(`prompt_words_${column}`)} ON prompt_words USING gin (${sql.id(column)})
      WITH (gin_pending_list_limit = 64)
    `.execute(db);
  }
  await sql`COMMENT ON TABLE prompt_words IS 'The words by which a search finds each prompt, made by the application'`.execute(
    db,
  );
  await sql`COMMENT ON COLUMN prompt_words.indexed_at IS 'When the prompt had last been changed; where that is another time, its words are to be made anew'`.execute(
    db,
  );
  await sql`COMMENT ON COLUMN prompt_words.names IS 'Title (A), tags and category (B), slug (C)'`.execute(db);
  await sql`COMMENT ON COLUMN prompt_words.texts IS 'The names, description (C) and content (D)'`.execute(db);
  // Words weigh by how rare they are, and what most prompts hold is not looked for everywhere. Where there are statistics they
  // hold all that is frequent; what they do not hold is counted, to a bound.
  await sql`
    CREATE FUNCTION public.word_counts(words text[])
    RETURNS TABLE (place integer, prompts bigint, named bigint, prefixed bigint, stem text)
    LANGUAGE sql STABLE STRICT ROWS 10 SET enable_seqscan = off AS $$
      WITH rows AS MATERIALIZED (
        SELECT reltuples::float8 AS count FROM pg_class WHERE oid = 'public.prompt_words'::regclass
      ), known AS MATERIALIZED (
        SELECT attname AS vector, common.word, (rows.count * common.share)::bigint AS prompts
        FROM rows, pg_stats, unnest(most_common_elems::text::text[], most_common_elem_freqs) AS common (word, share)
        WHERE schemaname = 'public' AND tablename = 'prompt_words' AND common.word IS NOT NULL
      )
      SELECT asked.place::integer,
        coalesce(
          (SELECT known.prompts FROM known WHERE vector = 'texts' AND known.word = asked.word),
          (SELECT count(*) FROM (
            SELECT FROM public.prompt_words
            WHERE texts @@ ('''' || replace(replace(asked.word, '\\', '\\\\'), '''', '''''') || '''')::tsquery LIMIT 3000
          ) AS found)
        ),
        coalesce((SELECT known.prompts FROM known WHERE vector = 'names' AND known.word = asked.word), 0),
        coalesce((SELECT sum(known.prompts) FROM known WHERE vector = 'texts' AND starts_with(known.word, asked.word)), 0)::bigint,
        (ts_lexize('english_stem', asked.word))[1]
      FROM unnest(words) WITH ORDINALITY AS asked (word, place)
    $$
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.word_counts(text[]) IS 'About how many prompts, of whomever, hold each word (to three thousand where statistics do not tell), in their names, and words that begin with it; and its English stem'`.execute(
    db,
  );
  await createLookups(db);
}

/**
 * The planner takes a table of vectors for small, and reads it whole where a query has many words; so these functions say that
 * an index answers. They end at a bound, whatever a word finds, and tell of prompts of whomever: the caller decides what may
 * be seen.
 */
async function createLookups(db: Kysely<unknown>): Promise<void> {
  for (const column of ['names', 'texts']) {
    const name = sql.raw(`public.prompts_by_${column}`);
    await sql`
      CREATE FUNCTION ${name}(query tsquery) RETURNS TABLE (id uuid)
      LANGUAGE sql STABLE STRICT ROWS 200 SET enable_seqscan = off AS $$
        SELECT prompt_id FROM public.prompt_words WHERE ${sql.id(column)} @@ query LIMIT 10000
      $$
    `.execute(db);
    await sql`COMMENT ON FUNCTION ${name}(tsquery) IS 'Prompts of whomever with these words, ten thousand at most; the caller decides what may be seen'`.execute(
      db,
    );
  }
  await sql`
    CREATE FUNCTION public.known_words(queries text[]) RETURNS TABLE (query text)
    LANGUAGE sql STABLE STRICT ROWS 10 SET enable_seqscan = off AS $$
      SELECT asked.query FROM unnest(queries) AS asked (query)
      WHERE EXISTS (SELECT FROM public.prompt_words WHERE texts @@ asked.query::tsquery)
    $$
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.known_words(text[]) IS 'Which of these queries find a prompt, of whomever'`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    DROP FUNCTION public.known_words(text[]), public.prompts_by_texts(tsquery), public.prompts_by_names(tsquery),
      public.word_counts(text[])
  `.execute(db);
  await sql`DROP TABLE prompt_words`.execute(db);
}
