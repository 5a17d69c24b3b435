/** A column's values, in SQL: those that its check refuses, and those at its bounds that it takes. */
export interface CheckProof {
  readonly sets: string;
  readonly refuses: readonly string[];
  readonly takes: readonly string[];
}

const text = (length: number): string => `repeat('x', ${length})`;
const bytes = (length: number): string => `decode(repeat('00', ${length}), 'hex')`;
const quoted = (words: readonly string[]): string[] => words.map((word) => `'${word}'`);

/** From `least` to `most` characters. */
const characters = (column: string, least: number, most: number): CheckProof => ({
  sets: column,
  refuses: least === 0 ? [text(most + 1)] : [text(least - 1), text(most + 1)],
  takes: [text(least), text(most)],
});
const size = (column: string, least: number, most = least): CheckProof => ({
  sets: column,
  refuses: [bytes(least - 1), bytes(most + 1)],
  takes: [bytes(least), bytes(most)],
});
const atLeast = (column: string, least: number): CheckProof => ({
  sets: column,
  refuses: [String(least - 1)],
  takes: [String(least)],
});
const oneOf = (column: string, ...words: readonly string[]): CheckProof => ({
  sets: column,
  refuses: quoted(['other', '', String(words[0]).toUpperCase()]),
  takes: quoted(words),
});
const json = (column: string, kind: 'object' | 'array'): CheckProof => ({
  sets: column,
  refuses: quoted(['1', '"a"', 'null', kind === 'object' ? '[]' : '{}']),
  takes: quoted([kind === 'object' ? '{"a":1}' : '[1]']),
});

const labels: CheckProof = {
  sets: 'label',
  refuses: ["''", "'latest'", "'Production'", "'.a'", "'a/b'", "'a b'", "'ä'", text(37)],
  takes: ["'a'", "'0'", "'eu-1_v2.0'", "'latest2'", text(36)],
};

