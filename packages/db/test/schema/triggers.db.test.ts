import { expect, it } from 'vitest';
import { ANN, BEN, COPY, GROUP, KEY, PROMPT } from './given-rows.ts';
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

/** Whether a time that the application sets is kept, or made `now`. The owner stands in for it. */
const setTime =
  (moved: 'back' | 'ahead', statement: string, read: string) =>
  async ({ value }: Trial): Promise<unknown> => {
    await value(`CREATE OR REPLACE FUNCTION public.is_of_application(of_table oid) RETURNS boolean
      LANGUAGE sql STABLE AS 'SELECT true'`);
    await value(statement);
    return value(`SELECT CASE WHEN abs(extract(epoch FROM ${read} - now())) > 86400 THEN '${moved}' ELSE 'now' END`);
  };
const setBack = (statement: string, read: string) => setTime('back', statement, read);
const setAhead = (table: string, column: string) => ({
  sees: setTime('ahead', `UPDATE ${table} SET ${column} = '9999-01-01'`, `(SELECT max(${column}) FROM ${table})`),
  does: 'now',
  else: 'ahead',
});
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

/** By how much a statement changes the count of a name of everybody's. */
const counts =
  (key: string, statement: string) =>
  async ({ value }: Trial): Promise<unknown> => {
    const read = `SELECT (SELECT coalesce(sum(prompts), 0) FROM name_counts WHERE ${key}) +
      (SELECT coalesce(sum(prompts), 0) FROM name_count_changes WHERE ${key})`;
    const ofEverybody = read.replaceAll('WHERE', "WHERE owner = '00000000-0000-0000-0000-000000000000' AND");
    const before = Number(await value(ofEverybody));
    await value(statement);
    return Number(await value(ofEverybody)) - before;
  };
const rose = "kind = 'category' AND key = 'rose'";
const verse = "kind = 'tag' AND key = 'verse'";
const otherVerse = "kind = 'tag' AND key = 'rose'";

const newPrompt = copyOf('prompts', { id: 'gen_random_uuid()', slug: "'new'" });
const newGroup = copyOf('groups', { id: 'gen_random_uuid()' });
const anotherUser = copyOf('users', { id: 'gen_random_uuid()', email: "'x@a.org'", handle: "'x'" });
const nextVersion = `UPDATE prompts SET version = 2, content = 'More roses' WHERE id = '${PROMPT}'`;

/** Whether a statement tells of just these topics, and another one of none: `reported`, or `silent`. */
const reports =
  (statement: string, topics: readonly string[], unsaid?: string) =>
  async ({ value }: Trial): Promise<unknown> => {
    const reported = `SELECT array_to_string(ARRAY(
      SELECT DISTINCT unnest(topics) FROM changes WHERE xid = pg_current_xact_id() ORDER BY 1), ' ')`;
    if (unsaid !== undefined) {
      await value(unsaid);
      expect(await value(reported), unsaid).toBe('');
    }
    await value(statement);
    const seen = await value(reported);
    if (seen === '') return 'silent';
    expect(seen).toBe([...topics].sort().join(' '));
    return 'reported';
  };

const [named, reach] = [(name: string) => `name:${ANN}/${name}`, (id: string) => `reach:${id}`];
const [prompt, group, user, key] = [`prompt:${PROMPT}`, `group:${GROUP}`, `user:${ANN}`, `key:${KEY}`];
const favorite = (id: string): string => `favorite:${BEN}/${id}`;
const SESSION = '01900000-0000-7000-8000-000000000005';
const session = `session:${SESSION}`;
const ofSession = `UPDATE sessions SET id = '${SESSION}'`;
const stays = "INSERT INTO prompt_includes (prompt_id, version, name) SELECT prompt_id, 1, 'none' FROM prompt_includes";

