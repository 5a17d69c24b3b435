import { type Kysely, sql } from 'kysely';

// Versions and moves of labels say for ever who made them, so the row of an account that is deleted stays, without anything of the
// person in it. So do entries of the audit log; of these the network addresses go, and nothing else may.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE users ADD COLUMN deleted_at timestamptz(3)`.execute(db);
  await sql`COMMENT ON COLUMN users.deleted_at IS 'Deleted by its owner since then: what the row held of the person is gone'`.execute(
    db,
  );
  await refusing(db, { forgetting: true });
  await sql`
    CREATE FUNCTION public.forget_actor(account uuid, at_most integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
      forgotten integer;
    BEGIN
      UPDATE audit_log SET ip = NULL WHERE id IN (
        SELECT id FROM audit_log WHERE actor_id = account AND ip IS NOT NULL
          AND EXISTS (SELECT FROM users WHERE users.id = account AND deleted_at IS NOT NULL)
        LIMIT at_most
      );
      GET DIAGNOSTICS forgotten = ROW_COUNT;
      RETURN forgotten;
    END $$
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.forget_actor(uuid, integer) IS 'Takes the network addresses out of entries of an account that is deleted; answers of how many'`.execute(
    db,
  );
  await sql`REVOKE EXECUTE ON FUNCTION public.forget_actor(uuid, integer) FROM PUBLIC`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP FUNCTION public.forget_actor(uuid, integer)`.execute(db);
  await refusing(db, { forgetting: false });
  await sql`ALTER TABLE users DROP COLUMN deleted_at`.execute(db);
}

async function refusing(db: Kysely<unknown>, { forgetting }: { forgetting: boolean }): Promise<void> {
  const forgotten = sql`IF OLD.ip IS NOT NULL AND NEW.ip IS NULL AND to_jsonb(NEW) - 'ip' = to_jsonb(OLD) - 'ip'
          AND EXISTS (SELECT FROM public.users WHERE id = OLD.actor_id AND deleted_at IS NOT NULL) THEN
          RETURN NEW;
        END IF;`;
  await sql`
    CREATE OR REPLACE FUNCTION public.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' AND TG_TABLE_NAME IN ('prompt_versions', 'label_moves') THEN
        IF NOT EXISTS (
          SELECT FROM public.prompts WHERE id = OLD.prompt_id AND deleted_at IS DISTINCT FROM 'epoch'::timestamptz
        ) THEN
          RETURN OLD;
        END IF;
      END IF;
      IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit_log' AND TG_LEVEL = 'ROW' THEN
        IF OLD.occurred_at < now() - interval '730 days' THEN
          RETURN OLD;
        END IF;
      END IF;
      IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'audit_log' AND TG_LEVEL = 'ROW' THEN
        IF NEW.changes > OLD.changes AND OLD.target_id IS NULL
          AND to_jsonb(NEW) - 'changes' = to_jsonb(OLD) - 'changes' THEN
          RETURN NEW;
        END IF;
        ${forgetting ? forgotten : sql``}
      END IF;
      RAISE EXCEPTION '% rows are never changed (%)', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
    END $$
  `.execute(db);
}
