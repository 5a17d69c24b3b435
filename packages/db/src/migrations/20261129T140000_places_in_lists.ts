import { type Kysely, sql } from 'kysely';

// What a list filters and sorts by stands beside the tag, and beside the uses, that it is found by: so one index gives the
// rows of a page in their order. Triggers keep it. Each prompt has a row of uses, so that none must be looked for elsewhere.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE tags ADD COLUMN is_live boolean, ADD COLUMN is_public boolean, ADD COLUMN listed_at timestamptz(3)
  `.execute(db);
  await sql`COMMENT ON COLUMN tags.is_live IS 'Whether the prompt is not in the trash'`.execute(db);
  await sql`COMMENT ON COLUMN tags.is_public IS 'Whether it is public besides'`.execute(db);
  await sql`COMMENT ON COLUMN tags.listed_at IS 'When the prompt was last changed'`.execute(db);
  await sql`ALTER TABLE prompt_totals ADD COLUMN is_public boolean NOT NULL DEFAULT false`.execute(db);
  await sql`COMMENT ON COLUMN prompt_totals.is_public IS 'Whether the prompt is public and not in the trash'`.execute(
    db,
  );

  await sql`
    CREATE FUNCTION public.place_new_tag() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      -- Under the lock of the prompt, so that no change of it comes between this look and the end of the transaction.
      SELECT deleted_at IS NULL, deleted_at IS NULL AND visibility = 'public', updated_at, user_id
      INTO NEW.is_live, NEW.is_public, NEW.listed_at, NEW.user_id
      FROM public.prompts WHERE id = NEW.prompt_id FOR NO KEY UPDATE;
      -- Not there yet: one statement inserts the prompt after its tags, and the trigger of prompts does this.
      RETURN NEW;
    END $$
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.place_new_tag() IS 'Trigger that writes beside a tag what lists of it go by'`.execute(
    db,
  );
  await sql`
    CREATE FUNCTION public.place_new_prompts() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO public.prompt_totals (prompt_id, is_public)
      SELECT id, visibility = 'public' AND deleted_at IS NULL FROM changed ORDER BY id ON CONFLICT DO NOTHING;
      UPDATE public.tags SET is_live = changed.deleted_at IS NULL, listed_at = changed.updated_at, user_id = changed.user_id,
        is_public = changed.deleted_at IS NULL AND changed.visibility = 'public'
      FROM changed WHERE tags.prompt_id = changed.id AND tags.is_live IS NULL;
      RETURN NULL;
    END $$
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.place_new_prompts() IS 'Trigger that gives each prompt its place in the list by uses'`.execute(
    db,
  );
  await sql`
    CREATE FUNCTION public.place_changed_prompt() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      UPDATE public.tags SET is_live = NEW.deleted_at IS NULL, listed_at = NEW.updated_at, user_id = NEW.user_id,
        is_public = NEW.deleted_at IS NULL AND NEW.visibility = 'public'
      WHERE prompt_id = NEW.id;
      UPDATE public.prompt_totals SET is_public = NEW.deleted_at IS NULL AND NEW.visibility = 'public'
      WHERE prompt_id = NEW.id AND is_public <> (NEW.deleted_at IS NULL AND NEW.visibility = 'public');
      RETURN NULL;
    END $$
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.place_changed_prompt() IS 'Trigger that keeps what lists by tag and by uses go by'`.execute(
    db,
  );
  await sql`
    CREATE TRIGGER tags_place BEFORE INSERT ON tags FOR EACH ROW WHEN (NEW.is_live IS NULL)
    EXECUTE FUNCTION public.place_new_tag()
  `.execute(db);
  await sql`
    CREATE TRIGGER prompts_new_place AFTER INSERT ON prompts REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION public.place_new_prompts()
  `.execute(db);
  await sql`
    CREATE TRIGGER prompts_place AFTER UPDATE ON prompts FOR EACH ROW WHEN (
      OLD.updated_at IS DISTINCT FROM NEW.updated_at OR OLD.visibility IS DISTINCT FROM NEW.visibility
      OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL)
    ) EXECUTE FUNCTION public.place_changed_prompt()
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TRIGGER prompts_place ON prompts`.execute(db);
  await sql`DROP TRIGGER prompts_new_place ON prompts`.execute(db);
  await sql`DROP TRIGGER tags_place ON tags`.execute(db);
  await sql`DROP FUNCTION public.place_changed_prompt(), public.place_new_prompts(), public.place_new_tag()`.execute(
    db,
  );
  await sql`ALTER TABLE prompt_totals DROP COLUMN is_public`.execute(db);
  await sql`ALTER TABLE tags DROP COLUMN listed_at, DROP COLUMN is_public, DROP COLUMN is_live`.execute(db);
}
