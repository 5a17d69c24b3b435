import { newId } from '@promptory/db';
import { countedQueries } from '@promptory/db/testing';
import { describe, expect, it } from 'vitest';
import {
  callersOf,
  codeOf,
  errorOf,
  givenApi,
  givenGroup,
  givenKeyPrincipal,
  givenPrompt,
} from '../../../test/index.ts';

const { pool, services, cast, as } = await givenApi({ max: 10 });
const { alice, bob, carol, mallory } = cast;

/** So many prompts of alice's with two versions, which bob edits. */
async function givenTeamOf(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const { id } = await givenPrompt(services, alice, `Released ${at}`);
    await as(alice).prompts.update({ id, content: 'Second' });
    ids.push(id);
  }
  await givenGroup(services, { owner: alice, editors: [bob], viewers: [carol], promptIds: ids });
  return ids;
}

const label = 'staging';
const versionsOf = (ids: readonly string[]) =>
  Promise.all(ids.map(async (id) => (await as(alice).labels.list({ id })).items.map(({ version }) => version)));
const each = (ids: readonly string[], version?: number) =>
  ids.map((promptId) => ({ promptId, ...(version === undefined ? {} : { version }) }));

describe('a release', () => {
  it('moves a label on all its prompts, answers its id, and is listed with its moves', async () => {
    const ids = await givenTeamOf(3);
    const made = await as(bob).releases.create({ label, prompts: each(ids, 1), reason: 'First' });
    expect(made.results).toEqual(ids.map((promptId) => ({ promptId, outcome: 'moved', from: null, to: 1 })));
    const second = await as(bob).releases.create({ label, prompts: each(ids) });
    expect(await versionsOf(ids)).toEqual([[2], [2], [2]]);
    const { items } = await as(bob).releases.list({});
    expect(items).toMatchObject([
      { id: second.id, label, reason: null, promptCount: 3, undoes: null, undoneBy: null },
      { id: made.id, reason: 'First', releasedBy: { handle: 'bob' }, byProgram: false },
    ]);
    const whole = await as(carol).releases.get({ id: made.id ?? '' });
    expect(whole).toMatchObject({
      ...items[1],
      moves: ids.toSorted().map((promptId) => ({ promptId, from: null, to: 1 })),
    });
    expect(whole.moves.every(({ releaseId }) => releaseId === made.id)).toBe(true);
    const ofPrompt = await as(alice).releases.list({ promptId: ids[0], limit: 1 });
    expect(ofPrompt.items).toEqual([items[0]]);
    const rest = await as(alice).releases.list({ promptId: ids[0], cursor: ofPrompt.nextCursor ?? '' });
    expect(rest).toEqual({ items: [items[1]], nextCursor: null });
    expect((await as(alice).releases.list()).items).toEqual([]);
  });

  it('moves nothing where one is refused, and says of each why', async () => {
    const ids = await givenTeamOf(4);
    const [first = '', second = '', third = '', fourth = ''] = ids;
    const hidden = await givenPrompt(services, mallory, 'Hidden');
    const shown = await givenPrompt(services, mallory, 'Shown', { visibility: 'public' });
    await as(alice).labels.protect({ id: second, label });
    const moved = await as(alice).labels.move({ id: third, label, version: 1 });
    const prompts = [
      { promptId: first, version: 2 },
      { promptId: second, version: 2 },
      { promptId: third, version: 2, expectedVersion: null },
      { promptId: fourth, version: 9 },
      { promptId: hidden.id },
      { promptId: shown.id },
    ];
    const refused = await errorOf(as(bob).releases.create({ label, prompts }));
    expect(refused.code).toBe('release.refused');
    expect(refused.extra).toMatchObject({
      refusals: [
        { index: 1, promptId: second, code: 'label.protected' },
        { index: 2, promptId: third, current: { label, version: 1, moveId: moved.lastMove?.id } },
        { index: 3, promptId: fourth, code: 'prompt.version_not_found' },
        { index: 4, promptId: null, code: 'prompt.not_found' },
        { index: 5, promptId: shown.id, code: 'prompt.forbidden' },
      ],
    });
    expect(await versionsOf(ids)).toEqual([[], [null], [1], []]);
    const twice = await errorOf(as(bob).releases.create({ label, prompts: each([first, second, first]) }));
    expect([twice.code, twice.errors[0]?.path]).toEqual(['request.invalid', 'prompts.2.promptId']);
  });

  it('is none where every label is there already', async () => {
    const ids = await givenTeamOf(2);
    await as(bob).releases.create({ label, prompts: each(ids.slice(1), 2) });
    const made = await as(bob).releases.create({ label, prompts: each(ids, 2) });
    expect(made.results.map(({ outcome }) => outcome)).toEqual(['moved', 'unchanged']);
    expect((await as(bob).releases.get({ id: made.id ?? '' })).moves).toHaveLength(1);
    expect(await as(bob).releases.create({ label, prompts: each(ids, 2) })).toMatchObject({ id: null });
  });

  it('takes as many statements for fifty prompts as for two', async () => {
    const counts: number[] = [];
    for (const count of [2, 50]) {
      const ids = await givenTeamOf(count);
      const { db, queries } = countedQueries(pool);
      await callersOf({ ...services, db })
        .as(alice.principal)
        .releases.create({ label, prompts: each(ids, 1) });
      counts.push(queries().length);
    }
    expect(counts[1]).toBe(counts[0]);
  });

  it('of the same prompts by many at once, in other orders, is made one after another', async () => {
    const ids = await givenTeamOf(5);
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, at) => {
        const prompts = each(at % 2 === 0 ? ids : ids.toReversed(), 1 + (at % 2));
        return codeOf(as(at % 3 === 0 ? bob : alice).releases.create({ label, prompts }));
      }),
    );
    expect(new Set(outcomes)).toEqual(new Set(['ok']));
    const versions = (await versionsOf(ids)).flat();
    expect(new Set(versions).size).toBe(1);
  });

  it('has one effect for an Idempotency-Key', async () => {
    const ids = await givenTeamOf(2);
    const header = { value: newId(), isOfOneCall: true, markReplayed: () => undefined };
    const { releases } = callersOf(services).as(bob.principal, { idempotencyHeader: header });
    const input = { label, prompts: each(ids, 2) };
    const made = await Promise.all([releases.create(input), releases.create(input)]);
    expect(made[0]).toEqual(made[1]);
    expect((await as(bob).releases.list({ promptId: ids[0] })).items).toHaveLength(1);
  });

  it('by a key that is limited to a group stays within it', async () => {
    const ids = await givenTeamOf(2);
    const [inside = '', outside = ''] = ids;
    await as(alice).releases.create({ label, prompts: each(ids, 1) });
    const groupId = await givenGroup(services, { owner: alice, promptIds: [inside] });
    const key = as({ principal: await givenKeyPrincipal(services, alice, ['prompts:read', 'labels:write'], groupId) });
    const refused = await errorOf(key.releases.create({ label, prompts: each(ids, 2) }));
    expect(refused.extra).toMatchObject({ refusals: [{ index: 1, promptId: null, code: 'prompt.not_found' }] });
    await key.releases.create({ label, prompts: each([inside], 2) });
    const { items } = await key.releases.list();
    expect(items).toMatchObject([
      { promptCount: 1, byProgram: true },
      { promptCount: 1, byProgram: false },
    ]);
    expect(await codeOf(key.releases.list({ promptId: outside }))).toBe('prompt.not_found');
    expect(await versionsOf(ids)).toEqual([[2], [1]]);
  });
});

