import { expect, it } from 'vitest';
import { givenSchema, OURS } from './schema-proofs.ts';

const schema = await givenSchema();
const nobody = "'01900000-0000-7000-8000-0000000000ff'";
const everybody = "'00000000-0000-0000-0000-000000000000'";
const newest = (time: string): string => `ORDER BY ${time} DESC, id DESC LIMIT 21`;
const living = 'deleted_at IS NULL';
const open = `visibility = 'public' AND ${living}`;
const tagged = "name_key = 'a' ORDER BY listed_at DESC, prompt_id DESC LIMIT 21";

/** What each index that is no key finds, in its order: the look-up of a list, or of what refers to a row that is deleted. */
const lookUps: Readonly<Record<string, string>> = {
  api_keys_group: `api_keys WHERE group_id = ${nobody}`,
  api_keys_live: `api_keys WHERE user_id = ${nobody} AND revoked_at IS NULL ${newest('created_at')}`,
  api_keys_revoked: `api_keys WHERE user_id = ${nobody} AND revoked_at IS NOT NULL ORDER BY revoked_at DESC LIMIT 21`,
  api_keys_user: `api_keys WHERE user_id = ${nobody} ${newest('created_at')}`,
  audit_log_action: `audit_log WHERE action = 'a' ${newest('occurred_at')}`,
  audit_log_actor: `audit_log WHERE actor_id = ${nobody} ${newest('occurred_at')}`,
  audit_log_target: `audit_log WHERE target_id = ${nobody} ${newest('occurred_at')}`,
  audit_log_time: `audit_log ${newest('occurred_at')}`,
  auth_attempts_email: `auth_attempts WHERE email = 'a' ${newest('occurred_at')}`,
  auth_attempts_kind: `auth_attempts WHERE kind = 'login' ${newest('occurred_at')}`,
  auth_attempts_time: `auth_attempts ${newest('occurred_at')}`,
  auth_attempts_user: `auth_attempts WHERE user_id = ${nobody} ${newest('occurred_at')}`,
  email_tokens_expiry: 'email_tokens WHERE expires_at < now()',
  email_tokens_user: `email_tokens WHERE user_id = ${nobody} AND purpose = 'verify_email'`,
  favorites_prompt: `favorites WHERE prompt_id = ${nobody}`,
  favorites_recent: `favorites WHERE user_id = ${nobody} ORDER BY created_at DESC, prompt_id DESC LIMIT 21`,
  group_invitations_by: `group_invitations WHERE invited_by = ${nobody}`,
  group_invitations_email: "group_invitations WHERE email = 'a'",
  group_invitations_end: 'group_invitations WHERE expires_at < now()',
  group_invitations_open: `group_invitations WHERE email = 'a' AND answer IS NULL ${newest('created_at')}`,
  group_invitations_recent: `group_invitations WHERE group_id = ${nobody} ${newest('created_at')}`,
  group_members_user: `group_members WHERE user_id = ${nobody}`,
  group_prompts_added_by: `group_prompts WHERE added_by = ${nobody}`,
  group_prompts_prompt: `group_prompts WHERE prompt_id = ${nobody} AND added_by = ${nobody}`,
  group_prompts_given: `group_prompts WHERE group_id = ${nobody} AND added_by = ${nobody} ORDER BY prompt_id`,
  groups_made_by: `groups WHERE made_by = ${nobody}`,
  groups_owner: `groups WHERE user_id = ${nobody} ${newest('updated_at')}`,
  groups_unmarked: 'groups WHERE made_by IS NULL ORDER BY id LIMIT 200',
  groups_updated: `groups ${newest('updated_at')}`,
  idempotency_keys_user: `idempotency_keys WHERE user_id = ${nobody} ORDER BY created_at DESC LIMIT 21`,
  idempotency_keys_time: 'idempotency_keys WHERE created_at < now()',
  label_moves_label: `label_moves WHERE prompt_id = ${nobody} AND label = 'a' ORDER BY number DESC LIMIT 21`,
  label_moves_moved: 'label_moves WHERE moved_at >= now()',
  label_moves_mover: `label_moves WHERE moved_by = ${nobody} AND release_id IS NOT NULL ORDER BY release_id DESC LIMIT 21`,
  label_moves_release: `label_moves WHERE release_id = ${nobody}`,
  name_count_changes_name: `name_count_changes WHERE owner = ${nobody} AND kind = 'tag' AND key = 'a'`,
  name_counts_folded: "name_counts WHERE folded LIKE '%rose%'",
  name_counts_none: 'name_counts WHERE prompts = 0',
  name_counts_public: `name_counts WHERE owner = ${everybody} AND public > 0 AND kind = 'tag' ORDER BY key LIMIT 21`,
  prompt_aliases_prompt: `prompt_aliases WHERE prompt_id = ${nobody}`,
  prompt_includes_included: `prompt_includes WHERE included_prompt_id = ${nobody}`,
  prompt_totals_public: 'prompt_totals WHERE is_public ORDER BY uses DESC, prompt_id DESC LIMIT 21',
  prompt_totals_uses: 'prompt_totals ORDER BY uses DESC, prompt_id DESC LIMIT 21',
  prompt_versions_author: `prompt_versions WHERE author_id = ${nobody}`,
  prompt_versions_created: 'prompt_versions WHERE created_at >= now()',
  prompt_words_names: "prompt_words WHERE names @@ 'rose'::tsquery",
  prompt_words_texts: "prompt_words WHERE texts @@ 'rose'::tsquery",
  prompts_category: `prompts WHERE category = 'a' AND ${living} ${newest('updated_at')}`,
  prompts_category_key: `prompts WHERE category_key = 'a' AND ${living} ${newest('updated_at')}`,
  prompts_category_oldest: `prompts WHERE category_key = 'a' AND visibility = 'public' AND ${living} ORDER BY id LIMIT 1`,
  prompts_content: `prompts WHERE user_id = ${nobody} AND content_hash = ''`,
  prompts_created: `prompts WHERE ${living} ${newest('created_at')}`,
  prompts_listed: `prompts WHERE (user_id, id) >= (${nobody}, ${nobody}) AND user_id = ${nobody} AND ${living} ORDER BY id`,
  prompts_origin: `prompts WHERE origin_prompt_id = ${nobody}`,
  prompts_own_category_key: `prompts WHERE user_id = ${nobody} AND category_key = 'a' ORDER BY id`,
  prompts_own_trash: `prompts WHERE user_id = ${nobody} AND deleted_at IS NOT NULL ORDER BY deleted_at LIMIT 200`,
  prompts_owner_updated: `prompts WHERE user_id = ${nobody} AND ${living} ${newest('updated_at')}`,
  prompts_public: `prompts WHERE ${open} ${newest('updated_at')}`,
  prompts_public_category: `prompts WHERE category_key = 'a' AND ${open} ${newest('updated_at')}`,
  prompts_public_created: `prompts WHERE ${open} ${newest('created_at')}`,
  prompts_public_templates: `prompts WHERE is_template AND ${open} ${newest('updated_at')}`,
  prompts_public_title: `prompts WHERE ${open} ORDER BY search_title, id LIMIT 21`,
  prompts_search: "prompts WHERE search_vector @@ 'rose'::tsquery",
  prompts_search_title: "prompts WHERE search_title % 'rose'",
  prompts_search_title_words: "prompts WHERE search_title_vector @@ 'rose'::tsquery",
  prompts_templates: `prompts WHERE is_template AND ${living} ${newest('updated_at')}`,
  prompts_title: `prompts WHERE ${living} ORDER BY search_title, id LIMIT 21`,
  prompts_trash: 'prompts WHERE deleted_at < now()',
  prompts_trashed_slug: `prompts WHERE user_id = ${nobody} AND trashed_slug = 'a' AND deleted_at IS NOT NULL`,
  prompts_unmeasured: 'prompts WHERE stored_bytes IS NULL ORDER BY id LIMIT 200',
  prompts_updated: `prompts WHERE ${living} ${newest('updated_at')}`,
  recovery_codes_user: `recovery_codes WHERE user_id = ${nobody}`,
  running_imports_user: `running_imports WHERE user_id = ${nobody} AND seen_at > now()`,
  sessions_expiry: 'sessions WHERE idle_expires_at < now()',
  sessions_user: `sessions WHERE user_id = ${nobody} ORDER BY created_at DESC, id LIMIT 21`,
  tags_listed: `tags WHERE is_live AND (user_id, prompt_id) >= (${nobody}, ${nobody}) AND user_id = ${nobody} ORDER BY prompt_id`,
  tags_live: `tags WHERE is_live AND ${tagged}`,
  tags_name: "tags WHERE name = 'a'",
  usage_daily_day: "usage_daily WHERE day < '2020-01-01'",
  tags_name_key: "tags WHERE name_key = 'a' ORDER BY prompt_id LIMIT 21",
  tags_oldest: "tags WHERE name_key = 'a' AND is_public = true AND is_live ORDER BY prompt_id LIMIT 1",
  tags_own_name_key: `tags WHERE user_id = ${nobody} AND name_key = 'a' ORDER BY prompt_id LIMIT 21`,
  tags_public: `tags WHERE is_public AND ${tagged}`,
  usage_events_prompt: `usage_events WHERE prompt_id = ${nobody} ORDER BY occurred_at DESC LIMIT 21`,
  usage_events_user: `usage_events WHERE user_id = ${nobody} ${newest('occurred_at')}`,
  version_uses_last: 'version_uses WHERE last_used_at < now()',
  users_admins: "users WHERE role = 'admin'",
  users_created: 'users ORDER BY created_at, id LIMIT 21',
};

