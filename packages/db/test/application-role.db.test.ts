import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../src/ids.ts';
import { applicationRoleOf, MissingRoleError } from '../src/migrate/application-role.ts';
import { migrateToLatest, rightsOf } from '../src/migrate/migrator.ts';
import { connectForTest, givenDatabase, insertRows } from './index.ts';

const test = await givenDatabase();
const application = connectForTest(test.applicationConnectionString, 2);
afterAll(() => application.close());

const [userId, liveId, trashedId] = [newId(), newId(), newId()];

async function refusalOf(statement: string): Promise<string> {
  try {
    await application.pool.query(statement);
    return 'done';
  } catch (error) {
    return String(Reflect.get(Object(error), 'code'));
  }
}

const INSUFFICIENT = '42501';

beforeAll(async () => {
  const version = (promptId: string) => ({
    prompt_id: promptId,
    version: 1,
    title: 'Title',
    description: '',
    content: 'Text',
    config: {},
    author_id: userId,
    content_hash: `\\x${'00'.repeat(32)}`,
  });
  const prompt = (id: string, slug: string) => {
    const { prompt_id: _, author_id: __, ...rest } = version(id);
    return { ...rest, id, slug, user_id: userId, deleted_at: null };
  };
  await insertRows(test.db, {
    users: [{ id: userId, email: 'ada@example.com', name: 'Ada', handle: 'ada' }],
    prompts: [prompt(liveId, 'live'), prompt(trashedId, 'trashed')].map((row) => ({
      ...row,
      is_template: false,
      kind: 'text',
      visibility: 'private',
      created_at: new Date(),
      updated_at: new Date(),
    })),
    prompt_versions: [liveId, trashedId].map((id) => ({ ...version(id), created_at: new Date() })),
    audit_log: [{ id: newId(), action: 'test', target_type: 'test', occurred_at: new Date(), details: {} }],
  });
});

