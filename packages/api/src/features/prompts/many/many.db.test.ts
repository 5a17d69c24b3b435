import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { callersOf, codeOf, givenApi, givenPrompt } from '../../../../test/index.ts';

const { db, services, cast, as } = await givenApi({ max: 10 });
const { alice, bob } = cast;

const underKey = (who: typeof alice, value: string = randomUUID()) =>
  callersOf(services).as(who.principal, {
    idempotencyHeader: { value, isOfOneCall: true, markReplayed: () => undefined },
  });

const titled = async (prefix: string): Promise<string[]> =>
  (await db.selectFrom('prompts').select('title').where('title', 'like', `${prefix}%`).orderBy('id').execute()).map(
    ({ title }) => title,
  );

const auditOf = async (targetId: string): Promise<string[]> =>
  (await db.selectFrom('audit_log').select('action').where('target_id', '=', targetId).orderBy('id').execute()).map(
    ({ action }) => action,
  );

describe('creating many', () => {
  it('makes a hundred in the order given, each as it would be made alone', async () => {
    const prompts = Array.from({ length: 100 }, (_, index) => ({ title: `Of many ${index}`, content: `${index}` }));
    const { results } = await as(alice).prompts.createMany({ prompts });
    expect(results.map(({ index, outcome }) => [index, outcome])).toEqual(prompts.map((_, i) => [i, 'created']));
    expect(await titled('Of many ')).toEqual(prompts.map(({ title }) => title));
    const last = results[99];
    if (last?.outcome !== 'created') throw new Error('The last was refused.');
    const read = await as(alice).prompts.get({ id: last.id });
    expect(read).toMatchObject({ slug: last.slug, version: last.version, revision: last.revision, content: '99' });
    expect(await auditOf(last.id)).toEqual(['prompt.created']);
  });

  it('makes one, also where it is the only one of several that can be made', async () => {
    const one = { title: 'The only one', content: 'x' };
    const { results } = await as(alice).prompts.createMany({ prompts: [one] });
    expect(results).toMatchObject([{ index: 0, outcome: 'created', slug: 'the-only-one' }]);
    const mixed = await as(alice).prompts.createMany({ prompts: [{ ...one, title: '' }, one] });
    expect(mixed.results.map(({ index, outcome }) => [index, outcome])).toEqual([
      [0, 'refused'],
      [1, 'created'],
    ]);
    expect(await titled('The only one')).toHaveLength(2);
  });

  it('numbers the slugs of equal titles', async () => {
    const prompts = Array.from({ length: 3 }, () => ({ title: 'One of three', content: 'x' }));
    const { results } = await as(alice).prompts.createMany({ prompts });
    expect(results.map((result) => (result.outcome === 'created' ? result.slug : null))).toEqual([
      'one-of-three',
      'one-of-three-2',
      'one-of-three-3',
    ]);
  });

  it('refuses each that cannot be made by its own verdict, and keeps the others', async () => {
    const { results } = await as(alice).prompts.createMany({
      prompts: [
        { title: 'Mixed first', content: 'x', slug: 'mixed' },
        { title: 'Mixed taken', content: 'x', slug: 'mixed' },
        { title: '', content: 'x' },
        { title: 'Mixed without content' },
        { title: 'Mixed unknown', content: 'x', colour: 'red', slug: 'Not a slug' } as never,
        { title: 'Mixed last', content: 'x' },
      ],
    });
    expect(
      results.map((result) =>
        result.outcome === 'refused'
          ? [result.error.code, ...result.error.errors.map(({ path }) => path)]
          : result.outcome,
      ),
    ).toEqual([
      'created',
      ['prompt.slug_taken', 'slug'],
      ['request.invalid', 'title'],
      ['request.invalid', 'content'],
      ['request.invalid', 'slug', 'colour'],
      'created',
    ]);
    expect(await titled('Mixed ')).toEqual(['Mixed first', 'Mixed last']);
  });

  it('refuses a slug that the title of another takes, and that other where the slug comes first', async () => {
    const { results } = await as(alice).prompts.createMany({
      prompts: [
        { title: 'Clash', content: 'x' },
        { title: 'Given clash', content: 'x', slug: 'clash' },
        { title: 'Given second', content: 'x', slug: 'second-clash' },
        { title: 'Second clash', content: 'x' },
      ],
    });
    expect(results.map((result) => (result.outcome === 'created' ? result.slug : result.error.code))).toEqual([
      'clash',
      'prompt.slug_taken',
      'second-clash',
      'second-clash-2',
    ]);
  });

  it('makes what the account has room for, and says of the rest what is full', async () => {
    const { used } = await roomOf(bob.id);
    const full = callersOf({
      ...services,
      settings: { ...services.settings, quotas: { ...services.settings.quotas, prompts: used + 2 } },
    }).as(bob.principal);
    const prompts = Array.from({ length: 4 }, (_, index) => ({ title: `Room ${index}`, content: 'x' }));
    const { results } = await full.prompts.createMany({ prompts });
    expect(results.map(({ outcome }) => outcome)).toEqual(['created', 'created', 'refused', 'refused']);
    expect(results[3]).toMatchObject({
      error: { code: 'quota.exceeded', details: { quota: 'prompts', limit: used + 2, used: used + 2 } },
    });
  });

  it('is done once for an Idempotency-Key, by calls at once and after one another', async () => {
    const sent = underKey(alice);
    const prompts = Array.from({ length: 5 }, (_, index) => ({ title: `Once ${index}`, content: 'x' }));
    const atOnce = await Promise.all([
      sent.prompts.createMany({ prompts }),
      sent.prompts.createMany({ prompts }),
      sent.prompts.createMany({ prompts }),
    ]);
    const again = await sent.prompts.createMany({ prompts });
    expect(atOnce).toEqual([again, again, again]);
    expect(await titled('Once ')).toHaveLength(5);
    expect(await codeOf(sent.prompts.createMany({ prompts: prompts.slice(1) }))).toBe('request.idempotency_mismatch');
  });

  it('takes one to a hundred', async () => {
    const one = { title: 'Bounded', content: 'x' };
    expect(await codeOf(as(alice).prompts.createMany({ prompts: [] }))).toBe('request.invalid');
    expect(await codeOf(as(alice).prompts.createMany({ prompts: Array.from({ length: 101 }, () => one) }))).toBe(
      'request.invalid',
    );
    expect(await titled('Bounded')).toEqual([]);
  });
});

