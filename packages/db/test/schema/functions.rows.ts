import { ANN, BEN, COPY, EVE, GROUP } from './given-rows.ts';

/** Statements, one after the other, each with what it answers where that is looked at. */
export type BodyProof = ReadonlyArray<readonly [statement: string, answer?: unknown]>;

const id = (n: number): string => `01900000-0000-7000-8000-0000000001${String(n).padStart(2, '0')}`;

/** A prompt of Ann's, but for some columns. */
const prompt = (n: number, columns: Readonly<Record<string, string>> = {}): readonly [string] => {
  const row = {
    ...{
      id: `'${id(n)}'`,
      user_id: `'${ANN}'`,
      slug: `'p-${n}'`,
      title: "'Ode'",
      content: "'x'",
      content_hash: "sha256('x')",
    },
    ...columns,
  };
  return [`INSERT INTO prompts (${Object.keys(row)}) VALUES (${Object.values(row)})`];
};
const trashed = (n: number, at: string, columns: Readonly<Record<string, string>> = {}) =>
  prompt(n, { deleted_at: `${at}::timestamptz`, ...columns });
const days = (n: number): string => `(now() - interval '${n} days')`;
/** Which of the prompts that a proof has made are there, by their numbers. */
const LEFT =
  "SELECT coalesce(string_agg(right(id::text, 2), ' ' ORDER BY id), '') FROM prompts WHERE id::text LIKE '%0000000001__'";
const ids = (...numbers: readonly number[]): string => `ARRAY[${numbers.map((n) => `'${id(n)}'`)}]::uuid[]`;

/** In the trash for so long, the first one for longest, with so many versions and bytes each. */
const sized = (sizes: ReadonlyArray<readonly [versions: number, bytes: number]>): BodyProof =>
  sizes.flatMap(([versions, bytes], n) => [
    trashed(n, days(90 - n), { version: String(versions) }),
    [`UPDATE prompts SET stored_bytes = ${bytes} WHERE id = '${id(n)}'`] as const,
  ]);
const purged = (call: string, sizes: ReadonlyArray<readonly [number, number]>, left: string): BodyProof => [
  ...sized(sizes),
  [call],
  [LEFT, left],
];
const bounds = (call: string): BodyProof[] => [
  purged(
    call,
    [
      [1_000, 1],
      [1_000, 1],
      [1, 1],
    ],
    '02',
  ),
  purged(
    call,
    [
      [1, 50_000_000],
      [1, 50_000_000],
      [1, 1],
    ],
    '02',
  ),
  purged(
    call,
    [
      [5_000, 200_000_000],
      [1, 1],
    ],
    '01',
  ),
];

const AUDITED = `SELECT coalesce(string_agg(concat_ws(' ', action, target_type, right(actor_id::text, 1), right(target_id::text, 2), right(api_key_id::text, 1), changes,
  request_id, ip, nullif(details, '{}')), '; ' ORDER BY target_id), '') FROM audit_log WHERE action <> 'prompt.created'`;
const counted = (changes: readonly object[]): string => `SELECT public.roll_up_audit('${JSON.stringify(changes)}')`;
const held = (of: string): string =>
  `SELECT concat_ws(' ', prompts, versions, stored_bytes, groups) FROM account_resources WHERE user_id = '${of}'`;
const words = (n: number, names: string, texts: string): readonly [string] => [
  `INSERT INTO prompt_words (prompt_id, indexed_at, names, texts) VALUES ('${id(n)}', now(), $w$${names}$w$, $w$${texts}$w$)`,
];
const twoRoses: BodyProof = [
  ...[0, 1, 2].map((n) => prompt(n)),
  words(0, "'rose':1A", "'rose':1A"),
  words(1, "'elder':1A", "'rose':2"),
];
/** What is noted of the counts of names since it was looked at last: for an owner, and for everybody. */
const NOTED = `WITH noted AS (DELETE FROM name_count_changes RETURNING kind, key, prompts, public)
  SELECT coalesce(string_agg(concat_ws(' ', kind, key, prompts, public), ', '), '') FROM noted`;
const NEW_TOPICS = `SELECT string_agg(cardinality(topics)::text, ' ' ORDER BY number) FROM changes WHERE xid = pg_current_xact_id()`;