describe('the role of the application', () => {
  it('has just the rights that it needs', async () => {
    expect(await rightsOf({ connectionString: test.applicationConnectionString })).toEqual({ missing: [], excess: [] });
    const owner = await rightsOf(test);
    expect(owner.missing).toEqual([]);
    expect(owner.excess).toContain('UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER on public.audit_log');
  });

  it.each([
    'DELETE FROM audit_log',
    'UPDATE audit_log SET action = action',
    'TRUNCATE audit_log',
    'DELETE FROM prompt_versions',
    "UPDATE prompt_versions SET title = 'Another'",
    'TRUNCATE prompt_versions CASCADE',
    'DELETE FROM label_moves',
    "UPDATE label_moves SET reason = 'Another'",
    'TRUNCATE label_moves',
    'DELETE FROM prompts',
    'ALTER TABLE audit_log DISABLE TRIGGER ALL',
    'DROP TABLE prompts CASCADE',
    'CREATE TABLE mine ()',
    'DELETE FROM kysely_migration',
    'CREATE OR REPLACE FUNCTION public.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$',
    'SET ROLE promptory',
    "COPY audit_log TO PROGRAM 'true'",
  ])('may not: %s', async (statement) => {
    expect(await refusalOf(statement)).toBe(INSUFFICIENT);
    // The setting by which a transaction once said that it purges opens nothing.
    expect(await refusalOf(`BEGIN; SET LOCAL promptory.purge = 'on'; ${statement}`)).toBe(INSUFFICIENT);
    await application.pool.query('ROLLBACK');
  });

  it('purges what has been in the trash for 30 days, and nothing younger, whatever time it gives', async () => {
    const purge = async (): Promise<number> => {
      const { rows } = await sql<{ purged: number }>`
        SELECT public.purge_trash('infinity', 100) AS purged`.execute(application.db);
      return rows[0]?.purged ?? -1;
    };
    expect(await purge()).toBe(0);
    await sql`UPDATE prompts SET deleted_at = now() - interval '29 days' WHERE id = ${trashedId}`.execute(test.db);
    expect(await purge()).toBe(0);
    await sql`UPDATE prompts SET deleted_at = now() - interval '31 days' WHERE id = ${trashedId}`.execute(test.db);
    expect(await purge()).toBe(1);
    const { rows } = await test.pool.query('SELECT prompt_id FROM prompt_versions');
    expect(rows).toEqual([{ prompt_id: liveId }]);
  });

  it('puts no prompt into the trash before now, and writes down whom it removes', async () => {
    const id = newId();
    await test.pool.query(
      `INSERT INTO prompts SELECT (jsonb_populate_record(prompts, jsonb_build_object('id', $1::uuid, 'slug', 'mine'))).*
       FROM prompts WHERE id = $2`,
      [id, liveId],
    );
    const trash = (time: string) =>
      application.pool.query(`UPDATE prompts SET deleted_at = ${time} WHERE id = $1`, [id]);
    await trash("now() - interval '31 days'");
    const purged = await application.pool.query<{ purged: number }>(
      "SELECT public.purge_trash('infinity', 100) AS purged",
    );
    expect(purged.rows).toEqual([{ purged: 0 }]);
    await trash("'infinity'");
    const ahead = await test.pool.query(
      "SELECT deleted_at < now() + interval '6 minutes' AS bounded FROM prompts WHERE id = $1",
      [id],
    );
    expect(ahead.rows).toEqual([{ bounded: true }]);
    await trash("now() - interval '31 days'");
    const { rows } = await test.pool.query('SELECT deleted_at > now() AS stays FROM prompts WHERE id = $1', [id]);
    expect(rows).toEqual([{ stays: true }]);
    const own = `SELECT cardinality(public.purge_own_trash($1, ARRAY[$2]::uuid[])) AS purged`;
    expect((await application.pool.query(own, [userId, id])).rows).toEqual([{ purged: 1 }]);
    const entries = await test.pool.query(
      "SELECT actor_id AS actor, target_id AS target, changes FROM audit_log WHERE action = 'prompt.purged' ORDER BY occurred_at",
    );
    expect(entries.rows).toEqual([
      { actor: null, target: null, changes: 1 },
      { actor: userId, target: id, changes: 1 },
    ]);
  });

  it('takes back no prompt whose versions have begun to go', async () => {
    const id = newId();
    await test.pool.query(
      `INSERT INTO prompts SELECT (jsonb_populate_record(prompts,
         jsonb_build_object('id', $1::uuid, 'slug', 'long', 'version', 3))).* FROM prompts WHERE id = $2`,
      [id, liveId],
    );
    await test.pool.query(
      `INSERT INTO prompt_versions SELECT (jsonb_populate_record(prompt_versions,
         jsonb_build_object('prompt_id', $1::uuid, 'version', n))).* FROM prompt_versions, generate_series(1, 3) AS n
       WHERE prompt_id = $2 AND prompt_versions.version = 1`,
      [id, liveId],
    );
    const remove = 'SELECT public.remove_versions($1, ARRAY[$2]::uuid[], 2) AS removed';
    const removed = async (owner: string | null) =>
      (await application.pool.query<{ removed: number }>(remove, [owner, id])).rows[0]?.removed;
    expect(await removed(userId)).toBe(0);
    await application.pool.query('UPDATE prompts SET deleted_at = now() WHERE id = $1', [id]);
    expect([await removed(null), await removed(newId()), await removed(userId)]).toEqual([0, 0, 2]);
    for (const time of ['NULL', 'now()', "'infinity'"]) {
      await application.pool.query(`UPDATE prompts SET deleted_at = ${time} WHERE id = $1`, [id]);
    }
    const { rows } = await test.pool.query("SELECT deleted_at = 'epoch' AS going FROM prompts WHERE id = $1", [id]);
    expect(rows).toEqual([{ going: true }]);
    const purged = await application.pool.query<{ purged: number }>('SELECT public.purge_trash(now(), 100) AS purged');
    expect(purged.rows).toEqual([{ purged: 1 }]);
  });

  it('counts changes up in one entry for each action and hour, and changes nothing else of an entry', async () => {
    const further = JSON.stringify([
      { actor_id: userId, action: 'prompt.updated', target_type: 'prompt', changes: 2 },
      { actor_id: userId, action: 'prompt.updated', target_type: 'prompt', changes: 1 },
      { actor_id: userId, action: 'group.updated', target_type: 'group', changes: 1 },
    ]);
    for (let time = 0; time < 3; time += 1) await application.pool.query('SELECT public.roll_up_audit($1)', [further]);
    const { rows } = await test.pool.query<{ action: string; changes: number }>(
      "SELECT action, sum(changes)::integer AS changes FROM audit_log WHERE action LIKE '%.updated' GROUP BY 1 ORDER BY 1",
    );
    expect(rows).toEqual([
      { action: 'group.updated', changes: 3 },
      { action: 'prompt.updated', changes: 9 },
    ]);
    // An entry that says of what it is keeps its own count, whatever its id.
    await test.pool.query(`ALTER TABLE audit_log DISABLE TRIGGER USER;
      UPDATE audit_log SET target_id = '${newId()}' WHERE action = 'group.updated'; ALTER TABLE audit_log ENABLE TRIGGER USER`);
    await application.pool.query('SELECT public.roll_up_audit($1)', [further]);
    expect((await test.pool.query("SELECT changes FROM audit_log WHERE action = 'group.updated'")).rows).toEqual([
      { changes: 3 },
    ]);
    for (const change of ['changes = changes - 1', "changes = changes + 1, action = 'other'", "details = '{}'"]) {
      await expect(test.pool.query(`UPDATE audit_log SET ${change} WHERE action = 'prompt.updated'`)).rejects.toThrow(
        'never changed',
      );
    }
  });

  it('removes audit entries of more than two years ago, and no younger one, whatever time it gives', async () => {
    await test.pool.query(`INSERT INTO audit_log (id, action, target_type, occurred_at)
      SELECT gen_random_uuid(), 'aged', 'user', now() - days * interval '1 day' FROM unnest('{0,729,731,1000}'::integer[]) AS days`);
    const { rows } = await application.pool.query<{ removed: number }>(
      "SELECT public.purge_audit_log('infinity', 100) AS removed",
    );
    expect(rows).toEqual([{ removed: 2 }]);
    const left = await test.pool.query("SELECT FROM audit_log WHERE action = 'aged'");
    expect(left.rowCount).toBe(2);
  });

  it('makes the partitions of usage by the owner’s function', async () => {
    const { rows } = await application.pool.query<{ made: number }>('SELECT public.ensure_usage_partitions(3) AS made');
    expect(rows[0]?.made).toBeGreaterThan(0);
  });
});

