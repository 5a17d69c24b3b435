import { describe, expect, it } from 'vitest';
import { COPY } from './given-rows.ts';
import { copyOf, givenSchema, OURS } from './schema-proofs.ts';

const schema = await givenSchema();
const constraints = (kinds: string): string => `
  SELECT conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
  WHERE contype IN (${kinds}) AND ${OURS('pg_class')}`;

/** Keys that are no constraints, as one is that was made beside writes. */
const UNIQUE_INDEXES = `
  SELECT pg_class.relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
  WHERE indisunique AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid) AND ${OURS('pg_class')}`;

const anew = 'gen_random_uuid()';
const anotherHash = "sha256('another')";

/** What a row may have in common with another one and what not: each key, and the columns that make the rest another. */
const keys: Readonly<Record<string, readonly [table: string, differs: Readonly<Record<string, string>>]>> = {
  account_resources_pkey: ['account_resources', {}],
  api_keys_key_hash_key: ['api_keys', { id: anew }],
  api_keys_pkey: ['api_keys', { key_hash: anotherHash }],
  audit_log_pkey: ['audit_log', {}],
  auth_attempts_pkey: ['auth_attempts', {}],
  changes_pkey: ['changes', {}],
  counted_events_pkey: ['counted_events', {}],
  daily_statistics_pkey: ['daily_statistics', {}],
  email_tokens_pkey: ['email_tokens', { token_hash: anotherHash }],
  email_tokens_token_hash_key: ['email_tokens', { id: anew }],
  favorites_pkey: ['favorites', {}],
  group_invitations_group_id_email_key: ['group_invitations', { id: anew }],
  group_invitations_pkey: ['group_invitations', { email: "'another@a.org'" }],
  group_members_pkey: ['group_members', {}],
  group_prompts_group_id_position_key: ['group_prompts', { prompt_id: `'${COPY}'` }],
  group_prompts_pkey: ['group_prompts', { position: '1' }],
  groups_pkey: ['groups', {}],
  idempotency_keys_pkey: ['idempotency_keys', {}],
  label_moves_pkey: ['label_moves', { number: '2', undoes: anew }],
  label_moves_prompt_id_number_key: ['label_moves', { id: anew, undoes: anew }],
  label_moves_undone: ['label_moves', { id: anew, number: '2' }],
  name_count_changes_pkey: ['name_count_changes', {}],
  name_counts_pkey: ['name_counts', {}],
  prompt_aliases_pkey: ['prompt_aliases', {}],
  prompt_includes_pkey: ['prompt_includes', {}],
  prompt_labels_pkey: ['prompt_labels', {}],
  prompt_signatures_pkey: ['prompt_signatures', {}],
  prompt_totals_pkey: ['prompt_totals', {}],
  prompt_versions_pkey: ['prompt_versions', {}],
  prompt_words_pkey: ['prompt_words', {}],
  prompts_pkey: ['prompts', { slug: "'another'" }],
  prompts_user_id_slug_key: ['prompts', { id: anew }],
  recovery_codes_pkey: ['recovery_codes', {}],
  running_imports_pkey: ['running_imports', {}],
  sessions_pkey: ['sessions', { secret_hash: anotherHash }],
  sessions_secret_hash_key: ['sessions', { id: anew }],
  tags_pkey: ['tags', { name_key: "'another'" }],
  tags_prompt_name_key: ['tags', { name: "'another'" }],
  usage_daily_pkey: ['usage_daily', {}],
  usage_events_pkey: ['usage_events', {}],
  user_passwords_pkey: ['user_passwords', {}],
  user_totp_pkey: ['user_totp', {}],
  users_email_key: ['users', { id: anew, handle: "'another'" }],
  users_handle_key: ['users', { id: anew, email: "'another@a.org'" }],
  users_pkey: ['users', { email: "'another@a.org'", handle: "'another'" }],
  version_uses_pkey: ['version_uses', {}],
};

