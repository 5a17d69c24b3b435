import { newId } from '@promptory/db';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { codeOf, givenApi, givenGroup, keyPrincipal } from '../../../test/index.ts';
import type { UsageEvent } from '../../context.ts';
import { writeUsage } from '../../domain/usage/write-usage.ts';

const { db, services, cast, as } = await givenApi();

const day = 86_400_000;
const use = (promptId: string, parts: Partial<UsageEvent> = {}): UsageEvent => ({
  promptId,
  version: 1,
  userId: cast.bob.id,
  apiKeyId: null,
  kind: 'read',
  consumer: 'web',
  occurredAt: services.clock.now(),
  ...parts,
});

const make = async (title: string, visibility: 'private' | 'public' = 'public') =>
  (await as(cast.alice).prompts.create({ title, content: 'x', visibility })).id;

it('writes events and both counts together, and drops those of prompts that are gone', async () => {
  const id = await make('Counted');
  const events = [
    use(id),
    use(id, { consumer: 'ci', userId: cast.alice.id }),
    use(id),
    use(newId()),
    use(id, { userId: cast.alice.id, apiKeyId: newId() }),
  ];
  expect(await writeUsage(db, events)).toBe(4);
  expect(await writeUsage(db, [use(id)])).toBe(1);
  expect(await writeUsage(db, [])).toBe(0);
  const daily = await db
    .selectFrom('usage_daily')
    .select(['consumer', 'uses'])
    .where('prompt_id', '=', id)
    .orderBy('consumer')
    .execute();
  expect(daily).toEqual([
    { consumer: 'ci', uses: 1 },
    { consumer: 'web', uses: 4 },
  ]);
  const total = db.selectFrom('prompt_totals').select('uses').where('prompt_id', '=', id);
  expect(await total.executeTakeFirstOrThrow()).toEqual({ uses: 5 });
});

it('loses no count when many writers add to the same prompts in any order', async () => {
  const ids = await Promise.all(Array.from({ length: 6 }, (_, index) => make(`Crowded ${index}`)));
  const batches = Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? ids : [...ids].reverse()));
  await Promise.all(
    batches.map((batch) =>
      writeUsage(
        db,
        batch.flatMap((id) => [use(id), use(id)]),
      ),
    ),
  );
  const { rows } = await sql<{ uses: number; events: number }>`
    SELECT uses, (SELECT count(*) FROM usage_events WHERE usage_events.prompt_id = prompt_totals.prompt_id) AS events
    FROM prompt_totals WHERE prompt_id = ANY(${ids})
  `.execute(db);
  expect(rows).toEqual(Array(6).fill({ uses: 24, events: 24 }));
});

it("lists the caller's own uses, the newest first, and names no prompt that it may not read any more", async () => {
  const id = await make('Used');
  const hidden = await make('Hidden later');
  const at = (seconds: number) => new Date(services.clock.now().getTime() + seconds * 1_000);
  const mine = { userId: cast.mallory.id };
  await writeUsage(db, [
    use(id, { ...mine, occurredAt: at(1) }),
    use(hidden, { ...mine, occurredAt: at(2), kind: 'copy' }),
    use(id, { ...mine, occurredAt: at(3), consumer: 'ci' }),
    use(id, { userId: cast.carol.id, occurredAt: at(4) }),
  ]);
  await as(cast.alice).prompts.update({ id: hidden, visibility: 'private' });
  const { history } = as(cast.mallory);
  const first = await history.list({ limit: 2 });
  expect(first.items).toMatchObject([
    { kind: 'read', consumer: 'ci', version: 1, prompt: { id, ref: 'alice/used', title: 'Used' } },
    { kind: 'copy', prompt: null },
  ]);
  const rest = await history.list({ limit: 2, cursor: first.nextCursor ?? '' });
  expect(rest.items).toMatchObject([{ consumer: 'web', prompt: { id } }]);
  expect(rest.nextCursor).toBeNull();
});

it('shows a key that is limited to one group only uses of prompts in it', async () => {
  const inside = await make('Inside', 'private');
  const outside = await make('Outside', 'private');
  const groupId = await givenGroup(services, { owner: cast.alice, promptIds: [inside] });
  await writeUsage(db, [use(inside, { userId: cast.alice.id }), use(outside, { userId: cast.alice.id })]);
  const key = { principal: keyPrincipal(cast.alice, ['usage:read'], groupId) };
  expect((await as(key).history.list({})).items.map(({ prompt }) => prompt?.id)).toEqual([inside]);
});

it("shows an owner a prompt's uses by day, version and consumer, page by page", async () => {
  const id = await make('Watched');
  const ago = (days: number) => new Date(services.clock.now().getTime() - days * day);
  await writeUsage(db, [
    use(id),
    use(id),
    use(id, { version: 2 }),
    use(id, { consumer: 'ci', userId: cast.alice.id, apiKeyId: newId() }),
    use(id, { occurredAt: ago(29) }),
    use(id, { occurredAt: ago(40) }),
  ]);
  const { prompts } = as(cast.alice);
  const today = services.clock.now().toISOString().slice(0, 10);
  const whole = await prompts.usage({ id });
  expect(whole.items).toEqual([
    { day: today, version: 2, consumer: 'web', uses: 1 },
    { day: today, version: 1, consumer: 'web', uses: 2 },
    { day: today, version: 1, consumer: 'ci', uses: 1 },
    { day: ago(29).toISOString().slice(0, 10), version: 1, consumer: 'web', uses: 1 },
  ]);
  const first = await prompts.usage({ id, limit: 3 });
  const rest = await prompts.usage({ id, limit: 3, cursor: first.nextCursor ?? '' });
  expect([...first.items, ...rest.items]).toEqual(whole.items);
  const from = ago(40).toISOString().slice(0, 10);
  expect((await prompts.usage({ id, from })).items).toHaveLength(5);
  expect((await prompts.usage({ id, from, to: from })).items).toHaveLength(1);
  expect(await codeOf(prompts.usage({ id, to: '0000-01-01' }))).toBe('request.invalid');
  expect(await codeOf(as(cast.bob).prompts.usage({ id }))).toBe('prompt.forbidden');
  expect(await codeOf(as(cast.root).prompts.usage({ id }))).toBe('ok');
});

