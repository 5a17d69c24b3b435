import type pg from 'pg';

// One valid row in each table, which the tests of the schema change until the schema refuses it.

export const ANN = '01900000-0000-7000-8000-00000000000a';
export const BEN = '01900000-0000-7000-8000-00000000000b';
/** Who has nothing. */
export const EVE = '01900000-0000-7000-8000-00000000000e';
export const PROMPT = '01900000-0000-7000-8000-000000000001';
/** Made from the other one. */
export const COPY = '01900000-0000-7000-8000-000000000002';
export const GROUP = '01900000-0000-7000-8000-000000000003';
export const KEY = '01900000-0000-7000-8000-000000000004';
const HASH = "sha256('one')";

/** Values of the columns that need one, in SQL. */
const rows: ReadonlyArray<readonly [table: string, row: Readonly<Record<string, string>>]> = [
  ...[
    [ANN, 'ann'],
    [BEN, 'ben'],
    [EVE, 'eve'],
  ].map(
    ([id, name]) =>
      ['users', { id: `'${id}'`, email: `'${name}@a.org'`, name: `'${name}'`, handle: `'${name}'` }] as const,
  ),
  ['user_passwords', { user_id: `'${ANN}'`, hash: "'$argon2id'" }],
  [
    'sessions',
    {
      id: 'gen_random_uuid()',
      user_id: `'${ANN}'`,
      secret_hash: HASH,
      refresh_hash: HASH,
      previous_refresh_hash: HASH,
      rotation_salt: HASH,
      user_agent: "'curl'",
      carrier: "'token'",
      created_at: 'now()',
      last_used_at: 'now()',
      idle_expires_at: 'now()',
      absolute_expires_at: 'now()',
    },
  ],
  [
    'email_tokens',
    {
      id: 'gen_random_uuid()',
      user_id: `'${ANN}'`,
      purpose: "'verify_email'",
      email: "'ann@a.org'",
      token_hash: HASH,
      created_at: 'now()',
      expires_at: 'now()',
    },
  ],
  [
    'auth_attempts',
    { id: 'gen_random_uuid()', kind: "'login'", succeeded: 'true', user_id: `'${ANN}'`, occurred_at: 'now()' },
  ],
  ...[
    [PROMPT, 'poem', 'NULL'],
    [COPY, 'copy', `'${PROMPT}'`],
  ].map(
    ([id, slug, origin]) =>
      [
        'prompts',
        {
          id: `'${id}'`,
          user_id: `'${ANN}'`,
          slug: `'${slug}'`,
          title: "'Poem'",
          content: "'Roses'",
          content_hash: HASH,
          origin_prompt_id: String(origin),
        },
      ] as const,
  ),
  ...['1', '2'].map(
    (version) =>
      [
        'prompt_versions',
        {
          prompt_id: `'${PROMPT}'`,
          version,
          title: "'Poem'",
          description: "''",
          content: "'Roses'",
          config: "'{}'",
          content_hash: HASH,
          author_id: `'${BEN}'`,
        },
      ] as const,
  ),
  ['prompt_aliases', { user_id: `'${ANN}'`, alias: "'pmpt_1'", prompt_id: `'${PROMPT}'`, created_at: 'now()' }],
  ['prompt_labels', { prompt_id: `'${PROMPT}'`, label: "'production'", version: '2' }],
  [
    'prompt_includes',
    { prompt_id: `'${PROMPT}'`, version: '2', name: "'copy'", included_prompt_id: `'${COPY}'`, included_version: '1' },
  ],
  ['prompt_signatures', { prompt_id: `'${PROMPT}'`, version: '2', language: '1', inputs: `'{"type":"object"}'` }],
  [
    'label_moves',
    {
      id: 'gen_random_uuid()',
      prompt_id: `'${PROMPT}'`,
      number: '1',
      label: "'production'",
      to_version: '2',
      moved_by: `'${BEN}'`,
      undoes: 'gen_random_uuid()',
      release_id: 'gen_random_uuid()',
      moved_at: 'now()',
    },
  ],
  ['tags', { prompt_id: `'${PROMPT}'`, name: "'verse'", name_key: "'verse'" }],
  ['favorites', { user_id: `'${BEN}'`, prompt_id: `'${PROMPT}'` }],
  ['groups', { id: `'${GROUP}'`, name: "'Poets'", user_id: `'${ANN}'` }],
  ['group_prompts', { group_id: `'${GROUP}'`, prompt_id: `'${PROMPT}'`, position: '0', added_by: `'${BEN}'` }],
  ['group_members', { group_id: `'${GROUP}'`, user_id: `'${BEN}'`, role: "'viewer'" }],
  [
    'group_invitations',
    { id: 'gen_random_uuid()', group_id: `'${GROUP}'`, email: "'joe@a.org'", role: "'viewer'", invited_by: `'${BEN}'` },
  ],
  [
    'api_keys',
    {
      id: `'${KEY}'`,
      user_id: `'${ANN}'`,
      name: "'CI'",
      key_hash: HASH,
      hint: "'pty_live'",
      scopes: "'{prompts:read}'",
      group_id: `'${GROUP}'`,
    },
  ],
  [
    'usage_events',
    {
      id: 'gen_random_uuid()',
      occurred_at: 'now()',
      prompt_id: `'${PROMPT}'`,
      version: '1',
      user_id: `'${BEN}'`,
      api_key_id: `'${KEY}'`,
      kind: "'read'",
      consumer: "'web'",
    },
  ],
  ['usage_daily', { prompt_id: `'${PROMPT}'`, day: 'now()', version: '1', consumer: "'web'", uses: '1' }],
  [
    'version_uses',
    {
      prompt_id: `'${PROMPT}'`,
      version: '1',
      consumer: "'web'",
      uses: '1',
      first_used_at: 'now()',
      last_used_at: 'now()',
    },
  ],
  ['name_counts', { owner: `'${ANN}'`, kind: "'tag'", key: "'verse'", prompts: '1', public: '0' }],
  ['prompt_words', { prompt_id: `'${PROMPT}'`, indexed_at: 'now()', names: "'rose'", texts: "'rose'" }],
  ['audit_log', { id: 'gen_random_uuid()', action: "'prompt.created'", target_type: "'prompt'" }],
  [
    'idempotency_keys',
    { key_hash: HASH, sealed_answer: "decode(repeat('00', 28), 'hex')", created_at: 'now()', user_id: `'${ANN}'` },
  ],
  ['changes', { topics: "'{prompt:1}'" }],
  ['counted_events', { since: 'now()', kind: "'registered'", detail: "''", amount: '1' }],
  ['daily_statistics', { day: 'now()', taken_at: 'now()', totals: "'{}'" }],
  ['running_imports', { id: 'gen_random_uuid()', user_id: `'${ANN}'`, seen_at: 'now()' }],
  ['user_totp', { user_id: `'${ANN}'`, sealed_key: "decode(repeat('00', 32), 'hex')", started_at: 'now()' }],
  [
    'recovery_codes',
    {
      id: 'gen_random_uuid()',
      user_id: `'${ANN}'`,
      sealed_hash: "decode(repeat('00', 32), 'hex')",
      created_at: 'now()',
    },
  ],
];

export async function insertOneOfEach(pool: pg.Pool): Promise<void> {
  for (const [table, row] of rows) {
    await pool.query(`INSERT INTO ${table} (${Object.keys(row)}) VALUES (${Object.values(row)})`);
  }
}