/** What each check of the database is there for, by its name. */
export const checks: Readonly<Record<string, CheckProof>> = {
  account_resources_quotas_check: json('quotas', 'object'),
  api_keys_calls_per_minute_check: {
    sets: 'calls_per_minute',
    refuses: ['0', '10001'],
    takes: ['1', '10000', 'NULL'],
  },
  api_keys_hint_check: characters('hint', 0, 32),
  api_keys_key_hash_check: size('key_hash', 32),
  api_keys_name_check: characters('name', 1, 100),
  api_keys_scopes_check: {
    sets: 'scopes',
    refuses: ["'{}'", "array_fill('prompts:read'::text, ARRAY[8])"],
    takes: ["array_fill('prompts:read'::text, ARRAY[7])"],
  },
  api_keys_scopes_check1: {
    sets: 'scopes',
    refuses: ["'{admin}'", "'{prompts:read,prompts:delete}'"],
    takes: ["'{prompts:read,prompts:write,labels:write}'", "'{groups:read,groups:write,usage:read,account:read}'"],
  },
  audit_log_action_check: characters('action', 1, 100),
  audit_log_changes_check: { sets: 'changes', refuses: ['0', '-1'], takes: ['1', '1000'] },
  audit_log_details_check: json('details', 'object'),
  audit_log_request_id_check: characters('request_id', 0, 100),
  audit_log_target_type_check: characters('target_type', 1, 50),
  auth_attempts_email_check: characters('email', 0, 254),
  auth_attempts_kind_check: oneOf(
    'kind',
    ...['register', 'login', 'refresh', 'forgot_password', 'reset_password', 'verify_email'],
    ...['change_password', 'second_factor'],
  ),
  auth_attempts_reason_check: characters('reason', 0, 100),
  auth_attempts_user_agent_check: characters('user_agent', 0, 512),
  counted_events_amount_check: atLeast('amount', 0),
  counted_events_detail_check: characters('detail', 0, 100),
  counted_events_kind_check: oneOf(
    'kind',
    ...['registered', 'signed_in', 'sign_in_failed', 'prompt_created', 'version_created', 'label_moved'],
    ...['used', 'job_failed', 'mail_sent', 'mail_failed', 'limit_refused'],
  ),
  daily_statistics_happened_check: json('happened', 'object'),
  daily_statistics_totals_check: json('totals', 'object'),
  email_tokens_email_check: characters('email', 0, 254),
  email_tokens_expires_at_check: {
    sets: '(purpose, expires_at)',
    refuses: [
      "('reset_password', created_at + interval '15 minutes 1 ms')",
      "('verify_email', created_at + interval '24 hours 1 ms')",
    ],
    takes: [
      "('reset_password', created_at + interval '15 minutes')",
      "('verify_email', created_at + interval '24 hours')",
    ],
  },
  email_tokens_purpose_check: oneOf('purpose', 'verify_email', 'reset_password'),
  email_tokens_token_hash_check: size('token_hash', 32),
  group_invitations_answer_check: {
    sets: '(answer, answered_at)',
    refuses: ["('other', now())", "('', now())", "('Accepted', now())"],
    takes: ["('accepted', now())", "('declined', now())"],
  },
  group_invitations_answered: {
    sets: '(answer, answered_at)',
    refuses: ["('accepted', NULL)", '(NULL, now())'],
    takes: ["('accepted', now())", '(NULL, NULL)'],
  },
  group_invitations_email_check: characters('email', 3, 254),
  group_invitations_expires_at_check: {
    sets: 'expires_at',
    refuses: ["created_at + interval '720 hours 1 ms'"],
    takes: ["created_at + interval '720 hours'"],
  },
  group_invitations_role_check: oneOf('role', 'viewer', 'editor'),
  group_members_role_check: oneOf('role', 'viewer', 'editor'),
  group_prompts_position_check: atLeast('position', 0),
  groups_description_check: characters('description', 0, 5_000),
  groups_name_check: characters('name', 1, 100),
  idempotency_keys_key_hash_check: size('key_hash', 32),
  idempotency_keys_sealed_answer_check: size('sealed_answer', 28, 4_194_304),
  label_moves_check: {
    sets: '(from_version, to_version)',
    refuses: ['(1, 1)', '(NULL, NULL)'],
    takes: ['(1, 2)', '(NULL, 1)', '(1, NULL)'],
  },
  label_moves_from_version_check: atLeast('from_version', 1),
  label_moves_label_check: labels,
  label_moves_number_check: atLeast('number', 1),
  label_moves_reason_check: characters('reason', 1, 500),
  label_moves_to_version_check: atLeast('to_version', 1),
  prompt_aliases_alias_check: {
    sets: 'alias',
    refuses: [...quoted(['', 'A', '-a', 'a b', '/a']), text(151)],
    takes: [...quoted(['pmpt_68b0', 'team/a-1']), text(150)],
  },
  prompt_includes_included_version_check: atLeast('included_version', 1),
  prompt_includes_label_check: characters('label', 1, 36),
  prompt_includes_name_check: characters('name', 1, 300),
  prompt_labels_check: {
    sets: '(version, is_protected)',
    refuses: ['(NULL, false)'],
    takes: ['(NULL, true)', '(1, false)', '(1, true)'],
  },
  prompt_labels_label_check: labels,
  prompt_signatures_check: {
    sets: '(inputs, fault)',
    refuses: ['(NULL, NULL)', "('{}', '{}')"],
    takes: ["('{}', NULL)", "(NULL, '{}')"],
  },
  prompt_signatures_conflicts_check: json('conflicts', 'array'),
  prompt_signatures_fault_check: {
    sets: '(inputs, fault)',
    refuses: ["(NULL, '1')", "(NULL, '[]')"],
    takes: ['(NULL, \'{"a":1}\')'],
  },
  prompt_signatures_included_check: characters('included', 0, 64),
  prompt_signatures_inputs_check: json('inputs', 'object'),
  prompt_signatures_language_check: atLeast('language', 1),
  prompt_totals_uses_check: atLeast('uses', 0),
  prompt_versions_change_note_check: characters('change_note', 1, 500),
  prompt_versions_content_hash_check: size('content_hash', 32),
  prompt_versions_output_schema_check: json('output_schema', 'object'),
  prompt_versions_version_check: atLeast('version', 1),
  prompts_category_check: characters('category', 1, 60),
  prompts_check: {
    sets: '(kind, messages)',
    refuses: ["('chat', NULL)", "('text', '[]')"],
    takes: ["('chat', '[]')", "('text', NULL)"],
  },
  prompts_config_check: json('config', 'object'),
  prompts_content_check: characters('content', 1, 400_000),
  prompts_content_hash_check: size('content_hash', 32),
  prompts_description_check: characters('description', 0, 5_000),
  prompts_input_schema_check: json('input_schema', 'object'),
  prompts_kind_check: { sets: '(kind, messages)', refuses: ["('image', NULL)"], takes: ["('chat', '[]')"] },
  prompts_messages_check: {
    sets: '(kind, messages)',
    refuses: ["('chat', '{}')", "('chat', '1')"],
    takes: ["('chat', '[]')"],
  },
  prompts_output_schema_check: json('output_schema', 'object'),
  prompts_origin_version_check: atLeast('origin_version', 1),
  prompts_slug_check: {
    sets: 'slug',
    refuses: ["''", "'A'", "'-a'", "'/a'", "'a/'", "'a//b'", "'a b'", "'ä'", text(151)],
    takes: ["'a'", "'0'", "'support/triage-2_b'"],
  },
  prompts_title_check: characters('title', 1, 200),
  prompts_trashed_slug_check: {
    sets: '(deleted_at, trashed_slug)',
    refuses: ['(now(), NULL)', "(NULL, 'a')"],
    takes: ["(now(), 'a')", '(NULL, NULL)'],
  },
  prompts_version_check: atLeast('version', 1),
  prompts_visibility_check: oneOf('visibility', 'private', 'public'),
  recovery_codes_sealed_hash_check: size('sealed_hash', 32, 256),
  sessions_absolute_expires_at_check: {
    sets: 'absolute_expires_at',
    refuses: ["created_at + interval '720 hours 1 ms'"],
    takes: ["created_at + interval '720 hours'"],
  },
  sessions_carrier_check: oneOf('carrier', 'token', 'cookie'),
  sessions_check: {
    sets: '(idle_expires_at, absolute_expires_at)',
    refuses: ["('2026-01-02', '2026-01-01')"],
    takes: ["('2026-01-01', '2026-01-01')"],
  },
  sessions_previous_refresh_hash_check: size('previous_refresh_hash', 32),
  sessions_refresh_hash_check: size('refresh_hash', 32),
  sessions_rotation_salt_check: size('rotation_salt', 32),
  sessions_secret_hash_check: size('secret_hash', 32),
  sessions_user_agent_check: characters('user_agent', 0, 512),
  tags_name_check: characters('name', 1, 50),
  usage_daily_consumer_check: characters('consumer', 1, 100),
  usage_daily_uses_check: atLeast('uses', 0),
  usage_daily_version_check: atLeast('version', 1),
  usage_events_consumer_check: characters('consumer', 1, 100),
  usage_events_kind_check: oneOf('kind', 'read', 'copy', 'render', 'resolve'),
  usage_events_version_check: atLeast('version', 1),
  user_passwords_hash_check: characters('hash', 0, 512),
  user_totp_check: {
    sets: '(confirmed_at, last_step)',
    refuses: ['(now(), NULL)', '(NULL, 1)'],
    takes: ['(now(), 1)', '(NULL, NULL)'],
  },
  user_totp_sealed_key_check: size('sealed_key', 32, 256),
  users_avatar_url_check: characters('avatar_url', 0, 2_048),
  users_email_check: characters('email', 3, 254),
  users_handle_check: {
    sets: 'handle',
    refuses: ["''", "'-a'", "'a-'", "'A'", "'a_b'", "'ä'", text(40)],
    takes: ["'a'", "'a-1'", text(39)],
  },
  users_name_check: characters('name', 1, 100),
  users_preferences_check: json('preferences', 'object'),
  users_role_check: oneOf('role', 'user', 'admin'),
  users_status_check: oneOf('status', 'active', 'suspended'),
  version_uses_consumer_check: characters('consumer', 1, 100),
  version_uses_uses_check: atLeast('uses', 0),
  version_uses_version_check: atLeast('version', 1),
};

