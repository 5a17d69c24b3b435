import { type Kysely, sql } from 'kysely';

// Counters that triggers keep, in the transaction that changes what they count: whoever adds to an account waits for its
// row, so that of many at once none passes a quota, and no action counts rows. What counts is what its owner alone can
// pile up; favourites and invitations go with other people's rows, and are counted where they are added.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE account_resources (
      user_id uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
      prompts integer NOT NULL DEFAULT 0,
      versions integer NOT NULL DEFAULT 0,
      stored_bytes bigint NOT NULL DEFAULT 0,
      groups integer NOT NULL DEFAULT 0,
      quotas jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(quotas) = 'object')
    ) WITH (fillfactor = 70)
  `.execute(db);
  await sql`COMMENT ON TABLE account_resources IS 'What each account holds, kept by triggers, and the quotas that an administrator set for it'`.execute(
    db,
  );
  await sql`COMMENT ON COLUMN account_resources.quotas IS 'Quota name to amount, where it is not the setting'`.execute(
    db,
  );

  // Null: not measured yet. A later migration measures what was there before.
  await sql`ALTER TABLE prompts ADD COLUMN stored_bytes bigint`.execute(db);
  await sql`COMMENT ON COLUMN prompts.stored_bytes IS 'Bytes of the text of all its versions'`.execute(db);
  await sql`ALTER TABLE groups ADD COLUMN made_by uuid`.execute(db);
  await sql`COMMENT ON COLUMN groups.made_by IS 'Whose quota it takes, whoever it is handed over to'`.execute(db);

  await sql`
    CREATE FUNCTION public.text_bytes(
      title text, description text, content text, messages jsonb, config jsonb, input_schema jsonb
    ) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN octet_length(title)::bigint + octet_length(description) + octet_length(content)
      + coalesce(octet_length(messages::text), 0) + octet_length(config::text)
      + coalesce(octet_length(input_schema::text), 0)
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.text_bytes(text, text, text, jsonb, jsonb, jsonb) IS 'What one version of a prompt counts as stored bytes'`.execute(
    db,
  );

  await sql`
    CREATE FUNCTION public.measure_prompt() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        NEW.stored_bytes := public.text_bytes(NEW.title, NEW.description, NEW.content, NEW.messages, NEW.config, NEW.input_schema);
      ELSIF NEW.version <> OLD.version THEN
        NEW.stored_bytes := OLD.stored_bytes
          + public.text_bytes(NEW.title, NEW.description, NEW.content, NEW.messages, NEW.config, NEW.input_schema);
      END IF;
      RETURN NEW;
    END $$
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.measure_prompt() IS 'Trigger that adds the bytes of a new version to its prompt'`.execute(
    db,
  );
  await sql`
    CREATE FUNCTION public.note_group_maker() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      NEW.made_by := coalesce(NEW.made_by, NEW.user_id);
      RETURN NEW;
    END $$
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.note_group_maker() IS 'Trigger: a group is made by its first owner'`.execute(db);

  await sql`
    CREATE FUNCTION public.count_resources() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      sign integer := CASE TG_OP WHEN 'DELETE' THEN -1 ELSE 1 END;
    BEGIN
      IF TG_TABLE_NAME = 'users' THEN
        INSERT INTO public.account_resources (user_id) SELECT id FROM changed ORDER BY id ON CONFLICT DO NOTHING;
      ELSIF TG_TABLE_NAME = 'prompts' THEN
        -- In one order, so that two that remove prompts of several owners wait rather than deadlock.
        INSERT INTO public.account_resources AS held (user_id, prompts, versions, stored_bytes)
        SELECT user_id, sign * count(*), sign * sum(version), sign * coalesce(sum(stored_bytes), 0)
        FROM changed GROUP BY user_id ORDER BY user_id
        ON CONFLICT (user_id) DO UPDATE SET prompts = held.prompts + excluded.prompts,
          versions = held.versions + excluded.versions, stored_bytes = held.stored_bytes + excluded.stored_bytes;
      ELSE
        INSERT INTO public.account_resources AS held (user_id, groups)
        SELECT made_by, sign * count(*) FROM changed WHERE made_by IS NOT NULL GROUP BY made_by ORDER BY made_by
        ON CONFLICT (user_id) DO UPDATE SET groups = held.groups + excluded.groups;
      END IF;
      RETURN NULL;
    END $$
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.count_resources() IS 'Trigger that keeps account_resources'`.execute(db);

  await sql`
    CREATE FUNCTION public.count_new_version() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      UPDATE public.account_resources SET versions = versions + NEW.version - OLD.version,
        stored_bytes = stored_bytes + coalesce(NEW.stored_bytes, 0) - coalesce(OLD.stored_bytes, 0)
      WHERE user_id = NEW.user_id;
      RETURN NULL;
    END $$
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.count_new_version() IS 'Trigger that counts a version of a prompt that was there'`.execute(
    db,
  );

  await sql`
    CREATE FUNCTION public.recount_account(account uuid) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO public.account_resources (user_id) VALUES (account) ON CONFLICT DO NOTHING;
      PERFORM FROM public.account_resources WHERE user_id = account FOR NO KEY UPDATE;
      -- A statement of its own: it sees what the lock's last holder counted.
      UPDATE public.account_resources SET
        (prompts, versions, stored_bytes) = (
          SELECT count(*), coalesce(sum(version), 0), coalesce(sum(stored_bytes), 0) FROM public.prompts WHERE user_id = account
        ),
        groups = (SELECT count(*) FROM public.groups WHERE made_by = account)
      WHERE user_id = account;
    END $$
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.recount_account(uuid) IS 'Sets the counters of an account to what there is'`.execute(
    db,
  );

  await sql`CREATE TRIGGER users_resources AFTER INSERT ON users REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.count_resources()`.execute(
    db,
  );
  await sql`CREATE TRIGGER prompts_measure BEFORE INSERT OR UPDATE OF version ON prompts FOR EACH ROW EXECUTE FUNCTION public.measure_prompt()`.execute(
    db,
  );
  await sql`CREATE TRIGGER prompts_added AFTER INSERT ON prompts REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.count_resources()`.execute(
    db,
  );
  await sql`CREATE TRIGGER prompts_removed AFTER DELETE ON prompts REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.count_resources()`.execute(
    db,
  );
  await sql`
    CREATE TRIGGER prompts_versioned AFTER UPDATE ON prompts FOR EACH ROW
    WHEN (OLD.version IS DISTINCT FROM NEW.version OR OLD.stored_bytes IS DISTINCT FROM NEW.stored_bytes)
    EXECUTE FUNCTION public.count_new_version()
  `.execute(db);
  await sql`CREATE TRIGGER groups_maker BEFORE INSERT ON groups FOR EACH ROW EXECUTE FUNCTION public.note_group_maker()`.execute(
    db,
  );
  await sql`CREATE TRIGGER groups_added AFTER INSERT ON groups REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.count_resources()`.execute(
    db,
  );
  await sql`CREATE TRIGGER groups_removed AFTER DELETE ON groups REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.count_resources()`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TRIGGER groups_removed ON groups`.execute(db);
  await sql`DROP TRIGGER groups_added ON groups`.execute(db);
  await sql`DROP TRIGGER groups_maker ON groups`.execute(db);
  await sql`DROP TRIGGER prompts_versioned ON prompts`.execute(db);
  await sql`DROP TRIGGER prompts_removed ON prompts`.execute(db);
  await sql`DROP TRIGGER prompts_added ON prompts`.execute(db);
  await sql`DROP TRIGGER prompts_measure ON prompts`.execute(db);
  await sql`DROP TRIGGER users_resources ON users`.execute(db);
  await sql`DROP FUNCTION public.recount_account(uuid), public.count_new_version(), public.count_resources(), public.note_group_maker(), public.measure_prompt()`.execute(
    db,
  );
  await sql`DROP FUNCTION public.text_bytes(text, text, text, jsonb, jsonb, jsonb)`.execute(db);
  await sql`ALTER TABLE groups DROP COLUMN made_by`.execute(db);
  await sql`ALTER TABLE prompts DROP COLUMN stored_bytes`.execute(db);
  await sql`DROP TABLE account_resources`.execute(db);
}
