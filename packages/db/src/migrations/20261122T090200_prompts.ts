import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // 100,000 characters of content are searched: a tsvector holds at most 1 MiB.
  await sql`
    CREATE TABLE prompts (
      id uuid PRIMARY KEY,
      user_id uuid NOT NULL REFERENCES users ON DELETE RESTRICT,
      slug text NOT NULL CHECK (slug ~ '^[a-z0-9][a-z0-9_-]*(?:/[a-z0-9][a-z0-9_-]*)*$' AND length(slug) <= 150),
      title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
      content text NOT NULL CHECK (length(content) BETWEEN 1 AND 400000),
      description text NOT NULL DEFAULT '' CHECK (length(description) <= 5000),
      is_template boolean NOT NULL DEFAULT false,
      category text CHECK (length(category) BETWEEN 1 AND 60),
      kind text NOT NULL DEFAULT 'text' CHECK (kind IN ('text', 'chat')),
      messages jsonb CHECK (jsonb_typeof(messages) = 'array'),
      config jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(config) = 'object'),
      input_schema jsonb CHECK (jsonb_typeof(input_schema) = 'object'),
      visibility text NOT NULL DEFAULT 'private' CHECK (visibility IN ('private', 'public')),
      version integer NOT NULL DEFAULT 1 CHECK (version >= 1),
      content_hash bytea NOT NULL CHECK (length(content_hash) = 32),
      origin_prompt_id uuid REFERENCES prompts ON DELETE SET NULL,
      origin_version integer CHECK (origin_version >= 1),
      created_at timestamptz(3) NOT NULL DEFAULT now(),
      updated_at timestamptz(3) NOT NULL DEFAULT now(),
      deleted_at timestamptz(3),
      search_title text GENERATED ALWAYS AS (public.fold_text(title)) STORED,
      search_title_vector tsvector GENERATED ALWAYS AS (
        to_tsvector('simple', public.search_words(title)) || to_tsvector('english', public.search_words(title))
      ) STORED,
      search_vector tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', public.search_words(title)), 'A')
        || setweight(to_tsvector('english', public.search_words(title)), 'A')
        || setweight(to_tsvector('simple', public.search_words(slug)), 'B')
        || setweight(to_tsvector('english', public.search_words(left(description, 5000))), 'C')
        || setweight(to_tsvector('english', public.search_words(left(content, 100000))), 'D')
      ) STORED,
      UNIQUE (user_id, slug),
      CHECK ((kind = 'chat') = (messages IS NOT NULL))
    )
  `.execute(db);
  await sql`CREATE INDEX prompts_owner_updated ON prompts (user_id, updated_at DESC, id DESC) WHERE deleted_at IS NULL`.execute(
    db,
  );
  await sql`CREATE INDEX prompts_updated ON prompts (updated_at DESC, id DESC) WHERE deleted_at IS NULL`.execute(db);
  await sql`CREATE INDEX prompts_created ON prompts (created_at DESC, id DESC) WHERE deleted_at IS NULL`.execute(db);
  await sql`CREATE INDEX prompts_title ON prompts (search_title, id) WHERE deleted_at IS NULL`.execute(db);
  await sql`CREATE INDEX prompts_public ON prompts (updated_at DESC, id DESC) WHERE visibility = 'public' AND deleted_at IS NULL`.execute(
    db,
  );
  await sql`CREATE INDEX prompts_templates ON prompts (updated_at DESC, id DESC) WHERE is_template AND deleted_at IS NULL`.execute(
    db,
  );
  await sql`CREATE INDEX prompts_category ON prompts (category, updated_at DESC, id DESC) WHERE deleted_at IS NULL`.execute(
    db,
  );
  await sql`CREATE INDEX prompts_content_hash ON prompts (user_id, content_hash)`.execute(db);
  await sql`CREATE INDEX prompts_origin ON prompts (origin_prompt_id)`.execute(db);
  await sql`CREATE INDEX prompts_bin ON prompts (deleted_at) WHERE deleted_at IS NOT NULL`.execute(db);
  await sql`CREATE INDEX prompts_search ON prompts USING gin (search_vector)`.execute(db);
  await sql`CREATE INDEX prompts_search_title_words ON prompts USING gin (search_title_vector)`.execute(db);
  await sql`CREATE INDEX prompts_search_title ON prompts USING gin (search_title gin_trgm_ops)`.execute(db);
  // The threshold belongs to the function, so that no session has to set it: low enough for one wrong letter in four.
  await sql`
    CREATE FUNCTION public.similar_titles(query text) RETURNS TABLE (id uuid, similarity real)
    LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 300 SET pg_trgm.word_similarity_threshold = 0.39 AS $$
      SELECT prompts.id, word_similarity(query, prompts.search_title) FROM prompts WHERE query <% prompts.search_title
    $$
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.similar_titles(text) IS 'Prompts of whoever with a title that holds something like the folded query; the caller decides what may be seen'`.execute(
    db,
  );
  await sql`COMMENT ON TABLE prompts IS 'A prompt as it stands now: the latest version, and what belongs to no version'`.execute(
    db,
  );
  await sql`COMMENT ON COLUMN prompts.content IS 'Always readable text, for chat too: it is what search reads'`.execute(
    db,
  );
  await sql`COMMENT ON COLUMN prompts.deleted_at IS 'In the bin since then: restorable for 30 days, then purged'`.execute(
    db,
  );

  await sql`
    CREATE TABLE prompt_versions (
      prompt_id uuid NOT NULL REFERENCES prompts ON DELETE CASCADE,
      version integer NOT NULL CHECK (version >= 1),
      title text NOT NULL,
      description text NOT NULL,
      content text NOT NULL,
      messages jsonb,
      config jsonb NOT NULL,
      input_schema jsonb,
      author_id uuid NOT NULL REFERENCES users,
      change_note text CHECK (length(change_note) BETWEEN 1 AND 500),
      content_hash bytea NOT NULL CHECK (length(content_hash) = 32),
      created_at timestamptz(3) NOT NULL DEFAULT now(),
      PRIMARY KEY (prompt_id, version)
    )
  `.execute(db);
  await sql`CREATE INDEX prompt_versions_author ON prompt_versions (author_id)`.execute(db);
  await sql`
    CREATE TRIGGER prompt_versions_immutable BEFORE UPDATE OR DELETE ON prompt_versions
    FOR EACH ROW EXECUTE FUNCTION public.refuse_change()
  `.execute(db);
  await sql`
    CREATE TRIGGER prompt_versions_no_truncate BEFORE TRUNCATE ON prompt_versions
    FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change()
  `.execute(db);
  await sql`COMMENT ON TABLE prompt_versions IS 'One immutable row for each version of a prompt'`.execute(db);

  await sql`
    CREATE TABLE tags (
      prompt_id uuid NOT NULL REFERENCES prompts ON DELETE CASCADE,
      name text NOT NULL CHECK (length(name) BETWEEN 1 AND 50),
      PRIMARY KEY (prompt_id, name)
    )
  `.execute(db);
  await sql`CREATE INDEX tags_name ON tags (name, prompt_id)`.execute(db);
  await sql`COMMENT ON TABLE tags IS 'The tags of each prompt'`.execute(db);

  await sql`
    CREATE TABLE favorites (
      user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
      prompt_id uuid NOT NULL REFERENCES prompts ON DELETE CASCADE,
      created_at timestamptz(3) NOT NULL DEFAULT now(),
      PRIMARY KEY (user_id, prompt_id)
    )
  `.execute(db);
  await sql`CREATE INDEX favorites_recent ON favorites (user_id, created_at DESC, prompt_id DESC)`.execute(db);
  await sql`CREATE INDEX favorites_prompt ON favorites (prompt_id)`.execute(db);
  await sql`COMMENT ON TABLE favorites IS 'Which prompts a user has marked; shown only while they are readable'`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP FUNCTION public.similar_titles(text)`.execute(db);
  await sql`DROP TABLE favorites, tags, prompt_versions, prompts`.execute(db);
}
