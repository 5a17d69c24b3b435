import { rightsOf } from '@promptory/db/migrate';
import { givenApp } from '../../harness/boot.ts';
import { givenWorld } from '../../harness/given-world.ts';
import { proves } from '../harness/proof.ts';

// What whoever has the server's connection may do, such as by an injection that nobody knows of.

const server = await givenApp();
const world = await givenWorld(server);

const HISTORY = ['audit_log', 'prompt_versions', 'label_moves'];
const INSUFFICIENT_PRIVILEGE = '42501';

proves('A7', 'the database role of the server rewrites no history and changes no table', async (proof) => {
  const { rows: tables } = await server.database.pool.query<{ name: string }>(
    `SELECT format('%I.%I', nspname, relname) AS name FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE nspname IN ('public', 'graphile_worker') AND relkind IN ('r', 'p')`,
  );
  const attacks = [
    ...HISTORY.flatMap((table) => [`DELETE FROM ${table}`, `UPDATE ${table} SET ctid = ctid`, `LOCK TABLE ${table}`]),
    `DELETE FROM prompts WHERE id = '${world.shared}'`,
    ...tables.flatMap(({ name }) => [
      `TRUNCATE ${name} CASCADE`,
      `ALTER TABLE ${name} DISABLE TRIGGER ALL`,
      `DROP TABLE ${name} CASCADE`,
    ]),
    'CREATE TABLE public.planted ()',
    'CREATE FUNCTION public.planted() RETURNS int LANGUAGE sql RETURN 1',
    'DROP FUNCTION public.purge_trash',
    'SET ROLE promptory',
    'SET session_replication_role = replica',
  ];
  const count = async (): Promise<number> => {
    const { rows } = await server.database.pool.query<{ rows: string }>(
      'SELECT (SELECT count(*) FROM audit_log) + (SELECT count(*) FROM prompt_versions) + (SELECT count(*) FROM prompts) AS rows',
    );
    return Number(rows[0]?.rows);
  };
  const before = await count();
  const client = await server.pool.connect();
  try {
    for (const attack of proof.sample(attacks, 20)) {
      const outcome = await client.query(`BEGIN; SET LOCAL promptory.purge = 'on'; ${attack}; COMMIT`).then(
        () => 'done',
        (error: unknown) => String(Reflect.get(Object(error), 'code')),
      );
      await client.query('ROLLBACK');
      proof.check(outcome === INSUFFICIENT_PRIVILEGE || outcome === '0A000', () => `${attack}: ${outcome}`);
    }
    const honest = `BEGIN; SET LOCAL promptory.purge = 'on'; UPDATE prompts SET category = 'Changed' WHERE id = '${world.shared}'; COMMIT`;
    const changed = await client.query(honest).then(
      () => 'done',
      (error: Error) => error.message,
    );
    proof.works(changed === 'done', () => `what it is for is answered: ${changed}`);
    const { rows } = await client.query<{ purged: number }>(`SELECT public.purge_trash('infinity', 1000) AS purged`);
    proof.check(
      rows[0]?.purged === 0,
      () => `purged ${rows[0]?.purged} prompts that were not in the trash for 30 days`,
    );
    await client.query(`INSERT INTO audit_log (id, action, target_type, occurred_at)
      VALUES (gen_random_uuid(), 'test.forged', 'test', now() - interval '3 years')`);
    const { rows: entries } = await server.database.pool.query<{ old: boolean }>(
      "SELECT occurred_at < now() - interval '1 day' AS old FROM audit_log WHERE action = 'test.forged'",
    );
    proof.check(entries.length === 1 && entries[0]?.old === false, () => `entries of long ago: ${entries.length}`);
    await client.query(`UPDATE prompts SET deleted_at = now() - interval '31 days' WHERE id = '${world.trashed}'`);
    const early = await client.query<{ purged: number }>(`SELECT public.purge_trash('infinity', 1000) AS purged`);
    proof.check(early.rows[0]?.purged === 0, () => 'a prompt whose time was set back is purged');
  } finally {
    client.release();
  }
  // And the one entry that it wrote.
  proof.check((await count()) === before + 1, () => 'rows are gone');
  const trashed = `UPDATE prompts SET deleted_at = now() - interval '31 days' WHERE id = '${world.trashed}'`;
  await server.database.pool.query(trashed);
  const purges = "SELECT coalesce(sum(changes), 0)::integer AS written FROM audit_log WHERE action = 'prompt.purged'";
  const written = await server.database.pool.query<{ written: number }>(purges);
  const late = await server.pool.query<{ purged: number }>(`SELECT public.purge_trash('infinity', 1000) AS purged`);
  proof.works(late.rows[0]?.purged === 1, () => `purged ${late.rows[0]?.purged} of one that was there for 31 days`);
  const after = await server.database.pool.query<{ written: number }>(purges);
  const added = Number(after.rows[0]?.written) - Number(written.rows[0]?.written);
  proof.check(added === 1, () => `${added} purges are written down`);
  const { excess } = await rightsOf({ connectionString: server.database.applicationConnectionString });
  proof.check(excess.length === 0, () => `has more rights than it needs: ${excess.join('; ')}`);
});
