import type { Kysely } from 'kysely';
import { expect, it } from 'vitest';
import { up } from '../src/migrations/20261128T144000_usage_of_others_programs.ts';
import { givenDatabase, insertRows } from './index.ts';

const { db } = await givenDatabase();

const [owner, prompt] = ['01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000002'];
const now = new Date().toISOString();

it("takes the names of others' keys out of what was counted, and loses no use", async () => {
  const counted = { prompt_id: prompt, version: 1, uses: 2 };
  await insertRows(db, {
    users: [{ id: owner, email: 'ann@example.com', handle: 'ann', name: 'Ann' }],
    prompts: [
      { id: prompt, user_id: owner, slug: 'x', title: 'X', content: 'x', content_hash: `\\x${'00'.repeat(32)}` },
    ].map((row) => ({ ...row, kind: 'text', config: {}, visibility: 'public', is_template: false, version: 1 })),
    api_keys: [
      {
        id: prompt,
        user_id: owner,
        name: 'own key',
        key_hash: `\\x${'00'.repeat(32)}`,
        hint: 'abcd',
        scopes: ['prompts:read'],
        created_at: now,
      },
    ],
    usage_daily: ['2026-01-01', '2026-01-02'].flatMap((day) =>
      ['web', 'own key', 'a stranger', 'another stranger'].map((consumer) => ({ ...counted, day, consumer })),
    ),
  });
  const untyped = db as unknown as Kysely<unknown>;
  await up(untyped);
  await up(untyped);
  const rows = await db
    .selectFrom('usage_daily')
    .select(['day', 'consumer', 'uses'])
    .orderBy('day')
    .orderBy('consumer')
    .execute();
  expect(rows).toEqual(
    ['2026-01-01', '2026-01-02'].flatMap((day) => [
      { day, consumer: 'own key', uses: 2 },
      { day, consumer: "somebody's program", uses: 4 },
      { day, consumer: 'web', uses: 2 },
    ]),
  );
});