const indexes = (where: string): string => `
  SELECT pg_class.relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
  WHERE NOT indisunique AND ${where} AND ${OURS('pg_class')}`;

it('has a row for every index that is no key, and no row without one', async () => {
  expect(await schema.list(indexes('true'))).toEqual(Object.keys(lookUps).sort());
});

// With so few rows as there are here PostgreSQL would read them all, or take any index: what is asked is which way one gives.
const byIndex = ['enable_seqscan', 'enable_sort', 'enable_incremental_sort'].map((way) => `SET LOCAL ${way} = off`);

const cost = (plan: string): number => Number(/cost=[\d.]+\.\.([\d.]+)/.exec(plan)?.[1]);
/** A plan reads rows that are not asked for, or sorts. */
const WASTE = /Seq Scan|(?:^|-> +)(?:Incremental )?Sort +\(|Filter:/m;

it.each(Object.entries(lookUps))('%s finds its rows in their order, which no key does as well', async (name, rows) => {
  const query = `SELECT * FROM ${rows}`;
  const ofSame = `indrelid = (SELECT indrelid FROM pg_index WHERE indexrelid = '${name}'::regclass)`;
  const others = (await schema.list(indexes(ofSame))).filter((other) => other !== name);
  const alone = [...byIndex, ...others.map((other) => `DROP INDEX ${other}`)];
  // A partition's own index has a name made of its columns.
  const used = name.startsWith('usage_events') ? /usage_events_\w+_idx/ : new RegExp(`\\b${name}\\b`);
  const plan = await schema.tried(alone, (trial) => trial.plan(query));
  expect(plan).toMatch(used);
  expect(plan).not.toMatch(WASTE);
  const without = await schema.tried([...alone, `DROP INDEX ${name}`], (trial) => trial.plan(query));
  expect(WASTE.test(without) || cost(without) > cost(plan), without).toBe(true);
});
