import type { BootedApp } from '../../harness/boot.ts';

// A group by the name of a failure fails that way: PostgreSQL itself raises it, within the product's own statement.

/** What raises each state. */
const statements = {
  '22021': String.raw`PERFORM convert_from('\x00'::bytea, 'UTF8')`,
  '22P05': String.raw`PERFORM '{"a":"\u0000"}'::jsonb`,
  '22P02': `PERFORM 'many'::integer`,
  '22003': `PERFORM 2147483647 + length(NEW.name)`,
  '22008': `PERFORM '2026-02-30'::date`,
  '22025': String.raw`PERFORM NEW.name || 'x' LIKE NEW.name || '\'`,
  '54000': `PERFORM to_tsvector('simple', (SELECT string_agg(md5(n::text), ' ') FROM generate_series(1, 50000) AS n))`,
  '54001': `PERFORM repeat('[', 1000000)::json`,
  '23505': `INSERT INTO provoked VALUES (1)`,
  '23503': `INSERT INTO provoked VALUES (2, 99)`,
  '57014': `PERFORM pg_cancel_backend(pg_backend_pid()), pg_sleep(1)`,
  '55P03': `LOCK TABLE held IN ACCESS EXCLUSIVE MODE NOWAIT`,
  '57P01': `PERFORM pg_terminate_backend(pg_backend_pid()), pg_sleep(1)`,
  '53300': `RAISE EXCEPTION 'sorry, too many clients already' USING ERRCODE = '53300'`,
  '53100': `RAISE EXCEPTION 'no room left on the disk' USING ERRCODE = '53100'`,
  '08006': `RAISE EXCEPTION 'connection terminated' USING ERRCODE = '08006'`,
  '08P01': `RAISE EXCEPTION 'bind message supplies 0 parameters' USING ERRCODE = '08P01'`,
  '42P01': `EXECUTE 'SELECT FROM no_such_table'`,
  '23514': `INSERT INTO provoked VALUES (-1)`,
} as const;

export type Provoked = keyof typeof statements;

/** Makes the database fail when a group is named `provoke <state>`, or as its other names below say. */
export async function provokable({ database: { pool } }: BootedApp): Promise<void> {
  const branches = Object.entries(statements).map(([state, statement]) => `WHEN '${state}' THEN ${statement};`);
  await pool.query(`
    CREATE TABLE provoked (id int PRIMARY KEY CHECK (id > 0), other int REFERENCES provoked (id));
    INSERT INTO provoked VALUES (1);
    CREATE TABLE held ();
    CREATE SEQUENCE attempts;
    GRANT ALL ON provoked, held, attempts TO PUBLIC;
    -- Each of two has its own lock by then, or is about to ask for it, while nobody else wants that.
    CREATE FUNCTION await_two() RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
      FOR look IN 1..300 LOOP
        EXIT WHEN (SELECT last_value >= 2 FROM attempts);
        PERFORM pg_sleep(0.01);
      END LOOP;
    END $$;
    CREATE FUNCTION provoke() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      CASE split_part(NEW.name, ' ', 2)
        ${branches.join('\n')}
        WHEN 'gives-up' THEN
          PERFORM nextval('attempts');
          RAISE EXCEPTION 'could not serialize' USING ERRCODE = '40001';
        WHEN 'third-time' THEN
          IF nextval('attempts') < 4 THEN RAISE EXCEPTION 'could not serialize' USING ERRCODE = '40001'; END IF;
        WHEN 'one-two' THEN
          PERFORM nextval('attempts'), pg_advisory_xact_lock(1), await_two(), pg_advisory_xact_lock(2);
        WHEN 'two-one' THEN
          PERFORM nextval('attempts'), pg_advisory_xact_lock(2), await_two(), pg_advisory_xact_lock(1);
        ELSE NULL;
      END CASE;
      RETURN NEW;
    END $$;
    CREATE TRIGGER provoke BEFORE INSERT OR UPDATE ON groups
      FOR EACH ROW WHEN (NEW.name LIKE 'provoke %') EXECUTE FUNCTION provoke();
  `);
}

/** How often a statement was tried since the last time. */
export async function attemptsOf({ database: { pool } }: BootedApp): Promise<number> {
  const { rows } = await pool.query<{ tried: string; called: boolean }>(
    `SELECT last_value AS tried, is_called AS called FROM attempts`,
  );
  await pool.query(`ALTER SEQUENCE attempts RESTART`);
  return rows[0]?.called === true ? Number(rows[0].tried) : 0;
}