/** Functions of ours that tests of their own show. */
export const elsewhere: readonly string[] = [
  // application-role.db.test.ts and name-counts.db.test.ts, usage-partitions.db.test.ts
  ...['correct_name_counts', 'ensure_usage_partitions', 'is_of_application'],
];

/** What each other function of ours that is no trigger's does, and what a trigger's does that its trigger's row does not show. */
export const bodies: Readonly<Record<string, readonly BodyProof[]>> = {
  add_up_name_counts: [
    [
      ['DELETE FROM name_counts'],
      ['DELETE FROM name_count_changes'],
      [`INSERT INTO name_counts VALUES ('${ANN}', 'tag', 'a', 1, 1), ('${ANN}', 'tag', 'c', 4, 2)`],
      [
        `INSERT INTO name_count_changes (owner, kind, key, prompts, public) VALUES ('${ANN}', 'tag', 'a', 2, 1),
        ('${ANN}', 'tag', 'a', 3, 0), ('${ANN}', 'tag', 'b', 1, 0), ('${ANN}', 'tag', 'c', -4, -2)`,
      ],
      ['SELECT public.add_up_name_counts(3)', 3],
      [
        "SELECT string_agg(concat_ws(' ', key, prompts, public), ', ' ORDER BY key) FROM name_counts",
        'a 6 2, b 1 0, c 4 2',
      ],
      ['SELECT public.add_up_name_counts(3)', 1],
      ["SELECT string_agg(concat_ws(' ', key, prompts, public), ', ' ORDER BY key) FROM name_counts", 'a 6 2, b 1 0'],
      ['SELECT public.add_up_name_counts(3)', 0],
    ],
  ],
  count_categories: [
    [
      ['DELETE FROM name_count_changes'],
      prompt(0, { category: "'Rose'", category_key: "'rose'" }),
      [NOTED, 'category rose 1 0, category rose 1 0'],
      [`UPDATE prompts SET title = 'Other' WHERE id = '${id(0)}'`],
      [NOTED, ''],
      [`UPDATE prompts SET visibility = 'public' WHERE id = '${id(0)}'`],
      [NOTED, 'category rose 0 1, category rose 0 1'],
      [`DELETE FROM prompts WHERE id = '${id(0)}'`],
      [NOTED, 'category rose -1 -1, category rose -1 -1'],
    ],
  ],
  count_tags: [
    [
      prompt(0),
      ['DELETE FROM name_count_changes'],
      [`INSERT INTO tags (prompt_id, name) VALUES ('${id(0)}', 'Rose')`],
      [NOTED, 'tag rose 1 0, tag rose 1 0'],
      [`UPDATE tags SET name = 'ROSE' WHERE prompt_id = '${id(0)}'`],
      [NOTED, ''],
      [`UPDATE tags SET is_public = true WHERE prompt_id = '${id(0)}'`],
      [NOTED, 'tag rose 0 1, tag rose 0 1'],
      [`DELETE FROM tags WHERE prompt_id = '${id(0)}'`],
      [NOTED, 'tag rose -1 -1, tag rose -1 -1'],
    ],
  ],
  fold_text: [[["SELECT public.fold_text('ÀÉ Straße')", 'ae strasse']]],
  forget_actor: [
    [
      ['ALTER TABLE audit_log DISABLE TRIGGER USER'],
      ['DELETE FROM audit_log'],
      ['ALTER TABLE audit_log ENABLE TRIGGER USER'],
      [
        `INSERT INTO audit_log (id, actor_id, action, target_type, ip) SELECT gen_random_uuid(), actor, 'a', 't', '192.0.2.1' FROM unnest(ARRAY['${ANN}', '${ANN}', '${ANN}', '${BEN}']::uuid[]) AS actor`,
      ],
      [`SELECT public.forget_actor('${ANN}', 9)`, 0],
      [`UPDATE users SET deleted_at = now() WHERE id = '${ANN}'`],
      [`SELECT public.forget_actor('${ANN}', 2)`, 2],
      ['SELECT count(*)::integer FROM audit_log WHERE ip IS NULL', 2],
      [`SELECT public.forget_actor('${ANN}', 9)`, 1],
      ["SELECT string_agg(actor_id::text, ' ') FROM audit_log WHERE ip IS NOT NULL", BEN],
    ],
  ],
  forget_changes: [
    [
      ['DELETE FROM changes'],
      [
        "INSERT INTO changes (topics, written_at) SELECT '{x}', now() - n * interval '19 minutes' FROM generate_series(0, 5) AS n",
      ],
      ["UPDATE changes SET number = number - 1000 WHERE written_at < now() - interval '61 minutes'"],
      ['SELECT public.forget_changes(1)', 1],
      ['SELECT public.forget_changes(9)', 1],
      ['SELECT public.forget_changes(9)', 0],
      ["SELECT count(*)::int FROM changes WHERE written_at >= now() - interval '60 minutes'", 4],
    ],
  ],
  free_trashed_slug: [
    [
      prompt(0, { slug: `'${'a'.repeat(112)}/${'b'.repeat(37)}'` }),
      [`UPDATE prompts SET deleted_at = now() WHERE id = '${id(0)}'`],
      [`SELECT slug ~ '^a{112}/[0-9a-f-]{36}$' AND trashed_slug ~ 'b{37}$' FROM prompts WHERE id = '${id(0)}'`, true],
      prompt(1, { slug: `'${'a'.repeat(112)}/${'b'.repeat(37)}'` }),
      [`UPDATE prompts SET deleted_at = NULL WHERE id = '${id(0)}'`],
      [`SELECT slug ~ '^a{112}/b{28}-[0-9a-f]{8}$' AND trashed_slug IS NULL FROM prompts WHERE id = '${id(0)}'`, true],
    ],
    [
      trashed(0, 'now()', { slug: "'own'" }),
      prompt(1, { user_id: `'${BEN}'`, slug: "'own'" }),
      [`UPDATE prompts SET deleted_at = NULL WHERE id = '${id(0)}'`],
      [`SELECT slug FROM prompts WHERE id = '${id(0)}'`, 'own'],
    ],
  ],
  known_words: [
    [
      prompt(0),
      words(0, "'rose':1A", "'rose':1A 'elder':2"),
      [
        "SELECT string_agg(query, ' ' ORDER BY query) FROM public.known_words(ARRAY['''elder''', '''elm''', '''ro'':*'])",
        "'elder' 'ro':*",
      ],
    ],
  ],
  measure_prompt: [
    [
      prompt(0, { description: "'dd'", config: `'{"a": 1}'`, output_schema: `'{"b":2}'`, output_version: '1' }),
      [`SELECT stored_bytes FROM prompts WHERE id = '${id(0)}'`, 'Odeddx{"a": 1}{"b":2}'.length],
      [`UPDATE prompts SET version = 2, content = 'xyz' WHERE id = '${id(0)}'`],
      [`SELECT stored_bytes FROM prompts WHERE id = '${id(0)}'`, 'Odeddx{"a": 1}{"b":2}Odeddxyz{"a": 1}'.length],
      [`UPDATE prompts SET content = 'longer' WHERE id = '${id(0)}'`],
      [`SELECT stored_bytes FROM prompts WHERE id = '${id(0)}'`, 'Odeddx{"a": 1}{"b":2}Odeddxyz{"a": 1}'.length],
    ],
  ],
  note_prompt_words: [
    [
      prompt(0, { title: "'Été/Rose'" }),
      [
        `SELECT concat_ws(' ', search_title, search_title_vector, search_vector) FROM prompts WHERE id = '${id(0)}'`,
        "ete/rose 'ete':1 'rose':2 'ete':1 'rose':2",
      ],
    ],
  ],
  prompts_by_names: [
    [
      ...twoRoses,
      [
        "SELECT string_agg(right(id::text, 2), ' ') FROM public.prompts_by_names('''rose''') WHERE id::text LIKE '%1__'",
        '00',
      ],
    ],
  ],
  prompts_by_texts: [
    [
      ...twoRoses,
      [
        "SELECT string_agg(right(id::text, 2), ' ' ORDER BY id) FROM public.prompts_by_texts('''rose''') WHERE id::text LIKE '%1__'",
        '00 01',
      ],
    ],
  ],
  prompts_of_contents: [
    [
      ...[3, 1, 2].map((n) => prompt(n)),
      trashed(0, 'now()'),
      prompt(4, { content_hash: "sha256('y')" }),
      prompt(5, { user_id: `'${BEN}'`, slug: "'p'" }),
      [
        `SELECT string_agg(right(id::text, 2), ' ') FROM public.prompts_of_contents('${ANN}', ARRAY[encode(sha256('x'), 'hex'), encode(sha256('y'), 'hex')],
          ARRAY['${id(1)}', '${id(0)}']::uuid[], ARRAY[5, 5])`,
        '02 03 04',
      ],
      [
        `SELECT string_agg(right(id::text, 2) || (hash = encode(sha256('x'), 'hex')), ' ') FROM public.prompts_of_contents('${ANN}',
          ARRAY[encode(sha256('x'), 'hex')], ARRAY['${id(0)}']::uuid[], ARRAY[2])`,
        '01true 02true',
      ],
    ],
  ],
  purge_audit_log: [
    [
      [
        "INSERT INTO audit_log (id, action, target_type, occurred_at) SELECT gen_random_uuid(), 'aged', 'test', now() - n * interval '1 day' FROM unnest(ARRAY[729, 731, 733, 732]) AS n",
      ],
      ["SELECT public.purge_audit_log(now() - interval '732 days 12 hours', 9)", 1],
      ["SELECT public.purge_audit_log('infinity', 1)", 1],
      [
        "SELECT string_agg((now()::date - occurred_at::date)::text, ' ' ORDER BY occurred_at) FROM audit_log WHERE action = 'aged'",
        '731 729',
      ],
      ["SELECT public.purge_audit_log('infinity', 9)", 1],
    ],
  ],
  purge_own_trash: [
    ...bounds(`SELECT public.purge_own_trash('${ANN}', ${ids(2, 1, 0)})`),
    [
      ['ALTER TABLE audit_log DISABLE TRIGGER USER'],
      ['DELETE FROM audit_log'],
      ...[0, 1, 2].map((n) => trashed(n, days(3 - n))),
      prompt(3),
      trashed(4, 'now()', { user_id: `'${BEN}'`, slug: "'p'" }),
      [
        `SELECT array_to_string(public.purge_own_trash('${ANN}', ${ids(0, 3, 4, 1)}, '{"requestId":"r1","ip":"192.0.2.1","kept":1}'), ' ') LIKE '%00 %01'`,
        true,
      ],
      [LEFT, '02 03 04'],
      [AUDITED, 'prompt.purged prompt a 00 1 r1 192.0.2.1; prompt.purged prompt a 1'],
    ],
    [
      ['ALTER TABLE audit_log DISABLE TRIGGER USER'],
      ['DELETE FROM audit_log'],
      ...[0, 1].map((n) => trashed(n, days(3 - n))),
      [`SELECT cardinality(public.purge_own_trash('${ANN}', ${ids(0, 1)}))`, 2],
      [AUDITED, 'prompt.purged prompt a 00 1; prompt.purged prompt a 01 1'],
      [`SELECT public.purge_own_trash('${ANN}', ${ids(0, 1)}) = '{}'`, true],
    ],
  ],
  purge_trash: [
    ...bounds(`SELECT public.purge_trash('infinity', 9)`),
    [
      ['ALTER TABLE audit_log DISABLE TRIGGER USER'],
      ['DELETE FROM audit_log'],
      ...([29, 31, 33, 32] as const).map((age, n) => trashed(n, days(age))),
      prompt(4),
      ["SELECT public.purge_trash(now() - interval '32 days 12 hours', 9)", 1],
      [LEFT, '00 01 03 04'],
      ["SELECT public.purge_trash('infinity', 1)", 1],
      [LEFT, '00 01 04'],
      [AUDITED, expect2(2, 3)],
      ["SELECT public.purge_trash('infinity', 9)", 1],
      ["SELECT public.purge_trash('infinity', 9)", 0],
      [LEFT, '00 04'],
    ],
    [
      trashed(0, "'2026-01-01Z'"),
      ["SELECT public.purge_trash('2026-01-01Z', 9)", 0],
      ["SELECT public.purge_trash('2026-01-01 00:00:01Z', 9)", 1],
    ],
  ],
  recount_account: [
    [
      ['DELETE FROM account_resources'],
      trashed(0, 'now()', { version: '3' }),
      [`SELECT public.recount_account('${ANN}')`],
      [held(ANN), `3 5 ${2 * 'PoemRoses{}'.length + 'Odex{}'.length} 1`],
      [`SELECT public.recount_account('${EVE}')`],
      [held(EVE), '0 0 0 0'],
    ],
  ],
  remove_prompts: [
    [
      ...[0, 1, 2, 3].map((n) => prompt(n)),
      [`INSERT INTO groups (id, name, user_id) VALUES ('${id(50)}', 'Others', '${BEN}')`],
      [
        `INSERT INTO group_prompts (group_id, prompt_id, position) SELECT '${id(50)}', id, row_number() OVER (ORDER BY id) - 1 FROM prompts WHERE id = ANY (${ids(0, 1, 2, 3)})`,
      ],
      [`UPDATE group_prompts SET position = 5 WHERE group_id = '${GROUP}'`],
      [`SELECT public.remove_prompts(${ids(0, 2)})`],
      [LEFT, '01 03'],
      [
        "SELECT string_agg(right(prompt_id::text, 2) || ':' || position, ' ' ORDER BY group_id, position) FROM group_prompts",
        '01:5 01:0 03:1',
      ],
    ],
  ],
  remove_versions: [
    [
      prompt(0, { version: '4' }),
      [
        `INSERT INTO prompt_versions (prompt_id, version, title, description, content, config, author_id, content_hash)
        SELECT '${id(0)}', n, '', '', '', '{}', '${ANN}', sha256('x') FROM generate_series(1, 4) AS n`,
      ],
      [
        `INSERT INTO label_moves (id, prompt_id, number, label, to_version, moved_by, moved_at)
        SELECT gen_random_uuid(), '${id(0)}', n, 'eu', n, '${ANN}', now() FROM generate_series(1, 3) AS n`,
      ],
      [`SELECT public.remove_versions('${ANN}', ${ids(0)}, 2)`, 0],
      [`UPDATE prompts SET deleted_at = ${days(29)} WHERE id = '${id(0)}'`],
      [`SELECT public.remove_versions('${BEN}', ${ids(0)}, 2)`, 0],
      [`SELECT public.remove_versions(NULL, ${ids(0)}, 2)`, 0],
      [`SELECT public.remove_versions('${ANN}', ${ids(0)}, 4)`, 0],
      [`UPDATE prompts SET deleted_at = ${days(31)} WHERE id = '${id(0)}'`],
      [`SELECT public.remove_versions(NULL, ${ids(0)}, 3)`, 6],
      [
        `SELECT concat_ws(' ', deleted_at = 'epoch', (SELECT count(*) FROM prompt_versions WHERE prompt_id = prompts.id),
        (SELECT count(*) FROM label_moves WHERE prompt_id = prompts.id)) FROM prompts WHERE id = '${id(0)}'`,
        't 1 0',
      ],
    ],
    [
      trashed(0, 'now()'),
      [
        `INSERT INTO prompt_versions (prompt_id, version, title, description, content, config, author_id, content_hash)
        SELECT '${id(0)}', 1, '', '', '', '{}', '${ANN}', sha256('x')`,
      ],
      [
        `INSERT INTO label_moves (id, prompt_id, number, label, to_version, moved_by, moved_at)
        SELECT gen_random_uuid(), '${id(0)}', n, 'eu', n, '${ANN}', now() FROM generate_series(1, 3) AS n`,
      ],
      [`SELECT public.remove_versions('${ANN}', ${ids(0)}, 2)`, 3],
    ],
  ],
  report_group_orders: [
    [
      [
        `INSERT INTO groups (id, name, user_id) SELECT ('01900000-0000-7000-8000-0000000002' || lpad(n::text, 2, '0'))::uuid, 'g', '${BEN}' FROM generate_series(0, 99) AS n`,
      ],
      [
        `INSERT INTO groups (id, name, user_id) SELECT ('01900000-0000-7000-8000-0000000003' || lpad(n::text, 2, '0'))::uuid, 'g', '${BEN}' FROM generate_series(0, 99) AS n`,
      ],
      ['DELETE FROM changes'],
      [`INSERT INTO group_prompts (group_id, prompt_id, position) SELECT id, '${COPY}', 0 FROM groups`],
      ['DELETE FROM changes'],
      [`UPDATE group_prompts SET position = position + 7 WHERE prompt_id = '${COPY}'`],
      [NEW_TOPICS, '200 1'],
    ],
  ],
  report_tags: [
    [
      ['DELETE FROM changes'],
      [
        `INSERT INTO prompts (id, user_id, slug, title, content, content_hash) SELECT ('01900000-0000-7000-8000-000000000' || n)::uuid, '${ANN}', 'm-' || n, 'M', 'x', sha256('x')
        FROM generate_series(200, 400) AS n`,
      ],
      [NEW_TOPICS, '200 200 2'],
      ['DELETE FROM changes'],
      ["INSERT INTO tags (prompt_id, name) SELECT id, 'ode' FROM prompts WHERE slug LIKE 'm-%'"],
      [NEW_TOPICS, '200 1'],
    ],
  ],
  roll_up_audit: [
    [
      ['ALTER TABLE audit_log DISABLE TRIGGER audit_log_append_only'],
      ['DELETE FROM audit_log'],
      ['ALTER TABLE audit_log ENABLE TRIGGER audit_log_append_only'],
      ...[1, 2].map(
        () =>
          [
            counted([
              { actor_id: ANN, action: 'a', target_type: 'prompt', changes: 2 },
              { actor_id: ANN, action: 'a', target_type: 'prompt', changes: 3 },
              { actor_id: ANN, api_key_id: BEN, action: 'a', target_type: 'prompt', changes: 10 },
              { actor_id: ANN, action: 'a', target_type: 'group', changes: 20 },
              { actor_id: ANN, action: 'b', target_type: 'prompt', changes: 30 },
              { actor_id: BEN, action: 'a', target_type: 'prompt', changes: 40 },
            ]),
          ] as const,
      ),
      [
        "SELECT string_agg(concat_ws(' ', action, target_type, right(actor_id::text, 1), right(api_key_id::text, 1), changes), ', ' ORDER BY changes) FROM audit_log",
        'a prompt a 10, a prompt a b 20, a group a 40, b prompt a 60, a prompt b 80',
      ],
      [
        "SELECT bool_and(id::text ~ '^.{14}8.{4}8' AND occurred_at = date_trunc('hour', now(), 'UTC')) FROM audit_log",
        true,
      ],
    ],
  ],
  search_words: [
    [
      ["SELECT public.search_words('Next.js a/b_c:d|e-f')", 'next js a b c d e f'],
      ["SELECT public.search_words('中文a')", ' 中  文 a'],
    ],
  ],
  similar_titles: [
    [
      ...['Translator', 'Gardens'].map((title, n) => prompt(n, { title: `'${title}'` })),
      [
        "SELECT string_agg(right(id::text, 2) || ' ' || round(similarity::numeric, 2), ', ') FROM public.similar_titles('translater')",
        '00 0.73',
      ],
      ["SELECT count(*)::int FROM public.similar_titles('trans')", 1],
    ],
  ],
  text_bytes: [
    [
      [
        `SELECT public.text_bytes('é', 'dddd', 'cccccccc', '[1]', '{"a": 1}', '{"bb": 22}', '{"o":1}')::int`,
        2 + 4 + 8 + 3 + 8 + 10 + 7,
      ],
      [`SELECT public.text_bytes('é', 'dddd', 'cccccccc', NULL, '{"a": 1}', NULL, NULL)::int`, 2 + 4 + 8 + 8],
    ],
  ],
  word_counts: [
    [
      ...[0, 1, 2].map((n) => prompt(n)),
      ['DELETE FROM prompt_words'],
      words(0, "'roses':1A 'elder':2", "'roses':1A 'elder':2 'it''s':3 'a\\\\b':4"),
      words(1, "'elm':1A", "'roses':1A"),
      [
        "SELECT string_agg(concat_ws(' ', place, prompts, stem), ', ' ORDER BY place) FROM public.word_counts(ARRAY['roses', 'elder', 'none', 'it''s', 'a\\b'])",
        '1 2 rose, 2 1 elder, 3 0 none, 4 1 it, 5 1 a\\b',
      ],
    ],
  ],
};

function expect2(first: number, second: number): string {
  return [first, second].map((n) => `prompt.purged prompt 1 {"promptIds": ["${id(n)}"]}`).join('; ');
}