it('counts uses that are not kept, without rows of their own and without further programs by the hundred', async () => {
  const [id, other] = [await make('Scanned'), await make('Scanned too')];
  const unkept = { isKept: false };
  const byKey = () => ({ apiKeyId: newId(), consumer: 'one of many' });
  await writeUsage(db, [use(id, { version: 1 })]);
  await writeUsage(db, [{ ...use(id, { version: 1 }), ...unkept }]);
  // Each of another key, and so of another program.
  const scan = Array.from({ length: 50 }, () => ({ ...use(id, { ...byKey(), version: 1 }), ...unkept }));
  expect(await writeUsage(db, [...scan, { ...use(other), ...unkept }])).toBe(51);
  const today = services.clock.now().toISOString().slice(0, 10);
  const shown = (await as(cast.alice).prompts.usage({ id })).items;
  expect(shown.toSorted((one, next) => one.uses - next.uses)).toEqual([
    { day: today, version: 1, consumer: 'web', uses: 2 },
    { day: today, version: 1, consumer: 'others', uses: 50 },
  ]);
  const rows = await db.selectFrom('usage_events').select('id').where('prompt_id', 'in', [id, other]).execute();
  expect(rows).toHaveLength(1);
  const totals = db.selectFrom('prompt_totals').select('uses').where('prompt_id', 'in', [id, other]).orderBy('uses');
  expect(await totals.execute()).toEqual([{ uses: 1 }, { uses: 52 }]);
});

it('counts uses that are told of together as so many, the first and the last of them', async () => {
  const id = await make('Called');
  // A day that is over, whatever the time is now: nobody's latest uses are in it.
  const yesterday = Math.floor(services.clock.now().getTime() / day - 1) * day;
  const at = (hour: number) => new Date(yesterday + hour * 3_600_000);
  const many = { isKept: false, uses: 41, lastUsedAt: at(20) };
  expect(await writeUsage(db, [use(id, { occurredAt: at(3) }), { ...use(id, { occurredAt: at(4) }), ...many }])).toBe(
    42,
  );
  const [last] = (await as(cast.alice).prompts.usage({ id })).items;
  expect(await writeUsage(db, [{ ...use(id, { occurredAt: at(1) }), ...many }])).toBe(41);
  expect(last).toMatchObject({ consumer: 'web', uses: 1 });
  const uses = await as(cast.alice).prompts.usage({ id });
  expect(uses.items.toSorted((one, other) => one.uses - other.uses)).toMatchObject([
    { consumer: 'others', uses: 41 },
    { consumer: 'web', uses: 42 },
  ]);
  const versions = await db
    .selectFrom('version_uses')
    .select(['consumer', 'uses', 'first_used_at as first', 'last_used_at as last'])
    .where('prompt_id', '=', id)
    .orderBy('consumer')
    .execute();
  expect(versions).toEqual([
    { consumer: 'others', uses: 41, first: at(4).toISOString(), last: at(20).toISOString() },
    { consumer: 'web', uses: 42, first: at(1).toISOString(), last: at(20).toISOString() },
  ]);
  const total = db.selectFrom('prompt_totals').select(['uses', 'last_used_at as last']).where('prompt_id', '=', id);
  expect(await total.executeTakeFirstOrThrow()).toEqual({ uses: 83, last: at(20).toISOString() });
});

it("shows an owner no name of anybody else's key, but tells the programs apart", async () => {
  const [id, another] = [await make('Used by others'), await make('Used by others too')];
  const ofBob = { apiKeyId: newId(), consumer: 'acme merger bot' };
  const ofCarol = { apiKeyId: newId(), userId: cast.carol.id, consumer: 'acme merger bot' };
  const own = { apiKeyId: newId(), userId: cast.alice.id, consumer: 'acme merger bot' };
  const uses = [use(id, ofBob), use(id, ofBob), use(id, ofCarol), use(id, own), use(id), use(another, ofBob)];
  expect(await writeUsage(db, uses)).toBe(6);
  const usesOf = async (promptId: string) =>
    (await as(cast.alice).prompts.usage({ id: promptId })).items.map((item) => [item.consumer, item.uses] as const);
  const shown = new Map(await usesOf(id));
  expect([...shown.values()].sort()).toEqual([1, 1, 1, 2]);
  expect([shown.get('acme merger bot'), shown.get('web')]).toEqual([1, 1]);
  const [bobs] = [...shown].find(([, count]) => count === 2) ?? [];
  expect(bobs).toMatch(/^somebody's program \d{6}$/);
  // The same key is another one with another prompt, and the same one later.
  await writeUsage(db, [use(id, ofBob)]);
  expect(new Map(await usesOf(id)).get(String(bobs))).toBe(3);
  expect(await usesOf(another)).not.toContainEqual([bobs, 1]);
  // Whoever used it sees the name, as it is theirs.
  expect((await as(cast.bob).history.list({ limit: 1 })).items).toMatchObject([{ consumer: 'acme merger bot' }]);
});
