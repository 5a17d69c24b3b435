import { type Kysely, sql } from 'kysely';

// Kept as it was sent, with the order of its members. A server of before writes versions without it and leaves the column
// of the prompt as it is, so `output_version` says of which version that is.
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of ['prompts', 'prompt_versions']) {
    await sql`
      ALTER TABLE ${sql.ref(table)} ADD COLUMN output_schema json CHECK (json_typeof(output_schema) = 'object')
    `.execute(db);
    await sql`COMMENT ON COLUMN ${sql.ref(`${table}.output_schema`)} IS 'JSON Schema of what a model answers, as it was sent; null means text'`.execute(
      db,
    );
  }
  await sql`ALTER TABLE prompts ADD COLUMN output_version integer`.execute(db);
  await sql`COMMENT ON COLUMN prompts.output_version IS 'Of which version output_schema is; of another it counts for nothing'`.execute(
    db,
  );

  await sql`
    CREATE FUNCTION public.text_bytes(
      title text, description text, content text, messages jsonb, config jsonb, input_schema jsonb, output_schema json
    ) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN public.text_bytes(title, description, content, messages, config, input_schema)
      + coalesce(octet_length(output_schema::text), 0)
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.text_bytes(text, text, text, jsonb, jsonb, jsonb, json) IS 'What one version of a prompt counts as stored bytes'`.execute(
    db,
  );
  await sql`
    CREATE OR REPLACE FUNCTION public.measure_prompt() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      output json := CASE WHEN NEW.output_version = NEW.version THEN NEW.output_schema END;
    BEGIN
      IF TG_OP = 'INSERT' THEN
        NEW.stored_bytes := public.text_bytes(NEW.title, NEW.description, NEW.content, NEW.messages, NEW.config, NEW.input_schema, output);
      ELSIF NEW.version <> OLD.version THEN
        NEW.stored_bytes := OLD.stored_bytes
          + public.text_bytes(NEW.title, NEW.description, NEW.content, NEW.messages, NEW.config, NEW.input_schema, output);
      END IF;
      RETURN NEW;
    END $$
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE OR REPLACE FUNCTION public.measure_prompt() RETURNS trigger LANGUAGE plpgsql AS $$
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
  await sql`DROP FUNCTION public.text_bytes(text, text, text, jsonb, jsonb, jsonb, json)`.execute(db);
  await sql`ALTER TABLE prompts DROP COLUMN output_version`.execute(db);
  for (const table of ['prompts', 'prompt_versions']) {
    await sql`ALTER TABLE ${sql.ref(table)} DROP COLUMN output_schema`.execute(db);
  }
}