/** What the tables tell whose rows others may have remembered. */
const telling: ReadonlyArray<readonly [trigger: string, sees: (trial: Trial) => Promise<unknown>]> = [
  [
    'prompts.prompts_reports_insert',
    reports(copyOf('prompts', { id: `'${SESSION}'`, slug: "'new'" }), [`prompt:${SESSION}`, named('new')]),
  ],
  [
    'prompts.prompts_reports_update',
    reports(
      `UPDATE prompts SET slug = 'ode' WHERE id = '${PROMPT}'`,
      [prompt, named('poem'), named('ode')],
      // Told of as what is shown alone.
      `UPDATE prompts SET search_title = 'ode' WHERE id = '${PROMPT}'`,
    ),
  ],
  [
    'prompts.shown_prompts_reports_update',
    reports(
      `UPDATE prompts SET category = 'Verse', updated_at = now() WHERE id = '${PROMPT}'`,
      [`shown:${PROMPT}`],
      `UPDATE prompts SET search_title = 'ode' WHERE id = '${PROMPT}'`,
    ),
  ],
  ['tags.tags_reports_insert', reports(copyOf('tags', { name: "'Rose'", name_key: "'rose'" }), [`shown:${PROMPT}`])],
  [
    'tags.tags_reports_update',
    reports("UPDATE tags SET name = 'VERSE'", [`shown:${PROMPT}`], 'UPDATE tags SET is_public = NULL'),
  ],
  ['tags.tags_reports_delete', reports('DELETE FROM tags', [`shown:${PROMPT}`])],
  [
    'favorites.favorites_reports_insert',
    reports(`INSERT INTO favorites (user_id, prompt_id) VALUES ('${BEN}', '${COPY}')`, [`favorite:${BEN}/${COPY}`]),
  ],
  [
    'favorites.favorites_reports_update',
    reports(
      `UPDATE favorites SET prompt_id = '${COPY}'`,
      [favorite(PROMPT), favorite(COPY)],
      'UPDATE favorites SET created_at = now()',
    ),
  ],
  ['favorites.favorites_reports_delete', reports('DELETE FROM favorites', [favorite(PROMPT)])],
  [
    'prompts.prompts_reports_delete',
    reports(`DELETE FROM prompts WHERE id = '${COPY}'`, [`prompt:${COPY}`, named('copy')]),
  ],
  [
    'prompt_labels.prompt_labels_reports_insert',
    reports("INSERT INTO prompt_labels SELECT prompt_id, 'eu', version FROM prompt_labels", [prompt]),
  ],
  [
    'prompt_labels.prompt_labels_reports_update',
    reports('UPDATE prompt_labels SET version = 1', [prompt], 'UPDATE prompt_labels SET is_protected = true'),
  ],
  ['prompt_labels.prompt_labels_reports_delete', reports('DELETE FROM prompt_labels', [prompt])],
  ['prompt_includes.prompt_includes_reports_insert', reports(stays, [prompt])],
  [
    'prompt_includes.prompt_includes_reports_update',
    reports(
      `UPDATE prompt_includes SET included_prompt_id = '${PROMPT}'`,
      [prompt],
      'UPDATE prompt_includes SET included_prompt_id = NULL, included_version = NULL',
    ),
  ],
  [
    'prompt_aliases.prompt_aliases_reports_insert',
    reports("INSERT INTO prompt_aliases SELECT user_id, 'other', prompt_id, now() FROM prompt_aliases", [
      named('other'),
    ]),
  ],
  [
    'prompt_aliases.prompt_aliases_reports_update',
    reports(
      `UPDATE prompt_aliases SET prompt_id = '${COPY}'`,
      [named('pmpt_1')],
      "UPDATE prompt_aliases SET created_at = now() - interval '1 day'",
    ),
  ],
  ['prompt_aliases.prompt_aliases_reports_delete', reports('DELETE FROM prompt_aliases', [named('pmpt_1')])],
  [
    'group_prompts.group_prompts_reports_insert',
    reports(`INSERT INTO group_prompts SELECT group_id, '${COPY}', 1 FROM group_prompts`, [`prompt:${COPY}`, group]),
  ],
  [
    'group_prompts.group_prompts_reports_update',
    reports(
      `UPDATE group_prompts SET added_by = '${ANN}'`,
      [prompt, group],
      'UPDATE group_prompts SET created_at = now()',
    ),
  ],
  ['group_prompts.group_prompts_reports_delete', reports('DELETE FROM group_prompts', [prompt, group])],
  [
    'group_members.group_members_reports_insert',
    reports(`INSERT INTO group_members VALUES ('${GROUP}', '${ANN}', 'editor')`, [reach(ANN), group]),
  ],
  [
    'group_members.group_members_reports_update',
    reports("UPDATE group_members SET role = 'editor'", [reach(BEN), group]),
  ],
  ['group_members.group_members_reports_delete', reports('DELETE FROM group_members', [reach(BEN), group])],
  [
    'groups.groups_reports_update',
    reports(
      `UPDATE groups SET user_id = '${BEN}'`,
      [reach(ANN), reach(BEN), group],
      'UPDATE groups SET updated_at = now()',
    ),
  ],
  [
    'groups.groups_reports_delete',
    reports(
      `DELETE FROM groups WHERE id = '${SESSION}'`,
      [reach(ANN), `group:${SESSION}`],
      `INSERT INTO groups (id, name, user_id) VALUES ('${SESSION}', 'Readers', '${ANN}')`,
    ),
  ],
  [
    'groups.shown_groups_reports_update',
    reports(
      "UPDATE groups SET description = 'Verse'",
      [`shown:${GROUP}`],
      'UPDATE groups SET description = description, updated_at = now()',
    ),
  ],
  [
    'group_prompts.group_orders_reports_update',
    reports('UPDATE group_prompts SET position = 1', [`shown:${GROUP}`], 'UPDATE group_prompts SET created_at = now()'),
  ],
  [
    'users.users_reports_update',
    reports(
      `UPDATE users SET handle = 'anna' WHERE id = '${ANN}'`,
      [user],
      `UPDATE users SET preferences = '{"theme":"dark"}', updated_at = now() WHERE id = '${ANN}'`,
    ),
  ],
  [
    'users.users_reports_delete',
    reports("DELETE FROM users WHERE handle = 'eve'", ['user:01900000-0000-7000-8000-00000000000e']),
  ],
  [
    'sessions.sessions_reports_update',
    reports(
      "UPDATE sessions SET refresh_hash = sha256('two')",
      [session],
      `${ofSession}, last_used_at = now(), idle_expires_at = now() + interval '1 hour', absolute_expires_at = now() + interval '1 day'`,
    ),
  ],
  ['sessions.sessions_reports_delete', reports('DELETE FROM sessions', [session], ofSession)],
  [
    'api_keys.api_keys_reports_update',
    reports('UPDATE api_keys SET revoked_at = now()', [key], 'UPDATE api_keys SET last_used_at = now()'),
  ],
  ['api_keys.api_keys_reports_delete', reports('DELETE FROM api_keys', [key])],
];

