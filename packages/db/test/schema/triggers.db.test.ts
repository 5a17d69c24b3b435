import { expect, it } from 'vitest';
import { ANN, PROMPT } from './given-rows.ts';
import { copyOf, givenSchema, OURS, type Trial } from './schema-proofs.ts';

const schema = await givenSchema();

const changes: Readonly<Record<string, string>> = { audit_log: "action = 'other'", label_moves: "reason = 'Other'" };
const immutable = (table: string): ((trial: Trial) => Promise<unknown>) => {
  const statements = [`UPDATE ${table} SET ${changes[table] ?? "title = 'Other'"}`, `DELETE FROM ${table}`];
  return async ({ run }) => {
    const outcomes = await Promise.all(statements.map(async (statement) => 'touched' in (await run(statement))));
    return outcomes.includes(true) ? 'changed' : 'refused';
  };
};
const untruncated =
  (table: string) =>
  async ({ run }: Trial): Promise<unknown> =>
    'touched' in (await run(`TRUNCATE ${table} CASCADE`)) ? 'emptied' : 'refused';

/** Whether a time that the application sets a month back is kept: `back`, or `now`. The owner stands in for it. */
const setBack =
  (statement: string, read: string) =>
  async ({ value }: Trial): Promise<unknown> => {
    await value(`CREATE OR REPLACE FUNCTION public.is_of_application(of_table oid) RETURNS boolean
      LANGUAGE sql STABLE AS 'SELECT true'`);
    await value(statement);
    return value(`SELECT CASE WHEN ${read} < now() - interval '1 day' THEN 'back' ELSE 'now' END`);
  };
const A_MONTH_AGO = "now() - interval '1 month'";

/** How much a statement adds to a counter of somebody's. */
const adds =
  (statement: string, counter: string) =>
  async ({ value }: Trial): Promise<unknown> => {
    const read = `SELECT ${counter}::int FROM account_resources WHERE user_id = '${ANN}'`;
    const before = Number(await value(read));
    await value(statement);
    return Number(await value(read)) - before;
  };

const newPrompt = copyOf('prompts', { id: 'gen_random_uuid()', slug: "'new'" });
const newGroup = copyOf('groups', { id: 'gen_random_uuid()' });
const anotherUser = copyOf('users', { id: 'gen_random_uuid()', email: "'x@a.org'", handle: "'x'" });
const nextVersion = `UPDATE prompts SET version = 2, content = 'More roses' WHERE id = '${PROMPT}'`;

/** What each trigger does: what is seen with it, and what without it. */
const triggers: Readonly<
  Record<string, { readonly sees: (trial: Trial) => Promise<unknown>; readonly does: unknown; readonly else: unknown }>