describe('a release that is taken back', () => {
  it('brings every label back, as a release of its own that can be taken back too', async () => {
    const ids = await givenTeamOf(3);
    await as(bob).releases.create({ label, prompts: each(ids.slice(1), 1) });
    const made = await as(bob).releases.create({ label, prompts: each(ids, 2) });
    const undone = await as(bob).releases.undo({ id: made.id ?? '', reason: 'Broken' });
    expect(await versionsOf(ids)).toEqual([[], [1], [1]]);
    expect(await as(bob).releases.get({ id: made.id ?? '' })).toMatchObject({ undoneBy: undone.id });
    expect(await as(bob).releases.get({ id: undone.id ?? '' })).toMatchObject({ undoes: made.id, reason: 'Broken' });
    await as(bob).releases.undo({ id: undone.id ?? '' });
    expect(await versionsOf(ids)).toEqual([[2], [2], [2]]);
  });

  it('stays whole where one of its labels has moved since', async () => {
    const ids = await givenTeamOf(3);
    const made = await as(bob).releases.create({ label, prompts: each(ids, 2) });
    const moved = await as(alice).labels.move({ id: ids[1] ?? '', label, version: 1 });
    const refused = await errorOf(as(bob).releases.undo({ id: made.id ?? '' }));
    expect([refused.code, refused.extra]).toMatchObject([
      'release.refused',
      { refusals: [{ promptId: ids[1], code: 'label.moved_since', current: { moveId: moved.lastMove?.id } }] },
    ]);
    expect(await versionsOf(ids)).toEqual([[2], [1], [2]]);
  });

  it('is there for whoever reads one of its prompts, and taken back by who may edit them all', async () => {
    const ids = await givenTeamOf(2);
    const { id: own } = await givenPrompt(services, alice, 'Own');
    const made = await as(alice).releases.create({ label, prompts: each([...ids, own], 1) });
    const id = made.id ?? '';
    expect(await codeOf(as(mallory).releases.get({ id }))).toBe('release.not_found');
    expect(await codeOf(as(mallory).releases.undo({ id }))).toBe('release.not_found');
    expect(await codeOf(as(mallory).releases.get({ id: newId() }))).toBe('release.not_found');
    expect((await as(carol).releases.get({ id })).moves).toHaveLength(2);
    const refused = await errorOf(as(bob).releases.undo({ id }));
    expect(refused.extra).toMatchObject({ refusals: [{ promptId: null, code: 'prompt.not_found' }] });
    expect(JSON.stringify(refused.extra)).not.toContain(own);
    expect(await codeOf(as(carol).releases.undo({ id }))).toBe('release.refused');
    expect(await codeOf(as(alice).releases.undo({ id }))).toBe('ok');
  });
});
