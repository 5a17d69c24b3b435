import { createHash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { expect, it } from 'vitest';
import { up } from '../src/migrations/20261128T171001_hash_in_order.ts';
import { givenDatabase, insertRows } from './index.ts';

const { db } = await givenDatabase();

const [owner, plain, chat] = [1, 2, 3].map((n) => `01900000-0000-7000-8000-00000000000${n}`);
const hash = (text: string): Buffer => createHash('sha256').update(text).digest();

it('hashes documents in the order in which they are read, and leaves prompts without any as they are', async () => {
  const shared = { user_id: owner, title: 'X', description: '', content: 'x', visibility: 'public', version: 1 };
  await insertRows(db, {
    users: [{ id: owner, email: 'ann@example.com', handle: 'ann', name: 'Ann' }],
    prompts: [
      { id: plain, slug: 'plain', kind: 'text', config: {}, content_hash: `\\x${'00'.repeat(32)}` },
      {
        ...{ id: chat, slug: 'chat', kind: 'chat', content_hash: `\\x${'00'.repeat(32)}` },
        ...{ messages: [{ role: 'user', content: 'x' }], config: { reasoning: 1, answer: 2 } },
      },
    ].map((row) => ({ ...shared, is_template: false, messages: null, ...row })),
  });
  const untyped = db as unknown as Kysely<unknown>;
  await up(untyped);
  await up(untyped);
  const rows = await db
    .selectFrom('prompts')
    .select(['slug', 'content_hash as hash', 'sent_version as of', sql<string>`sent_config::text`.as('config')])
    .select(sql<string>`sent_messages::text`.as('messages'))
    .orderBy('slug')
    .execute();
  const [config, messages] = ['{"answer":2,"reasoning":1}', '[{"role":"user","content":"x"}]'];
  const text = `{"config":${config},"content":"x","description":"","inputSchema":null,"messages":${messages},"title":"X"}`;
  expect(rows).toEqual([
    { slug: 'chat', hash: hash(text), of: 1, config, messages },
    { slug: 'plain', hash: Buffer.alloc(32), of: null, config: null, messages: null },
  ]);
});
