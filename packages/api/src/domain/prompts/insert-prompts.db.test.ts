import { retryTransaction } from '@promptory/db';
import { countedQueries } from '@promptory/db/testing';
import { expect, it } from 'vitest';
import { givenApi, givenPerson, newPrompt, type Person } from '../../../test/index.ts';
import { AppError } from '../../errors.ts';
import { insertPrompt, insertPrompts, type NewPrompt } from './insert-prompts.ts';
import { writeVersion } from './write-version.ts';

const { db, pool, services, cast } = await givenApi();
const { alice } = cast;
const by = (owner: Person) => ({ ownerId: owner.id, authorId: owner.id, at: services.clock.now() });

it('inserts 2,000 prompts with versions and tags, hundreds in a statement, in the order given', async () => {
  const owner = await givenPerson(services, { handle: 'importer' });
  const rows = Array.from({ length: 2_000 }, (_, index) =>
    newPrompt(`Prompt number ${index}`, { content: 'word '.repeat(400), tags: ['imported', `tag ${index % 10}`] }),
  );
  const counted = countedQueries(pool);
  const inserted = await retryTransaction(counted.db, (trx) => insertPrompts(trx, by(owner), rows));
  expect(counted.queries().length).toBeLessThan(20);
  expect(inserted.map(({ slug }) => slug)).toEqual(rows.map((_, index) => `prompt-number-${index}`));
  const count = (table: 'prompts' | 'prompt_versions' | 'tags') =>
    db.selectFrom(table).select(db.fn.countAll<number>().as('rows')).executeTakeFirstOrThrow();
  expect(await count('prompts')).toEqual({ rows: 2_000 });
  expect(await count('prompt_versions')).toEqual({ rows: 2_000 });
  expect(await count('tags')).toEqual({ rows: 4_000 });
});

it('numbers made slugs within one batch and against what is there', async () => {
  const owner = await givenPerson(services, { handle: 'numberer' });
  const write = (rows: NewPrompt[]) => retryTransaction(db, (trx) => insertPrompts(trx, by(owner), rows));
  const slugs = (await write([newPrompt('Same'), newPrompt('same!'), newPrompt('Same 2'), newPrompt('Same')])).map(
    (row) => row.slug,
  );
  expect(slugs).toEqual(['same', 'same-3', 'same-2', 'same-4']);
  expect(
    (await write([newPrompt('Same'), newPrompt('x', { slug: { wanted: 'same' } })])).map((row) => row.slug),
  ).toEqual(['same-5', 'same-6']);
});

it('gives thirty prompts that are made at once under one title thirty slugs', async () => {
  const inserted = await Promise.all(
    Array.from({ length: 30 }, () => retryTransaction(db, (trx) => insertPrompt(trx, by(alice), newPrompt('Popular')))),
  );
  expect(new Set(inserted.map(({ slug }) => slug)).size).toBe(30);
});

it('keeps to short numbers where they have gaps, and cuts a long slug so that it stays one', async () => {
  const owner = await givenPerson(services, { handle: 'gapped' });
  const write = async (...rows: NewPrompt[]) =>
    (await retryTransaction(db, (trx) => insertPrompts(trx, by(owner), rows))).map(({ slug }) => slug);
  const given = (slug: string) => newPrompt(slug, { slug: { given: slug } });
  await write(given('report'), given('report-2024'), given('report-2'), given('report-4'));
  expect(await write(newPrompt('Report'), newPrompt('Report'))).toEqual(['report-5', 'report-6']);
  const long = `${'a'.repeat(139)}/${'b'.repeat(10)}`;
  const [, second = ''] = await write(given(long), newPrompt('x', { slug: { wanted: long } }));
  expect(second).toBe(`${'a'.repeat(139)}-2`);
});

it('ends a slug in random letters where every number that it asks for is taken', async () => {
  const owner = await givenPerson(services, { handle: 'powers' });
  const given = (slug: string) => newPrompt(slug, { slug: { given: slug } });
  const taken = Array.from({ length: 30 }, (_, power) => (power === 0 ? 'full' : `full-${2 ** power}`));
  await retryTransaction(db, (trx) => insertPrompts(trx, by(owner), taken.map(given)));
  const [made] = await retryTransaction(db, (trx) => insertPrompts(trx, by(owner), [newPrompt('Full')]));
  expect(made?.slug).toMatch(/^full-[0-9a-f]{8}$/);
});

it('numbers 2,000 prompts of one title in a row, and asks of those before them by a handful of statements', async () => {
  const owner = await givenPerson(services, { handle: 'repeater' });
  const equal = Array.from({ length: 500 }, () => newPrompt('Again'));
  const slugs: string[] = [];
  for (let batch = 0; batch < 4; batch += 1) {
    const counted = countedQueries(pool);
    const inserted = await retryTransaction(counted.db, (trx) => insertPrompts(trx, by(owner), equal));
    // begin, how long to wait for a lock, three for the slugs, one for the rows, two for their words, commit
    expect(counted.queries().length).toBeLessThanOrEqual(8);
    slugs.push(...inserted.map(({ slug }) => slug));
  }
  expect(slugs).toEqual(slugs.map((_, index) => (index === 0 ? 'again' : `again-${index + 1}`)));
});

it('refuses a given slug that is in use, and inserts nothing of the batch', async () => {
  await retryTransaction(db, (trx) => insertPrompt(trx, by(alice), newPrompt('Mine', { slug: { given: 'mine' } })));
  const second = retryTransaction(db, (trx) =>
    insertPrompts(trx, by(alice), [newPrompt('Before'), newPrompt('Mine too', { slug: { given: 'mine' } })]),
  );
  await expect(second).rejects.toSatisfy((error) => error instanceof AppError && error.code === 'prompt.slug_taken');
  expect(await db.selectFrom('prompts').select('id').where('slug', '=', 'before').execute()).toEqual([]);
});

it('takes a chat, its config and its schema back out as they went in', async () => {
  const messages = [
    { role: 'user' as const, content: 'Привет, "мир"\n' },
    { type: 'placeholder' as const, name: 'past' },
  ];
  const config = { temperature: 0.2, nested: { list: [1, null, 'ü'] } };
  const { id } = await retryTransaction(db, (trx) =>
    insertPrompt(trx, by(alice), newPrompt('Chat', { messages, config, inputSchema: { type: 'object' } })),
  );
  const row = await db
    .selectFrom('prompt_versions')
    .innerJoin('prompts', 'prompts.id', 'prompt_versions.prompt_id')
    .select(['prompt_versions.messages', 'prompt_versions.config', 'prompt_versions.input_schema', 'prompts.kind'])
    .where('prompts.id', '=', id)
    .executeTakeFirstOrThrow();
  expect(row).toEqual({ messages, config, input_schema: { type: 'object' }, kind: 'chat' });
});

it('makes a version for other content only', async () => {
  const first = newPrompt('Versioned', { config: { a: 1, b: 2 } });
  const { id } = await retryTransaction(db, (trx) => insertPrompt(trx, by(alice), first));
  const write = (content: NewPrompt) =>
    retryTransaction(db, (trx) => writeVersion(trx, { promptId: id, authorId: alice.id, at: new Date() }, content));
  expect(await write({ ...first, config: { a: 1, b: 2 } })).toEqual({ version: 1, written: false });
  expect(await write({ ...first, config: { b: 2, a: 1 } })).toEqual({ version: 2, written: true });
  expect(await write({ ...first, config: { a: 1 } })).toEqual({ version: 3, written: true });
  expect(await write(first)).toEqual({ version: 4, written: true });
});