/** What each trigger does: what is seen with it, and what without it. */
const triggers: Readonly<
  Record<string, { readonly sees: (trial: Trial) => Promise<unknown>; readonly does: unknown; readonly else: unknown }>
> = {
  'api_keys.api_keys_not_ahead': setAhead('api_keys', 'revoked_at'),
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
  'idempotency_keys.idempotency_keys_not_ahead': setAhead('idempotency_keys', 'created_at'),
  'label_moves.label_moves_append_only': { sees: immutable('label_moves'), does: 'refused', else: 'changed' },
  'label_moves.label_moves_no_truncate': { sees: untruncated('label_moves'), does: 'refused', else: 'emptied' },
  'prompt_versions.prompt_versions_immutable': { sees: immutable('prompt_versions'), does: 'refused', else: 'changed' },
  'prompt_versions.prompt_versions_no_truncate': {
    sees: untruncated('prompt_versions'),
    does: 'refused',
    else: 'emptied',
  },
  'prompts.categories_counted_delete': {
    async sees(trial) {
      await trial.value(`UPDATE prompts SET category = 'Rose', category_key = 'rose' WHERE slug = 'copy'`);
      return counts(rose, `DELETE FROM prompts WHERE slug = 'copy'`)(trial);
    },
    does: -1,
    else: 0,
  },
  'prompts.categories_counted_insert': {
    sees: counts(
      rose,
      copyOf('prompts', { id: 'gen_random_uuid()', slug: "'new'", category: "'Rose'", category_key: "'rose'" }),
    ),
    does: 1,
    else: 0,
  },
  'prompts.categories_counted_update': {
    sees: counts(rose, `UPDATE prompts SET category = 'Rose', category_key = 'rose' WHERE slug = 'copy'`),
    does: 1,
    else: 0,
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
  'prompts.prompts_new_place': {
    async sees({ value }) {
      await value(copyOf('prompts', { id: 'gen_random_uuid()', slug: "'new'" }));
      return value("SELECT count(*)::int FROM prompt_totals JOIN prompts ON id = prompt_id WHERE slug = 'new'");
    },
    does: 1,
    else: 0,
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
  'prompts.prompts_place': {
    async sees({ value }) {
      await value(`UPDATE tags SET is_public = NULL WHERE prompt_id = '${PROMPT}'`);
      await value(`UPDATE prompts SET visibility = 'public', updated_at = '2030-01-01Z' WHERE id = '${PROMPT}'`);
      return value(`SELECT concat_ws(' ', is_live, is_public, listed_at > now(),
        (SELECT is_public FROM prompt_totals WHERE prompt_id = '${PROMPT}'))
        FROM tags WHERE prompt_id = '${PROMPT}' AND name_key = 'verse'`);
    },
    does: 't t t t',
    else: 't f f',
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
      await value(`UPDATE prompts SET title = 'Ôther' WHERE slug = 'copy'`);
      return value("SELECT search_title FROM prompts WHERE slug = 'copy'");
    },
    does: 'other',
    else: 'poem',
  },
  'running_imports.running_imports_not_ahead': setAhead('running_imports', 'seen_at'),
  'tags.tags_counted_delete': { sees: counts(verse, 'DELETE FROM tags'), does: -1, else: 0 },
  'tags.tags_counted_insert': {
    sees: counts(otherVerse, copyOf('tags', { name: "'Rose'", name_key: "'rose'" })),
    does: 1,
    else: 0,
  },
  'tags.tags_counted_update': {
    sees: counts(otherVerse, `UPDATE tags SET name_key = 'rose' WHERE name_key = 'verse'`),
    does: 1,
    else: 0,
  },
  'tags.tags_place': {
    async sees({ value }) {
      await value(copyOf('tags', { name: "'Prose'", name_key: "'prose'", is_live: 'NULL', listed_at: 'NULL' }));
      return value("SELECT is_live FROM tags WHERE name = 'Prose'");
    },
    does: true,
    else: null,
  },
  'tags.tags_new_name': {
    async sees({ value }) {
      await value(copyOf('tags', { name: "'Prose'", name_key: 'NULL' }));
      return value("SELECT name_key FROM tags WHERE name = 'Prose'");
    },
    does: 'prose',
    else: null,
  },
  ...Object.fromEntries(telling.map(([name, sees]) => [name, { sees, does: 'reported', else: 'silent' }])),
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