/** The columns that may hold nothing; all others refuse it. */
export const nullable: Readonly<Record<string, readonly string[]>> = {
  api_keys: ['calls_per_minute', 'expires_at', 'group_id', 'last_used_at', 'revoked_at'],
  audit_log: ['actor_id', 'api_key_id', 'ip', 'request_id', 'target_id'],
  auth_attempts: ['email', 'ip', 'reason', 'user_agent', 'user_id'],
  daily_statistics: ['backup_made_at', 'backup_stored_at', 'happened'],
  group_invitations: ['answer', 'answered_at', 'invited_by'],
  idempotency_keys: ['user_id'],
  group_prompts: ['added_by'],
  groups: ['made_by'],
  label_moves: ['api_key_id', 'from_version', 'reason', 'release_id', 'to_version', 'undoes'],
  name_counts: ['folded'],
  prompt_includes: ['included_prompt_id', 'included_version', 'label'],
  prompt_labels: ['version'],
  prompt_signatures: ['fault', 'inputs'],
  prompt_totals: ['last_used_at'],
  prompt_versions: [
    ...[
      'change_note',
      'input_schema',
      'messages',
      'output_schema',
      'sent_config',
      'sent_input_schema',
      'sent_messages',
    ],
  ],
  prompts: [
    ...['category', 'category_key', 'deleted_at', 'input_schema', 'messages', 'origin_prompt_id', 'origin_version'],
    ...[
      'output_schema',
      'output_version',
      'search_title',
      'search_title_vector',
      'search_vector',
      'sent_config',
      'sent_input_schema',
    ],
    ...['sent_messages', 'sent_version', 'stored_bytes', 'trashed_slug'],
  ],
  sessions: ['ip', 'previous_refresh_hash', 'rotated_at', 'rotation_salt', 'second_factor_at', 'user_agent'],
  tags: ['is_live', 'is_public', 'listed_at', 'name_key', 'user_id'],
  usage_events: ['api_key_id', 'user_id'],
  user_totp: ['confirmed_at', 'last_step'],
  users: ['avatar_url', 'deleted_at', 'email_verified_at'],
};

