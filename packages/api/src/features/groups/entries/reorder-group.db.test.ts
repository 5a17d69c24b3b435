import { newId } from '@promptory/db';
import type { ReorderGroupInput } from '@promptory/schemas';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { codeOf, errorOf, givenApi, givenPrompt, givenPrompts, givenTeam } from '../../../../test/index.ts';

const { db, services, cast, as } = await givenApi({ max: 6 });

const positionsOf = async (id: string): Promise<number[]> =>
  (
    await db.selectFrom('group_prompts').select('position').where('group_id', '=', id).orderBy('position').execute()
  ).map((row) => row.position);

const auditOf = async (id: string): Promise<string[]> =>
  (await db.selectFrom('audit_log').select('action').where('target_id', '=', id).orderBy('id').execute()).map(
    (row) => row.action,
  );

describe('reordering', () => {
  it('takes the whole order, or one move', async () => {
    const { id, prompts } = await givenTeam(services, cast, ['a', 'b', 'c', 'd']);
    const [a = '', b = '', c = '', d = ''] = prompts;
    const moves = [
      [{ id, promptIds: [d, c, b, a.toUpperCase()] }, [d, c, b, a]],
      [{ id, promptId: a, before: d }, [a, d, c, b]],
      [{ id, promptId: d, after: b }, [a, c, b, d]],
      [{ id, promptId: c, after: c }, [a, c, b, d]],
    ] satisfies [z.input<typeof ReorderGroupInput>, string[]][];
    for (const [move, expected] of moves) {
      const answered = await as(cast.bob).groups.reorder(move);
      expect(answered.prompts.map((entry) => entry.prompt.id)).toEqual(expected);
      expect(answered.prompts.map((entry) => entry.position)).toEqual([0, 1, 2, 3]);
    }
    expect((await auditOf(id)).filter((action) => action === 'group.reordered')).toHaveLength(3);
  });

  it('refuses an order of other prompts with the difference', async () => {
    const { id, prompts } = await givenTeam(services, cast, ['a', 'b']);
    const stray = newId();
    const refused = await errorOf(as(cast.bob).groups.reorder({ id, promptIds: [prompts[0] ?? '', stray] }));
    expect(refused).toMatchObject({
      code: 'group.order_mismatch',
      extra: { missing: [prompts[1]], unexpected: [stray] },
    });
    expect(await codeOf(as(cast.bob).groups.reorder({ id, promptId: stray, before: prompts[0] ?? '' }))).toBe(
      'group.prompt_not_in_group',
    );
    // @ts-expect-error An order or a move is asked for.
    expect(await codeOf(as(cast.bob).groups.reorder({ id }))).toBe('request.invalid');
  });

  it('asks for no prompt that the caller cannot see, names none, and leaves it in its place', async () => {
    const { id, prompts } = await givenTeam(services, cast, ['a', 'b', 'c']);
    const [a = '', b = '', c = ''] = prompts;
    const { id: hidden } = await givenPrompt(services, cast.mallory, 'Hidden', { visibility: 'public' });
    await as(cast.alice).groups.addPrompt({ id, promptId: hidden, position: 1 });
    await db.updateTable('prompts').set({ visibility: 'private' }).where('id', '=', hidden).execute();

    const refused = await errorOf(as(cast.bob).groups.reorder({ id, promptIds: [c, b] }));
    expect(refused.extra).toEqual({ missing: [a], unexpected: [] });
    expect((await errorOf(as(cast.bob).groups.reorder({ id, promptIds: [c, b, a, hidden] }))).extra).toEqual({
      missing: [],
      unexpected: [hidden],
    });
    expect(await codeOf(as(cast.bob).groups.reorder({ id, promptId: hidden, after: c }))).toBe(
      'group.prompt_not_in_group',
    );
    const answered = await as(cast.bob).groups.reorder({ id, promptIds: [c, b, a] });
    expect(answered.prompts.map(({ position, prompt }) => [position, prompt.id])).toEqual([
      [0, c],
      [2, b],
      [3, a],
    ]);
    expect(await positionsOf(id)).toEqual([0, 1, 2, 3]);
  });

  it('keeps positions 0 to n-1 under adds, removals, moves and whole orders at once', async () => {
    const { id, prompts } = await givenTeam(services, cast, ['a', 'b', 'c', 'd', 'e', 'f']);
    const extra = await givenPrompts(services, cast.alice, 6);
    const [a = '', b = '', c = '', d = '', e = '', f = ''] = prompts;
    const alice = as(cast.alice).groups;
    const bob = as(cast.bob).groups;
    const outcomes = await Promise.all([
      ...extra.map(({ id: promptId }, n) => codeOf(alice.addPrompt({ id, promptId, position: n % 3 }))),
      codeOf(bob.removePrompt({ id, promptId: a })),
      codeOf(alice.removePrompt({ id, promptId: a })),
      codeOf(bob.removePrompt({ id, promptId: b })),
      ...Array.from({ length: 2 }, () => codeOf(bob.reorder({ id, promptId: c, after: f }))),
      ...Array.from({ length: 2 }, () => codeOf(alice.reorder({ id, promptId: d, before: e }))),
      codeOf(bob.reorder({ id, promptIds: prompts.toReversed() })),
    ]);
    expect(outcomes.slice(0, 6)).toEqual(Array.from({ length: 6 }, () => 'ok'));
    expect(outcomes.slice(6, 8).sort()).toEqual(['group.prompt_not_in_group', 'ok']);
    for (const outcome of outcomes) {
      expect(['ok', 'group.prompt_not_in_group', 'group.order_mismatch']).toContain(outcome);
    }
    expect(await positionsOf(id)).toEqual(Array.from({ length: 10 }, (_, position) => position));
  });
});
