import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public`.execute(db);
  await sql`CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public`.execute(db);

  // Names are qualified so that a restored dump, which runs with an empty search_path, can compute generated columns.
  await sql`
    CREATE FUNCTION public.fold_text(value text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lower(public.unaccent('public.unaccent'::regdictionary, value))
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.fold_text(text) IS 'Lower case without accents: what search compares'`.execute(
    db,
  );

  // Chinese, Japanese and Korean are written without spaces: each character becomes a word of its own, so that a
  // phrase query over single characters finds any run of them through the same index. Marks that the text search
  // parser would keep inside a word (next.js, data/csv, follow-up) part it, in documents and in queries alike.
  await sql`
    CREATE FUNCTION public.search_words(value text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN regexp_replace(
      regexp_replace(public.fold_text(value), '[/_.:|-]', ' ', 'g'),
      '([\\u2E80-\\u2FDF\\u3005-\\u3007\\u3040-\\u30FF\\u3400-\\u4DBF\\u4E00-\\u9FFF\\uAC00-\\uD7AF\\uF900-\\uFAFF\\U00020000-\\U0003FFFF])',
      ' \\1 ', 'g'
    )
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.search_words(text) IS 'Folded text with compound words parted and each CJK character set apart as a word'`.execute(
    db,
  );

  await sql`
    CREATE FUNCTION public.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      -- The purge of a deleted prompt or account says so for its own transaction; nothing else may pass.
      IF TG_OP = 'DELETE' AND current_setting('promptory.purge', true) = 'on' THEN
        RETURN OLD;
      END IF;
      RAISE EXCEPTION '% rows are never changed (%)', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
    END $$
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.refuse_change() IS 'Trigger of append-only tables'`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP FUNCTION public.refuse_change(), public.search_words(text), public.fold_text(text)`.execute(db);
}