describe('changing many', () => {
  it('changes each as it would be alone, and says which were as they are to be', async () => {
    const one = await givenPrompt(services, alice, 'Change one');
    const other = await givenPrompt(services, alice, 'Change other');
    const { results } = await as(alice).prompts.updateMany({
      prompts: [
        { id: one.id, content: 'Changed', tags: ['new'] },
        { id: other.id, title: 'Change other' },
      ],
    });
    const [changed, unchanged] = [
      await as(alice).prompts.get({ id: one.id }),
      await as(alice).prompts.get({ id: other.id }),
    ];
    expect(results).toEqual([
      { index: 0, outcome: 'updated', id: one.id, slug: changed.slug, version: 2, revision: changed.revision },
      { index: 1, outcome: 'unchanged', id: other.id, slug: unchanged.slug, version: 1, revision: unchanged.revision },
    ]);
    expect(changed).toMatchObject({ content: 'Changed', tags: ['new'] });
    expect([await auditOf(one.id), await auditOf(other.id)]).toEqual([['prompt.updated'], []]);
  });

  it('refuses each by its own verdict, and keeps what the others changed', async () => {
    const mine = await givenPrompt(services, alice, 'Verdict mine');
    const late = await givenPrompt(services, alice, 'Verdict late');
    const other = await givenPrompt(services, alice, 'Verdict other');
    const hidden = await givenPrompt(services, bob, 'Verdict hidden');
    const shown = await givenPrompt(services, bob, 'Verdict shown', { visibility: 'public' });
    const { results } = await as(alice).prompts.updateMany({
      prompts: [
        { id: hidden.id, content: 'stolen' },
        { id: shown.id, content: 'stolen' },
        { id: late.id, content: 'late', baseVersion: 7 },
        { id: other.id, content: 'late', tags: ['late'], revision: 'x'.repeat(22) },
        { id: randomUUID(), content: 'nowhere' },
        { id: 'no id', content: 'nothing' },
        { id: mine.id, content: 'Changed' },
      ],
    });
    expect(results.map((result) => (result.outcome === 'refused' ? result.error.code : result.outcome))).toEqual([
      'prompt.not_found',
      'prompt.forbidden',
      'prompt.version_conflict',
      'request.precondition_failed',
      'prompt.not_found',
      'request.invalid',
      'updated',
    ]);
    expect(results[2]).toMatchObject({ error: { details: { latest: { version: 1, author: { id: alice.id } } } } });
    const [first, fifth] = [results[0], results[4]];
    expect({ ...first, index: 4 }).toEqual(fifth);
    expect((await as(bob).prompts.get({ id: hidden.id })).content).not.toBe('stolen');
    expect((await as(bob).prompts.get({ id: shown.id })).content).not.toBe('stolen');
    expect((await as(alice).prompts.get({ id: mine.id })).content).toBe('Changed');
  });

  it('changes a prompt once, and refuses it where it is named again', async () => {
    const { id } = await givenPrompt(services, alice, 'Named twice');
    const { results } = await as(alice).prompts.updateMany({
      prompts: [
        { id, content: 'first' },
        { id, content: 'second' },
      ],
    });
    expect(results).toMatchObject([
      { index: 0, outcome: 'updated', version: 2 },
      { index: 1, outcome: 'refused', error: { code: 'request.invalid', errors: [{ path: 'id' }] } },
    ]);
    expect((await as(alice).prompts.get({ id })).content).toBe('first');
  });

  it('loses no change of many calls that name the same prompts in other orders', async () => {
    const ids = await Promise.all(
      Array.from({ length: 6 }, async (_, i) => (await givenPrompt(services, alice, `Crossing ${i}`)).id),
    );
    const calls = Array.from({ length: 8 }, (_, call) => {
      const order = call % 2 === 0 ? ids : ids.toReversed();
      return as(alice).prompts.updateMany({ prompts: order.map((id) => ({ id, content: `of call ${call}` })) });
    });
    const outcomes = (await Promise.all(calls)).flatMap(({ results }) => results.map(({ outcome }) => outcome));
    expect(outcomes).toEqual(Array.from({ length: 48 }, () => 'updated'));
    const versions = await Promise.all(ids.map(async (id) => (await as(alice).prompts.get({ id })).version));
    expect(versions).toEqual(ids.map(() => 9));
  });

  it('gives no answer again of a prompt that was taken from the caller since', async () => {
    const mine = await givenPrompt(services, bob, 'Kept by bob');
    const taken = await givenPrompt(services, alice, 'Taken from bob');
    const { id } = await as(alice).groups.create({ name: 'For a while' });
    await as(alice).groups.addPrompt({ id, promptId: taken.id });
    await as(alice).members.add({ id, handle: bob.handle, role: 'editor' });
    const sent = underKey(bob);
    const prompts = [
      { id: taken.id, content: 'by bob' },
      { id: mine.id, content: 'by bob' },
    ];
    const first = await sent.prompts.updateMany({ prompts });
    expect(first.results.map(({ outcome }) => outcome)).toEqual(['updated', 'updated']);
    expect(await sent.prompts.updateMany({ prompts })).toEqual(first);
    await as(alice).members.remove({ id, userId: bob.id });
    const [lost, kept] = (await sent.prompts.updateMany({ prompts })).results;
    expect(lost).toMatchObject({ outcome: 'refused', error: { code: 'prompt.not_found' } });
    expect(kept).toEqual(first.results[1]);
    expect((await as(alice).prompts.get({ id: taken.id })).version).toBe(2);
  });
});

async function roomOf(userId: string): Promise<{ used: number }> {
  const row = await db
    .selectFrom('account_resources')
    .select('prompts')
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return { used: row?.prompts ?? 0 };
}
