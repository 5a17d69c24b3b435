import { type Kysely, sql } from 'kysely';

// What names are compared by is made by the application (nameKey), which is the only one to fold. The release before this
// one writes names without keys: until it is gone, triggers give them what comes near to it.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE prompts ADD COLUMN category_key text`.execute(db);
  await sql`COMMENT ON COLUMN prompts.category_key IS 'What the category is compared by, as nameKey makes it'`.execute(
    db,
  );
  await sql`ALTER TABLE tags ADD COLUMN name_key text, ADD COLUMN user_id uuid`.execute(db);
  await sql`COMMENT ON COLUMN tags.name_key IS 'What the name is compared by, as nameKey makes it'`.execute(db);
  await sql`COMMENT ON COLUMN tags.user_id IS 'The owner of the prompt, whose first spelling of a name is kept'`.execute(
    db,
  );

  await sql`
    CREATE FUNCTION public.key_of_category() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      NEW.category_key := lower(normalize(NEW.category, NFKC));
      RETURN NEW;
    END $$
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.key_of_category() IS 'Trigger for categories that are written without a key'`.execute(
    db,
  );
  await sql`
    CREATE FUNCTION public.key_of_tag() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      NEW.name_key := lower(normalize(NEW.name, NFKC));
      RETURN NEW;
    END $$
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.key_of_tag() IS 'Trigger for tags that are written without a key'`.execute(db);
  await sql`
    CREATE TRIGGER prompts_new_category BEFORE INSERT ON prompts FOR EACH ROW
    WHEN (NEW.category IS NOT NULL AND NEW.category_key IS NULL) EXECUTE FUNCTION public.key_of_category()
  `.execute(db);
  await sql`
    CREATE TRIGGER prompts_other_category BEFORE UPDATE OF category ON prompts FOR EACH ROW
    WHEN (NEW.category IS DISTINCT FROM OLD.category AND NEW.category_key IS NOT DISTINCT FROM OLD.category_key)
    EXECUTE FUNCTION public.key_of_category()
  `.execute(db);
  await sql`
    CREATE TRIGGER tags_new_name BEFORE INSERT ON tags FOR EACH ROW
    WHEN (NEW.name_key IS NULL) EXECUTE FUNCTION public.key_of_tag()
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TRIGGER tags_new_name ON tags`.execute(db);
  await sql`DROP TRIGGER prompts_other_category ON prompts`.execute(db);
  await sql`DROP TRIGGER prompts_new_category ON prompts`.execute(db);
  await sql`DROP FUNCTION public.key_of_tag(), public.key_of_category()`.execute(db);
  await sql`ALTER TABLE tags DROP COLUMN user_id, DROP COLUMN name_key`.execute(db);
  await sql`ALTER TABLE prompts DROP COLUMN category_key`.execute(db);
}
