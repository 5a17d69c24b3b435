import { type Kysely, sql } from 'kysely';

const LABEL = "label ~ '^[a-z0-9][a-z0-9_.-]{0,35}$'";

// A label and its history are two tables: where it points is asked with each fetch of a prompt, where it has pointed seldom.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE prompt_labels (
      prompt_id uuid NOT NULL REFERENCES prompts ON DELETE CASCADE,
      label text COLLATE "C" NOT NULL CHECK (${sql.raw(LABEL)} AND label <> 'latest'),
      version integer,
      is_protected boolean NOT NULL DEFAULT false,
      PRIMARY KEY (prompt_id, label),
      FOREIGN KEY (prompt_id, version) REFERENCES prompt_versions ON DELETE CASCADE,
      CHECK (version IS NOT NULL OR is_protected)
    )
  `.execute(db);
  await sql`COMMENT ON TABLE prompt_labels IS 'Which version each label of a prompt points at'`.execute(db);
  await sql`COMMENT ON COLUMN prompt_labels.version IS 'Null for a label that is protected and points nowhere'`.execute(
    db,
  );

  // No key refers to the version or the API key: a row outlives what it speaks of, its prompt aside.
  await sql`
    CREATE TABLE label_moves (
      id uuid PRIMARY KEY,
      prompt_id uuid NOT NULL REFERENCES prompts ON DELETE CASCADE,
      number integer NOT NULL CHECK (number >= 1),
      label text COLLATE "C" NOT NULL CHECK (${sql.raw(LABEL)} AND label <> 'latest'),
      from_version integer CHECK (from_version >= 1),
      to_version integer CHECK (to_version >= 1),
      moved_by uuid NOT NULL REFERENCES users,
      api_key_id uuid,
      reason text CHECK (length(reason) BETWEEN 1 AND 500),
      is_breaking boolean NOT NULL DEFAULT false,
      undoes uuid,
      release_id uuid,
      moved_at timestamptz(3) NOT NULL,
      UNIQUE (prompt_id, number),
      CHECK (from_version IS DISTINCT FROM to_version)
    )
  `.execute(db);
  await sql`CREATE INDEX label_moves_label ON label_moves (prompt_id, label, number DESC)`.execute(db);
  await sql`CREATE INDEX label_moves_mover ON label_moves (moved_by, release_id DESC)`.execute(db);
  await sql`CREATE INDEX label_moves_release ON label_moves (release_id) WHERE release_id IS NOT NULL`.execute(db);
  await sql`CREATE UNIQUE INDEX label_moves_undone ON label_moves (undoes) WHERE undoes IS NOT NULL`.execute(db);
  await sql`COMMENT ON TABLE label_moves IS 'Where each label has pointed: a row for each move, which nobody changes'`.execute(
    db,
  );
  await sql`COMMENT ON COLUMN label_moves.number IS 'Of the moves of all labels of the prompt, from 1, in their order'`.execute(
    db,
  );
  await sql`COMMENT ON COLUMN label_moves.moved_at IS 'Never before that of the label''s move before it'`.execute(db);
  await sql`COMMENT ON COLUMN label_moves.release_id IS 'The same for all moves that were made as one'`.execute(db);
  await refusing(db, ['prompt_versions', 'label_moves']);
  await sql`
    CREATE TRIGGER label_moves_append_only BEFORE UPDATE OR DELETE ON label_moves
    FOR EACH ROW EXECUTE FUNCTION public.refuse_change()
  `.execute(db);
  await sql`
    CREATE TRIGGER label_moves_no_truncate BEFORE TRUNCATE ON label_moves
    FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change()
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE label_moves, prompt_labels`.execute(db);
  await refusing(db, ['prompt_versions']);
}

/** What goes with its prompt, and only so: by then the prompt is gone already. */
async function refusing(db: Kysely<unknown>, ofPrompts: readonly string[]): Promise<void> {
  await sql`
    CREATE OR REPLACE FUNCTION public.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' AND TG_TABLE_NAME IN (${sql.raw(ofPrompts.map((table) => `'${table}'`).join())}) THEN
        IF NOT EXISTS (SELECT FROM public.prompts WHERE id = OLD.prompt_id) THEN
          RETURN OLD;
        END IF;
      END IF;
      IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit_log' AND TG_LEVEL = 'ROW' THEN
        IF OLD.occurred_at < now() - interval '730 days' THEN
          RETURN OLD;
        END IF;
      END IF;
      RAISE EXCEPTION '% rows are never changed (%)', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
    END $$
  `.execute(db);
}
