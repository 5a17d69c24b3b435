import { type Kysely, sql } from 'kysely';

// A prompt in the trash holds no slug: what it was called is kept beside, and in its place stands what nobody can ask for.
// By triggers, so that it holds for servers of the release before too, and however a prompt gets into the trash.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE prompts ADD COLUMN trashed_slug text`.execute(db);
  await sql`COMMENT ON COLUMN prompts.trashed_slug IS 'What a prompt in the trash was called; slug is then a random one, so that others may have it'`.execute(
    db,
  );
  await sql`
    CREATE FUNCTION public.free_trashed_slug() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.deleted_at IS NOT NULL THEN
        NEW.trashed_slug := NEW.slug;
        -- Its words come first, for a search of the trash; 113 characters and a UUID are 150.
        NEW.slug := rtrim(left(NEW.slug, 113), '/') || '/' || gen_random_uuid();
      ELSIF NEW.trashed_slug IS NOT NULL THEN
        -- A server that chooses a slug takes this one away; one of the release before does not.
        NEW.slug := NEW.trashed_slug;
        IF EXISTS (SELECT FROM public.prompts WHERE user_id = NEW.user_id AND slug = NEW.trashed_slug) THEN
          NEW.slug := rtrim(left(NEW.trashed_slug, 141), '/') || '-' || left(gen_random_uuid()::text, 8);
        END IF;
        NEW.trashed_slug := NULL;
      END IF;
      RETURN NEW;
    END $$
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.free_trashed_slug() IS 'Trigger: whatever goes into the trash gives up its slug, and what comes out has one again'`.execute(
    db,
  );
  await sql`
    CREATE TRIGGER prompts_trashed BEFORE UPDATE OF deleted_at ON prompts FOR EACH ROW
    WHEN ((OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL)) EXECUTE FUNCTION public.free_trashed_slug()
  `.execute(db);
  await sql`
    CREATE TRIGGER prompts_new_trashed BEFORE INSERT ON prompts FOR EACH ROW
    WHEN (NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION public.free_trashed_slug()
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TRIGGER prompts_new_trashed ON prompts`.execute(db);
  await sql`DROP TRIGGER prompts_trashed ON prompts`.execute(db);
  await sql`DROP FUNCTION public.free_trashed_slug()`.execute(db);
  await sql`
    UPDATE prompts SET slug = trashed_slug WHERE trashed_slug IS NOT NULL
      AND NOT EXISTS (SELECT FROM prompts AS other WHERE other.user_id = prompts.user_id
        AND coalesce(other.trashed_slug, other.slug) = prompts.trashed_slug AND other.id <> prompts.id)
  `.execute(db);
  await sql`ALTER TABLE prompts DROP COLUMN trashed_slug`.execute(db);
}
