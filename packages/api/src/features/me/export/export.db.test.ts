import type { AccountRecord } from '@promptory/schemas';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import {
  codeOf,
  collect,
  givenApi,
  givenApiKey,
  givenGroup,
  givenPerson,
  keyPrincipal,
  PASSWORD,
} from '../../../../test/index.ts';

const { db, services, cast, as } = await givenApi();
const { alice, bob, carol } = cast;

const exported = async (person = alice): Promise<AccountRecord[]> => collect(await as(person).me.export());

const ofType = <Type extends AccountRecord['type']>(records: readonly AccountRecord[], type: Type) =>
  records.filter((record): record is Extract<AccountRecord, { type: Type }> => record.type === type);

it('holds everything that an account made, marked, shared and did', async () => {
  const { id, slug } = await as(alice).prompts.create({
    title: 'Greeting',
    content: 'Hello {{ name }}',
    tags: ['b', 'a'],
    config: { z: 1, a: 2 },
  });
  await as(alice).prompts.update({ id, content: 'Good day {{ name }}', changeNote: 'Politer' });
  await as(alice).labels.move({ id, label: 'production', version: 1 });
  await as(alice).prompts.render({ id, inputs: { name: 'Ada' } });
  const trashed = await as(alice).prompts.create({ title: 'Gone', content: 'x' });
  await as(alice).prompts.delete({ id: trashed.id });
  const group = await givenGroup(services, { owner: alice, editors: [bob], viewers: [carol], promptIds: [id] });
  const theirs = await givenGroup(services, { owner: bob, editors: [alice] });
  await as(alice).groups.addPrompt({ id: theirs, promptId: id });
  await as(alice).members.add({ id: group, email: 'new@example.com', role: 'viewer' });
  await as(alice).favorites.add({ promptId: id });
  await as(alice).preferences.update({ theme: 'dark' });
  const key = await givenApiKey(db, alice, { now: services.clock.now() });

  const records = await exported();
  expect(records.slice(0, 3)).toMatchObject([
    { type: 'account', id: alice.id, email: alice.email, status: 'active', hasSecondFactor: false },
    { type: 'preferences', theme: 'dark', pageSize: 20 },
    { type: 'session', id: alice.principal.sessionId },
  ]);
  expect(ofType(records, 'prompt').map((one) => [one.id, one.slug, one.trashedAt === null])).toEqual([
    [id, slug, true],
    [trashed.id, trashed.slug, false],
  ]);
  expect(ofType(records, 'prompt')[0]?.tags).toEqual(['a', 'b']);
  expect(ofType(records, 'version')).toMatchObject([
    { promptId: id, version: 1, content: 'Hello {{ name }}', author: 'alice' },
    { promptId: id, version: 2, content: 'Good day {{ name }}', changeNote: 'Politer' },
    { promptId: trashed.id, version: 1 },
  ]);
  expect(JSON.stringify(ofType(records, 'version')[0]?.config)).toBe('{"z":1,"a":2}');
  expect(ofType(records, 'label')).toEqual([
    { type: 'label', promptId: id, label: 'production', version: 1, isProtected: false },
  ]);
  expect(ofType(records, 'labelMove')).toMatchObject([{ label: 'production', from: null, to: 1, movedBy: 'alice' }]);
  expect(ofType(records, 'group').map((one) => [one.id, one.role])).toEqual(
    [[group, 'owner'] as const, [theirs, 'editor'] as const].toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
  expect(ofType(records, 'groupPrompt').map((one) => [one.groupId, one.promptId, one.addedByYou])).toEqual(
    expect.arrayContaining([
      [group, id, true],
      [theirs, id, true],
    ]),
  );
  expect(ofType(records, 'groupMember').map((one) => [one.user.handle, one.role])).toEqual([
    ['bob', 'editor'],
    ['carol', 'viewer'],
  ]);
  expect(ofType(records, 'invitation')).toMatchObject([{ direction: 'sent', email: 'new@example.com', answer: null }]);
  expect(ofType(records, 'favorite').map(({ promptId }) => promptId)).toEqual([id]);
  expect(ofType(records, 'apiKey')).toMatchObject([{ scopes: ['prompts:read'], revokedAt: null }]);
  expect(ofType(records, 'auditEntry').map(({ action }) => action)).toEqual(
    expect.arrayContaining(['prompt.created', 'prompt.updated', 'label.moved', 'prompt.deleted', 'group.prompt_added']),
  );
  const text = JSON.stringify(records);
  expect(text).not.toContain(PASSWORD);
  expect(text).not.toContain(key.key);
});

it('holds nothing of others, and is for people in their own session', async () => {
  const records = await exported(bob);
  expect(ofType(records, 'prompt')).toEqual([]);
  // Alice's group, which bob edits, is named; what is in it and who else is, is hers.
  expect(ofType(records, 'groupMember').every(({ groupId }) => groupId !== ofType(records, 'group')[0]?.id)).toBe(true);
  const key = { principal: keyPrincipal(alice, ['account:read', 'prompts:read']) };
  expect(await codeOf(as(key).me.export())).toBe('auth.session_required');
});

it('tells nothing of the members and prompts of a group that was handed over while its reader let it wait', async () => {
  const [first, heir] = [await givenPerson(services), await givenPerson(services)];
  const { id: promptId } = await as(heir).prompts.create({ title: 'The heir’s', content: 'x' });
  const group = await givenGroup(services, { owner: first, editors: [heir], viewers: [carol] });
  await as(heir).groups.addPrompt({ id: group, promptId });
  const records: AccountRecord[] = [];
  for await (const record of await as(first).me.export()) {
    records.push(record);
    if (record.type !== 'group') continue;
    await as(first).members.update({ id: group, userId: heir.id, role: 'owner' });
    await as(first).members.remove({ id: group, userId: first.id });
  }
  expect(ofType(records, 'group').map(({ id }) => id)).toEqual([group]);
  expect([...ofType(records, 'groupMember'), ...ofType(records, 'groupPrompt')]).toEqual([]);
});

it('has each row once, however many queries they take', async () => {
  const many = await givenPerson(services, { handle: 'many' });
  const PROMPTS = 230;
  const DAYS = 30;
  await sql`INSERT INTO prompts (id, user_id, slug, title, content, content_hash, version)
    SELECT gen_random_uuid(), ${many.id}::uuid, 'p-' || n, 'P', 'x', sha256(''::bytea), CASE WHEN n = 7 THEN 700 ELSE 2 END
    FROM generate_series(1, ${PROMPTS}::integer) AS n`.execute(db);
  await sql`INSERT INTO prompt_versions (prompt_id, version, title, description, content, config, author_id, content_hash)
    SELECT id, n, 'P', '', repeat('x', 900), '{}', user_id, content_hash FROM prompts, generate_series(1, prompts.version) AS n
    WHERE user_id = ${many.id}::uuid`.execute(db);
  await sql`INSERT INTO label_moves (id, prompt_id, number, label, from_version, to_version, moved_by, moved_at)
    SELECT gen_random_uuid(), id, n, 'a', CASE WHEN n = 1 THEN NULL ELSE n % 2 + 1 END, (n + 1) % 2 + 1, user_id, now()
    FROM prompts, generate_series(1, 12) AS n WHERE user_id = ${many.id}::uuid`.execute(db);
  await sql`INSERT INTO usage_daily (prompt_id, day, version, consumer, uses)
    SELECT id, now()::date - n, 1, consumer, 1 FROM prompts, generate_series(1, ${DAYS}::integer) AS n, unnest(ARRAY['a', 'b']) AS consumer
    WHERE user_id = ${many.id}::uuid`.execute(db);
  const records = await exported(many);
  const keys = records.map((record) => {
    if (record.type === 'version') return `${record.promptId}/${record.version}`;
    if (record.type === 'usageByDay') return `${record.promptId} ${record.day} ${record.consumer}`;
    return JSON.stringify(record);
  });
  expect(new Set(keys).size).toBe(keys.length);
  expect(ofType(records, 'prompt')).toHaveLength(PROMPTS);
  expect(ofType(records, 'version')).toHaveLength(2 * PROMPTS + 698);
  expect(ofType(records, 'labelMove')).toHaveLength(12 * PROMPTS);
  expect(ofType(records, 'usageByDay')).toHaveLength(2 * DAYS * PROMPTS);
});