describe('a key', () => {
  it('has a row here, each of the database', async () => {
    const names = [...(await schema.list(constraints("'p', 'u'"))), ...(await schema.list(UNIQUE_INDEXES))];
    expect(names.sort()).toEqual(Object.keys(keys).sort());
  });

  it.each(Object.entries(keys))('%s refuses a second row, and nothing else does', async (name, [table, differs]) => {
    const alone = [`ALTER TABLE ${table} DISABLE TRIGGER USER`];
    const again = copyOf(table, differs);
    const outcome = await schema.tried(alone, ({ run }) => run(again));
    // A row of a partition is refused by the partition's own key.
    expect(outcome).toEqual({
      refusedBy: table === 'usage_events' ? expect.stringMatching(/^usage_events_\d{6}_pkey$/) : name,
    });
    const isIndex = (await schema.list(UNIQUE_INDEXES)).includes(name);
    const drop = isIndex ? `DROP INDEX ${name}` : `ALTER TABLE ${table} DROP CONSTRAINT ${name} CASCADE`;
    expect(await schema.tried([...alone, drop], ({ run }) => run(again))).not.toHaveProperty('refusedBy');
  });

  it('of a place in a group is looked at when the transaction ends, so that two can change places', async () => {
    const swap = `
      INSERT INTO group_prompts (group_id, prompt_id, position) SELECT group_id, '${COPY}', 1 FROM group_prompts;
      UPDATE group_prompts SET position = 1 WHERE position = 0;
      UPDATE group_prompts SET position = 0 WHERE prompt_id = '${COPY}'`;
    expect(await schema.tried([], ({ run }) => run(swap))).not.toHaveProperty('refusedBy');
  });
});

/** Each reference: what becomes of its row when what it refers to is deleted. */
const references: Readonly<
  Record<string, readonly [table: string, column: string, then: 'goes too' | 'becomes null' | 'keeps it']>
> = {
  account_resources_user_id_fkey: ['account_resources', 'user_id', 'goes too'],
  api_keys_group_id_fkey: ['api_keys', 'group_id', 'goes too'],
  api_keys_user_id_fkey: ['api_keys', 'user_id', 'goes too'],
  auth_attempts_user_id_fkey: ['auth_attempts', 'user_id', 'becomes null'],
  email_tokens_user_id_fkey: ['email_tokens', 'user_id', 'goes too'],
  favorites_prompt_id_fkey: ['favorites', 'prompt_id', 'goes too'],
  favorites_user_id_fkey: ['favorites', 'user_id', 'goes too'],
  group_invitations_group_id_fkey: ['group_invitations', 'group_id', 'goes too'],
  group_invitations_invited_by_fkey: ['group_invitations', 'invited_by', 'becomes null'],
  idempotency_keys_user_id_fkey: ['idempotency_keys', 'user_id', 'goes too'],
  group_members_group_id_fkey: ['group_members', 'group_id', 'goes too'],
  group_members_user_id_fkey: ['group_members', 'user_id', 'goes too'],
  group_prompts_added_by_fkey: ['group_prompts', 'added_by', 'becomes null'],
  group_prompts_group_id_fkey: ['group_prompts', 'group_id', 'goes too'],
  group_prompts_prompt_id_fkey: ['group_prompts', 'prompt_id', 'goes too'],
  groups_user_id_fkey: ['groups', 'user_id', 'keeps it'],
  label_moves_moved_by_fkey: ['label_moves', 'moved_by', 'keeps it'],
  label_moves_prompt_id_fkey: ['label_moves', 'prompt_id', 'goes too'],
  prompt_aliases_prompt_id_fkey: ['prompt_aliases', 'prompt_id', 'goes too'],
  prompt_aliases_user_id_fkey: ['prompt_aliases', 'user_id', 'goes too'],
  prompt_includes_included_prompt_id_fkey: ['prompt_includes', 'included_prompt_id', 'becomes null'],
  prompt_includes_prompt_id_version_fkey: ['prompt_includes', 'prompt_id', 'goes too'],
  prompt_labels_prompt_id_fkey: ['prompt_labels', 'prompt_id', 'goes too'],
  prompt_labels_prompt_id_version_fkey: ['prompt_labels', 'prompt_id', 'goes too'],
  prompt_signatures_prompt_id_version_fkey: ['prompt_signatures', 'prompt_id', 'goes too'],
  prompt_totals_prompt_id_fkey: ['prompt_totals', 'prompt_id', 'goes too'],
  prompt_words_prompt_id_fkey: ['prompt_words', 'prompt_id', 'goes too'],
  prompt_versions_author_id_fkey: ['prompt_versions', 'author_id', 'keeps it'],
  prompt_versions_prompt_id_fkey: ['prompt_versions', 'prompt_id', 'goes too'],
  prompts_origin_prompt_id_fkey: ['prompts', 'origin_prompt_id', 'becomes null'],
  prompts_user_id_fkey: ['prompts', 'user_id', 'keeps it'],
  recovery_codes_user_id_fkey: ['recovery_codes', 'user_id', 'goes too'],
  running_imports_user_id_fkey: ['running_imports', 'user_id', 'goes too'],
  sessions_user_id_fkey: ['sessions', 'user_id', 'goes too'],
  tags_prompt_id_fkey: ['tags', 'prompt_id', 'goes too'],
  usage_daily_prompt_id_fkey: ['usage_daily', 'prompt_id', 'goes too'],
  usage_events_prompt_id_fkey: ['usage_events', 'prompt_id', 'goes too'],
  usage_events_user_id_fkey: ['usage_events', 'user_id', 'becomes null'],
  user_passwords_user_id_fkey: ['user_passwords', 'user_id', 'goes too'],
  user_totp_user_id_fkey: ['user_totp', 'user_id', 'goes too'],
  version_uses_prompt_id_fkey: ['version_uses', 'prompt_id', 'goes too'],
};
const REFERENCES = constraints("'f'");