> = {
  'audit_log.audit_log_append_only': { sees: immutable('audit_log'), does: 'refused', else: 'changed' },
  'audit_log.audit_log_time': {
    sees: setBack(
      `INSERT INTO audit_log (id, action, target_type, occurred_at) VALUES (gen_random_uuid(), 'back', 'test', ${A_MONTH_AGO})`,
      "(SELECT occurred_at FROM audit_log WHERE action = 'back')",
    ),
    does: 'now',
    else: 'back',
  },
  'audit_log.audit_log_no_truncate': { sees: untruncated('audit_log'), does: 'refused', else: 'emptied' },
  'groups.groups_added': { sees: adds(newGroup, 'groups'), does: 1, else: 0 },
  'groups.groups_maker': {
    async sees({ value }) {
      await value(copyOf('groups', { id: 'gen_random_uuid()', made_by: 'NULL' }));
      return value('SELECT count(*)::int FROM groups WHERE made_by IS NULL');
    },
    does: 0,
    else: 1,
  },
  'groups.groups_removed': { sees: adds('DELETE FROM groups', 'groups'), does: -1, else: 0 },
  'label_moves.label_moves_append_only': { sees: immutable('label_moves'), does: 'refused', else: 'changed' },
  'label_moves.label_moves_no_truncate': { sees: untruncated('label_moves'), does: 'refused', else: 'emptied' },
  'prompt_versions.prompt_versions_immutable': { sees: immutable('prompt_versions'), does: 'refused', else: 'changed' },
  'prompt_versions.prompt_versions_no_truncate': {
    sees: untruncated('prompt_versions'),
    does: 'refused',
    else: 'emptied',
  },
  'prompts.prompts_added': { sees: adds(newPrompt, 'prompts'), does: 1, else: 0 },
  'prompts.prompts_measure': { sees: adds(nextVersion, 'stored_bytes'), does: 'Poem{}More roses'.length, else: 0 },
  'prompts.prompts_new_category': {
    async sees({ value }) {
      await value(copyOf('prompts', { id: 'gen_random_uuid()', slug: "'new'", category: "'Café'" }));
      return value("SELECT category_key FROM prompts WHERE slug = 'new'");
    },
    does: 'café',
    else: null,
  },
  'prompts.prompts_new_trash_time': {
    sees: setBack(
      `INSERT INTO prompts SELECT (jsonb_populate_record(prompts, jsonb_build_object(
        'id', gen_random_uuid(), 'slug', 'back', 'deleted_at', ${A_MONTH_AGO}))).* FROM prompts WHERE slug = 'copy'`,
      "(SELECT max(deleted_at) FROM prompts WHERE trashed_slug = 'back')",
    ),
    does: 'now',
    else: 'back',
  },
  'prompts.prompts_new_trashed': {
    async sees({ value }) {
      await value('ALTER TABLE prompts DROP CONSTRAINT prompts_trashed_slug_check');
      await value(copyOf('prompts', { id: 'gen_random_uuid()', slug: "'new'", deleted_at: 'now()' }));
      return value("SELECT count(*)::int FROM prompts WHERE slug = 'new'");
    },
    does: 0,
    else: 1,
  },
  'prompts.prompts_other_category': {
    async sees({ value }) {
      await value(`UPDATE prompts SET category = 'Other' WHERE slug = 'copy'`);
      return value("SELECT category_key FROM prompts WHERE slug = 'copy'");
    },
    does: 'other',
    else: null,
  },
  'prompts.prompts_removed': {
    sees: adds(`DELETE FROM prompts WHERE slug = 'copy'`, 'prompts'),
    does: -1,
    else: 0,
  },
  'prompts.prompts_trash_time': {
    sees: setBack(
      `UPDATE prompts SET deleted_at = ${A_MONTH_AGO} WHERE slug = 'copy'`,
      "(SELECT deleted_at FROM prompts WHERE trashed_slug = 'copy')",
    ),
    does: 'now',
    else: 'back',
  },
  'prompts.prompts_trashed': {
    async sees({ value }) {
      await value('ALTER TABLE prompts DROP CONSTRAINT prompts_trashed_slug_check');
      await value(`UPDATE prompts SET deleted_at = now() WHERE slug = 'copy'`);
      return value("SELECT count(*)::int FROM prompts WHERE slug = 'copy'");
    },
    does: 0,
    else: 1,
  },
  'prompts.prompts_versioned': { sees: adds(nextVersion, 'versions'), does: 1, else: 0 },
  'prompts.prompts_words': {
    async sees({ value }) {
      await value(`UPDATE prompts SET title = 'Other' WHERE slug = 'copy'`);
      return value("SELECT search_title FROM prompts WHERE slug = 'copy'");
    },
    does: 'other',
    else: 'poem',
  },
  'tags.tags_new_name': {
    async sees({ value }) {
      await value(copyOf('tags', { name: "'Prose'", name_key: 'NULL' }));
      return value("SELECT name_key FROM tags WHERE name = 'Prose'");
    },
    does: 'prose',
    else: null,
  },
  'users.users_resources': {
    async sees({ value }) {
      await value(anotherUser);
      return value('SELECT count(*)::int FROM account_resources');
    },
    does: 4,
    else: 3,
  },
};

it('has a row for every trigger of the database, and no row without one', async () => {
  const names = await schema.list(`
    SELECT relname || '.' || tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE NOT tgisinternal AND ${OURS('pg_class')}`);
  expect(names).toEqual(Object.keys(triggers).sort());
});

it.each(Object.entries(triggers))('%s does what nothing else does', async (name, proof) => {
  const [table, trigger] = name.split('.');
  expect(await schema.tried([], proof.sees)).toEqual(proof.does);
  expect(await schema.tried([`DROP TRIGGER ${trigger} ON ${table}`], proof.sees)).toEqual(proof.else);
});

it('counts to what there is: a recount changes nothing', async () => {
  const held = `SELECT jsonb_agg(held ORDER BY user_id)::text FROM account_resources AS held`;
  await schema.tried([], async ({ value }) => {
    for (const statement of [newPrompt, newGroup, anotherUser, nextVersion, `DELETE FROM prompts WHERE slug = 'copy'`])
      await value(statement);
    const counted = await value(held);
    await value('SELECT public.recount_account(id) FROM users');
    expect(await value(held)).toBe(counted);
    expect(counted).not.toBe('null');
  });
});