/** What a column holds where nothing is said, as SQL shows it; of times how long after now. All others have to be said. */
export const defaults: Readonly<Record<string, string>> = {
  'account_resources.groups': '0',
  'account_resources.prompts': '0',
  'account_resources.quotas': '{}',
  'account_resources.stored_bytes': '0',
  'account_resources.versions': '0',
  'api_keys.created_at': '0 hours',
  'audit_log.changes': '1',
  'audit_log.details': '{}',
  'audit_log.occurred_at': '0 hours',
  'changes.written_at': '0 hours',
  'changes.xid': 'this transaction',
  'favorites.created_at': '0 hours',
  'group_invitations.created_at': '0 hours',
  'group_invitations.expires_at': '720 hours',
  'group_members.created_at': '0 hours',
  'group_prompts.created_at': '0 hours',
  'groups.created_at': '0 hours',
  'groups.description': '',
  'groups.updated_at': '0 hours',
  'label_moves.is_breaking': 'false',
  'prompt_labels.is_protected': 'false',
  'prompt_signatures.conflicts': '[]',
  'prompt_signatures.included': '',
  'prompt_totals.is_public': 'false',
  'prompt_totals.uses': '0',
  'prompt_versions.created_at': '0 hours',
  'prompts.config': '{}',
  'prompts.created_at': '0 hours',
  'prompts.description': '',
  'prompts.is_template': 'false',
  'prompts.kind': 'text',
  'prompts.updated_at': '0 hours',
  'prompts.version': '1',
  'prompts.visibility': 'private',
  'user_passwords.changed_at': '0 hours',
  'users.created_at': '0 hours',
  'users.preferences': '{}',
  'users.role': 'user',
  'users.security_stamp': '0',
  'users.status': 'active',
  'users.updated_at': '0 hours',
};

/** Texts that are compared by their bytes, whatever language the database sorts by. */
export const bytewise: readonly string[] = [
  'counted_events.detail',
  'counted_events.kind',
  'label_moves.label',
  'prompt_aliases.alias',
  'prompt_includes.label',
  'prompt_includes.name',
  'prompt_labels.label',
  'version_uses.consumer',
];

/** Documents that are kept as they were sent, with the order of their members: jsonb has one of its own. */
export const asSent: readonly string[] = [
  'prompt_signatures.conflicts',
  'prompt_signatures.fault',
  'prompt_signatures.inputs',
  'prompt_versions.output_schema',
  'prompt_versions.sent_config',
  'prompt_versions.sent_input_schema',
  'prompt_versions.sent_messages',
  'prompts.output_schema',
  'prompts.sent_config',
  'prompts.sent_input_schema',
  'prompts.sent_messages',
];