it.each(['DELETE FROM audit_log', 'DELETE FROM prompt_versions'])(
  'the owner too is refused: %s, with the setting that once let it',
  async (statement) => {
    const client = await test.pool.connect();
    try {
      await client.query("BEGIN; SET LOCAL promptory.purge = 'on'");
      await expect(client.query(statement)).rejects.toThrow('rows are never changed');
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  },
);

describe('migrating for an application of another role', () => {
  const name = `app_${randomBytes(4).toString('hex')}`;
  const url = new URL(test.connectionString);
  url.username = name;
  url.password = 'of-printable-ascii';

  it('says how to make the role where the owner may not, and grants when it is there', async () => {
    const role = applicationRoleOf(url.href, test.connectionString);
    expect(role).toEqual({ name, password: 'of-printable-ascii' });
    const migrate = () => migrateToLatest({ ...test, applicationConnectionString: url.href });
    await expect(migrate()).rejects.toThrow(MissingRoleError);
    await expect(migrate()).rejects.toThrow(`CREATE ROLE "${name}" LOGIN PASSWORD '…'`);
  });

  it('is not asked for where both are one, or none is named', () => {
    expect(applicationRoleOf(test.connectionString, test.connectionString)).toBeNull();
    expect(applicationRoleOf('postgresql:///p?host=/run/postgresql', test.connectionString)).toBeNull();
  });

  it('reads a role wherever an address may name it', () => {
    const owner = 'postgresql://owner@db/p';
    const app = { name: 'a b', password: 'p@ss' };
    expect(applicationRoleOf('postgresql://a%20b:p%40ss@db/p', owner)).toEqual(app);
    expect(applicationRoleOf('postgresql:///p?host=db&user=a%20b&password=p%40ss', owner)).toEqual(app);
  });

  it('finds what a role lacks', async () => {
    await test.pool.query('REVOKE INSERT ON audit_log FROM promptory_app');
    await test.pool.query('REVOKE EXECUTE ON FUNCTION public.purge_trash FROM promptory_app');
    await test.pool.query('GRANT DELETE ON prompts TO promptory_app');
    expect(await rightsOf({ connectionString: test.applicationConnectionString })).toEqual({
      missing: ['INSERT on public.audit_log', 'EXECUTE on purge_trash(timestamp with time zone,integer)'],
      excess: ['DELETE on public.prompts'],
    });
    expect(await migrateToLatest(test)).toEqual([]);
    expect(await rightsOf({ connectionString: test.applicationConnectionString })).toEqual({ missing: [], excess: [] });
  });
});