describe('a reference', () => {
  it('has a row here, each of the database', async () => {
    expect(await schema.list(REFERENCES)).toEqual(Object.keys(references).sort());
  });

  it.each(Object.entries(references))(
    '%s leads to what there is, and knows its end',
    async (name, [table, column, then]) => {
      const [target = '', key = ''] = await schema.list(`
      SELECT unnest(ARRAY['0' || confrelid::regclass, '1' || attname]) FROM pg_constraint
      JOIN pg_attribute ON attrelid = confrelid AND attnum = confkey[1] WHERE conname = '${name}' AND conparentid = 0`);
      const alone = await schema.list(`
        SELECT DISTINCT 'ALTER TABLE ' || relname || ' DISABLE TRIGGER USER' FROM pg_class
        WHERE relkind IN ('r', 'p') AND ${OURS('pg_class')}
        UNION ALL SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)
        FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
        WHERE contype = 'f' AND conname <> '${name}' AND ${OURS('pg_class')}`);
      const without = [...alone, `ALTER TABLE ${table} DROP CONSTRAINT ${name}`];
      const astray = `UPDATE ${table} SET ${column} = '01900000-0000-7000-8000-0000000000ff'
      WHERE ctid = (SELECT min(ctid) FROM ${table} WHERE ${column} IS NOT NULL)`;
      const remove = `DELETE FROM ${target.slice(1)} WHERE ${key.slice(1)} IN (SELECT ${column} FROM ${table})`;
      const left = async (statements: readonly string[]): Promise<unknown> =>
        schema.tried(statements, async ({ run, value }) => {
          const outcome = await run(remove);
          if ('refusedBy' in outcome) return outcome.refusedBy === name ? 'keeps it' : outcome.refusedBy;
          const rows = `SELECT count(*)::int FROM ${table}`;
          const before = Number(await value(rows));
          const removed = Number(await value(`WITH gone AS (${remove} RETURNING 1) SELECT count(*)::int FROM gone`));
          const own = table === target.slice(1) ? removed : 0;
          if (Number(await value(rows)) < before - own) return 'goes too';
          return Number(await value(`${rows} WHERE ${column} IS NOT NULL`)) === 0 ? 'becomes null' : 'leads nowhere';
        });
      expect(await schema.tried(alone, ({ run }) => run(astray))).toEqual({ refusedBy: name });
      expect(await schema.tried(without, ({ run }) => run(astray))).toEqual({ touched: 1 });
      expect(await left(alone)).toBe(then);
      expect(await left(without)).toBe('leads nowhere');
    },
  );
});
