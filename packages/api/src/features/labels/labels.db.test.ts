import { newId } from '@promptory/db';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import {
  callersOf,
  codeOf,
  errorOf,
  givenApi,
  givenGroup,
  givenKeyPrincipal,
  givenPerson,
  givenPrompt,
} from '../../../test/index.ts';

const { db, services, cast, as } = await givenApi({ max: 10 });
const { alice, bob, carol, mallory, root } = cast;
const production = 'production';

/** A prompt of alice's with so many versions, which bob may edit and carol read. */
async function givenLabelled(versions = 4): Promise<string> {
  const { id } = await givenPrompt(services, alice, 'Labelled');
  for (let version = 2; version <= versions; version += 1) {
    await as(alice).prompts.update({ id, content: `Version ${version}` });
  }
  await givenGroup(services, { owner: alice, editors: [bob], viewers: [carol], promptIds: [id] });
  return id;
}

const steps = async (id: string, label = production): Promise<Array<[number | null, number | null]>> =>
  (await as(alice).labels.history({ id, label, limit: 100 })).items.map(({ from, to }) => [from, to]);

const auditOf = async (id: string): Promise<unknown[]> =>
  (
    await db
      .selectFrom('audit_log')
      .select(['action', 'details'])
      .where('target_id', '=', id)
      .where('action', 'like', 'label.%')
      .orderBy('id')
      .execute()
  ).map(({ action, details }) => [action, details]);

describe('moving a label', () => {
  it('lets it point at one version, and says from where, who, why and when', async () => {
    const id = await givenLabelled();
    const first = await as(alice).labels.move({ id, label: production, version: 1 });
    expect(first).toMatchObject({ label: production, version: 1, isProtected: false });
    const second = await as(bob).labels.move({ id, label: production, version: 3, reason: 'Reviewed' });
    expect(second).toMatchObject({
      version: 3,
      lastMove: {
        ...{ label: production, from: 1, to: 3, reason: 'Reviewed', byProgram: false, isBreaking: false },
        ...{ movedBy: { handle: 'bob' }, movedAt: services.clock.now().toISOString(), undoes: null, releaseId: null },
      },
    });
    expect(await as(carol).labels.get({ id, label: production })).toEqual(second);
    expect((await as(carol).labels.history({ id, label: production })).items).toEqual([
      second.lastMove,
      first.lastMove,
    ]);
    expect(await auditOf(id)).toEqual([
      ['label.moved', { label: production, from: null, to: 1, moveId: first.lastMove?.id }],
      ['label.moved', { label: production, from: 1, to: 3, moveId: second.lastMove?.id }],
    ]);
  });

  it('does nothing where it points there already', async () => {
    const id = await givenLabelled();
    const first = await as(alice).labels.move({ id, label: production, version: 2 });
    expect(await as(alice).labels.move({ id, label: production, version: 2, reason: 'Again' })).toEqual(first);
    expect(await steps(id)).toEqual([[null, 2]]);
    expect(await auditOf(id)).toHaveLength(1);
  });

  it('is refused where the label has to point elsewhere, and says where it points', async () => {
    const id = await givenLabelled();
    const { labels } = as(alice);
    const refused = await errorOf(labels.move({ id, label: production, version: 1, expectedVersion: 2 }));
    expect([refused.code, refused.extra]).toEqual([
      'label.moved_since',
      { current: { label: production, version: null, moveId: null } },
    ]);
    const { lastMove } = await labels.move({ id, label: production, version: 1, expectedVersion: null });
    const again = await errorOf(labels.move({ id, label: production, version: 2, expectedVersion: null }));
    expect(again.extra).toEqual({ current: { label: production, version: 1, moveId: lastMove?.id } });
    expect(await codeOf(labels.move({ id, label: production, version: 2, expectedVersion: 1 }))).toBe('ok');
    expect(await codeOf(labels.remove({ id, label: production, expectedVersion: 1 }))).toBe('label.moved_since');
  });

  it('has one effect for an Idempotency-Key, and is not told again to who may no longer edit', async () => {
    const id = await givenLabelled();
    const { id: groupId } = (await as(alice).groups.list({ limit: 1 })).items[0] ?? { id: '' };
    const header = { value: newId(), isOfOneCall: true, markReplayed: () => undefined };
    const { labels } = callersOf(services).as(bob.principal, { idempotencyHeader: header });
    const input = { id, label: production, version: 2, expectedVersion: null };
    const first = await labels.move(input);
    expect(await labels.move(input)).toEqual(first);
    expect(await steps(id)).toHaveLength(1);
    await as(alice).members.remove({ id: groupId, userId: bob.id });
    expect(await codeOf(labels.move(input))).toBe('prompt.not_found');
  });

  it('takes names that are labels only, and leaves `latest` to the latest version', async () => {
    const id = await givenLabelled();
    for (const label of ['latest', 'Production', '', '.a', 'a b', 'a/b', 'ä', 'a'.repeat(37), 'a\n', '7']) {
      const refused = await errorOf(as(alice).labels.move({ id, label, version: 1 }));
      expect([label, refused.code, refused.errors[0]?.path]).toEqual([label, 'request.invalid', 'label']);
    }
    for (const label of ['a', '0a', 'eu-1_v2.0', 'latest2', 'a'.repeat(36)]) {
      expect([label, await codeOf(as(alice).labels.move({ id, label, version: 1 }))]).toEqual([label, 'ok']);
    }
    const first = await as(alice).labels.list({ id, limit: 2 });
    const rest = await as(alice).labels.list({ id, limit: 3, cursor: first.nextCursor ?? '' });
    expect(rest.nextCursor).toBeNull();
    expect([...first.items, ...rest.items].map(({ label }) => label)).toEqual([
      '0a',
      'a',
      'a'.repeat(36),
      'eu-1_v2.0',
      'latest2',
    ]);
  });

  it('is for those who may edit the prompt; to others the prompt is not there, or not theirs to change', async () => {
    const id = await givenLabelled();
    const { lastMove } = await as(alice).labels.move({ id, label: production, version: 1 });
    const moveId = lastMove?.id ?? '';
    const calls = (person: typeof alice) => {
      const { labels } = as(person);
      return [
        labels.move({ id, label: production, version: 2 }),
        labels.remove({ id, label: production }),
        labels.undo({ id, label: production, moveId }),
        labels.protect({ id, label: production }),
        labels.unprotect({ id, label: production }),
      ];
    };
    expect(await Promise.all(calls(carol).map(codeOf))).toEqual(Array(5).fill('prompt.forbidden'));
    expect(await Promise.all(calls(mallory).map(codeOf))).toEqual(Array(5).fill('prompt.not_found'));
    const { labels } = as(mallory);
    const reads = [
      labels.list({ id }),
      labels.get({ id, label: production }),
      labels.history({ id, label: production }),
    ];
    expect(await Promise.all(reads.map(codeOf))).toEqual(Array(3).fill('prompt.not_found'));
    expect(await codeOf(as(root).labels.move({ id, label: production, version: 2 }))).toBe('ok');
    expect(await steps(id)).toEqual([
      [1, 2],
      [null, 1],
    ]);
  });

  it('by a key needs its scope, says that it was a program, and stays within the key’s group', async () => {
    const id = await givenLabelled();
    const other = await givenPrompt(services, alice, 'Elsewhere');
    const groupId = await givenGroup(services, { owner: alice, promptIds: [id] });
    const withKey = async (scopes: Parameters<typeof givenKeyPrincipal>[2], group: string | null = null) =>
      as({ principal: await givenKeyPrincipal(services, alice, scopes, group) }).labels;
    const writing = await withKey(['prompts:read', 'prompts:write']);
    expect(await codeOf(writing.move({ id, label: production, version: 1 }))).toBe('auth.scope_missing');
    const moved = await (await withKey(['labels:write'], groupId)).move({ id, label: production, version: 1 });
    expect(moved.lastMove).toMatchObject({ byProgram: true, movedBy: { handle: 'alice' } });
    const limited = await withKey(['labels:write'], groupId);
    expect(await codeOf(limited.move({ id: other.id, label: production, version: 1 }))).toBe('prompt.not_found');
  });

  it('loses none of two at once, in fifteen rounds', async () => {
    const id = await givenLabelled();
    for (let round = 0; round < 15; round += 1) {
      const label = `round-${round % 5}`;
      const versions = [1 + (round % 4), 1 + ((round + 1) % 4)];
      await Promise.all(versions.map((version) => as(alice).labels.move({ id, label, version })));
    }
    for (let label = 0; label < 5; label += 1) {
      const history = (await steps(id, `round-${label}`)).toReversed();
      let at: number | null = null;
      for (const [from, to] of history) {
        expect(from).toBe(at);
        at = to;
      }
      expect((await as(alice).labels.get({ id, label: `round-${label}` })).version).toBe(at);
    }
    const swaps = await Promise.all(
      [1, 2, 3, 4].map((version) =>
        codeOf(as(alice).labels.move({ id, label: 'swap', version, expectedVersion: null })),
      ),
    );
    expect(swaps.sort()).toEqual(['label.moved_since', 'label.moved_since', 'label.moved_since', 'ok']);
  });

  it('stops at the quotas, for editors at nine tenths of them', async () => {
    const owner = await givenPerson(services, { handle: 'labeller' });
    const { id } = await givenPrompt(services, owner, 'Bounded');
    await as(owner).prompts.update({ id, content: 'Second' });
    await givenGroup(services, { owner, editors: [bob], promptIds: [id] });
    await db
      .updateTable('account_resources')
      .set({ quotas: JSON.stringify({ labelsPerPrompt: 10, labelMovesPerPrompt: 20 }) })
      .where('user_id', '=', owner.id)
      .execute();
    const move = (person: typeof owner, label: string, version = 1) =>
      errorOf(
        as(person)
          .labels.move({ id, label, version })
          .then(() => Promise.reject(new Error('moved'))),
      );
    for (let label = 0; label < 9; label += 1) await move(bob, `of-editor-${label}`);
    expect((await move(bob, 'one-more')).extra).toEqual({ quota: 'labelsPerPrompt', limit: 9, used: 9 });
    await move(owner, 'one-more');
    expect((await move(owner, 'too-many')).extra).toEqual({ quota: 'labelsPerPrompt', limit: 10, used: 10 });
    expect((await errorOf(as(owner).labels.protect({ id, label: 'too-many' }))).extra).toEqual({
      ...{ quota: 'labelsPerPrompt', limit: 10, used: 10 },
    });
    for (let round = 0; round < 8; round += 1) await move(bob, 'one-more', 2 - (round % 2));
    expect((await move(bob, 'one-more', 2)).extra).toEqual({ quota: 'labelMovesPerPrompt', limit: 18, used: 18 });
    await move(owner, 'one-more', 2);
    await move(owner, 'one-more', 1);
    expect((await move(owner, 'one-more', 2)).extra).toEqual({ quota: 'labelMovesPerPrompt', limit: 20, used: 20 });
    expect((await as(owner).labels.list({ id, limit: 100 })).items).toHaveLength(10);
  });
});

describe('a label that is removed', () => {
  it('points nowhere, and keeps its history', async () => {
    const id = await givenLabelled();
    const { labels } = as(alice);
    await labels.move({ id, label: production, version: 2 });
    await labels.remove({ id, label: production, reason: 'Retired' });
    expect(await codeOf(labels.get({ id, label: production }))).toBe('label.not_found');
    expect(await codeOf(labels.remove({ id, label: production }))).toBe('label.not_found');
    expect((await labels.list({ id })).items).toEqual([]);
    expect((await labels.history({ id, label: production })).items).toMatchObject([
      { from: 2, to: null, reason: 'Retired' },
      { from: null, to: 2 },
    ]);
    await labels.move({ id, label: production, version: 1 });
    expect(await steps(id)).toEqual([
      [null, 1],
      [2, null],
      [null, 2],
    ]);
  });

  it('goes with its prompt, and so does its history, which nobody else can remove', async () => {
    const id = await givenLabelled();
    await as(alice).labels.move({ id, label: production, version: 2 });
    for (const statement of [sql`DELETE FROM label_moves`, sql`UPDATE label_moves SET reason = 'Other'`]) {
      await expect(statement.execute(db)).rejects.toThrow('label_moves rows are never changed');
    }
    await as(alice).prompts.delete({ id });
    expect(await codeOf(as(alice).labels.list({ id }))).toBe('prompt.not_found');
    await as(alice).prompts.purge({ id });
    const { rows } = await sql`
      SELECT FROM label_moves WHERE prompt_id = ${id} UNION ALL SELECT FROM prompt_labels WHERE prompt_id = ${id}
    `.execute(db);
    expect(rows).toEqual([]);
  });
});

describe('where a label pointed', () => {
  it('is known at each time, also where the clock of a server is behind', async () => {
    const id = await givenLabelled();
    const { labels } = as(alice);
    const at: string[] = [];
    const now = () => services.clock.now().toISOString();
    const before = now();
    for (const version of [1, 3, 2]) {
      services.clock.advance(60_000);
      await labels.move({ id, label: production, version });
      at.push(now());
    }
    services.clock.advance(60_000);
    await labels.remove({ id, label: production });
    at.push(now());
    // What happens later is never written as earlier.
    services.clock.advance(-200_000);
    const late = await labels.move({ id, label: production, version: 4 });
    expect(late.lastMove?.movedAt).toBe(at[3]);
    services.clock.advance(200_000);
    const version = async (time: string) => (await labels.get({ id, label: production, at: time })).version;
    expect(await codeOf(labels.get({ id, label: production, at: before }))).toBe('label.not_found');
    expect([await version(at[0] ?? ''), await version(at[1] ?? ''), await version(at[2] ?? '')]).toEqual([1, 3, 2]);
    expect(await version(at[3] ?? '')).toBe(4);
    const until = await labels.history({ id, label: production, at: at[1], limit: 1 });
    expect(until.items).toMatchObject([{ from: 1, to: 3 }]);
    const more = await labels.history({ id, label: production, at: at[1], cursor: until.nextCursor ?? '' });
    expect(more).toMatchObject({ items: [{ from: null, to: 1 }], nextCursor: null });
  });
});

describe('taking a move back', () => {
  it('is the next move, to where it was before, and can be taken back itself', async () => {
    const id = await givenLabelled();
    const { labels } = as(alice);
    await labels.move({ id, label: production, version: 1 });
    const moved = await labels.move({ id, label: production, version: 2 });
    const undone = await labels.undo({ id, label: production, moveId: moved.lastMove?.id ?? '', reason: 'Broken' });
    expect(undone).toMatchObject({
      version: 1,
      lastMove: { from: 2, to: 1, undoes: moved.lastMove?.id, reason: 'Broken' },
    });
    const again = await labels.undo({ id, label: production, moveId: undone.lastMove?.id ?? '' });
    expect(again).toMatchObject({ version: 2, lastMove: { undoes: undone.lastMove?.id } });
  });

  it('is refused once the label has moved since, also where it came back', async () => {
    const id = await givenLabelled();
    const { labels } = as(alice);
    const moves = [];
    for (const version of [1, 2, 1, 2]) {
      moves.push((await labels.move({ id, label: production, version })).lastMove?.id ?? '');
    }
    const [first, second, third, last = ''] = moves;
    for (const moveId of [first, second, third]) {
      const refused = await errorOf(labels.undo({ id, label: production, moveId: moveId ?? '' }));
      expect([refused.code, refused.extra]).toEqual([
        'label.moved_since',
        { current: { label: production, version: 2, moveId: last } },
      ]);
    }
    const both = await Promise.all(
      [last, last].map((moveId) => codeOf(labels.undo({ id, label: production, moveId }))),
    );
    expect(both.sort()).toEqual(['label.moved_since', 'ok']);
    expect(await codeOf(labels.undo({ id, label: production, moveId: newId() }))).toBe('label.move_not_found');
    expect(await codeOf(labels.undo({ id, label: 'staging', moveId: last }))).toBe('label.move_not_found');
  });

  it('of a first move and of a removal leaves it nowhere and brings it back', async () => {
    const id = await givenLabelled();
    const { labels } = as(alice);
    const { lastMove } = await labels.move({ id, label: production, version: 3 });
    const undone = await labels.undo({ id, label: production, moveId: lastMove?.id ?? '' });
    expect(undone).toMatchObject({ label: production, version: null });
    expect(await codeOf(labels.get({ id, label: production }))).toBe('label.not_found');
    await labels.move({ id, label: production, version: 3 });
    await labels.remove({ id, label: production });
    const [removal] = (await labels.history({ id, label: production })).items;
    expect(await labels.undo({ id, label: production, moveId: removal?.id ?? '' })).toMatchObject({ version: 3 });
  });
});

describe('a protected label', () => {
  it('is moved, removed and taken back by the owner and administrators only, by whatever way', async () => {
    const id = await givenLabelled();
    const first = await as(bob).labels.move({ id, label: production, version: 1 });
    await as(alice).labels.protect({ id, label: production });
    await as(alice).labels.protect({ id, label: production });
    const key = (person: typeof bob) => givenKeyPrincipal(services, person, ['labels:write']);
    const moveId = first.lastMove?.id ?? '';
    for (const labels of [as(bob).labels, as({ principal: await key(bob) }).labels]) {
      const refused = [
        labels.move({ id, label: production, version: 2 }),
        labels.remove({ id, label: production }),
        labels.undo({ id, label: production, moveId }),
      ];
      expect(await Promise.all(refused.map(codeOf))).toEqual(Array(3).fill('label.protected'));
      expect(await codeOf(labels.unprotect({ id, label: production }))).toBe('prompt.forbidden');
    }
    await as(bob).labels.move({ id, label: 'staging', version: 2 });
    await as(root).labels.move({ id, label: production, version: 3 });
    await as({ principal: await key(alice) }).labels.move({ id, label: production, version: 2 });
    expect(await steps(id)).toEqual([
      [3, 2],
      [1, 3],
      [null, 1],
    ]);
    await as(alice).labels.unprotect({ id, label: production });
    await as(alice).labels.unprotect({ id, label: production });
    expect(await codeOf(as(bob).labels.move({ id, label: production, version: 4 }))).toBe('ok');
    expect((await auditOf(id)).filter((entry) => String(entry).includes('protection'))).toHaveLength(2);
  });

  it('stays protected where it points nowhere, before its first move and after its end', async () => {
    const id = await givenLabelled();
    await as(alice).labels.protect({ id, label: production });
    expect(await as(bob).labels.get({ id, label: production })).toEqual({
      ...{ label: production, version: null, isProtected: true, lastMove: null },
    });
    expect(await codeOf(as(bob).labels.move({ id, label: production, version: 1 }))).toBe('label.protected');
    await as(alice).labels.move({ id, label: production, version: 1 });
    await as(alice).labels.remove({ id, label: production });
    expect(await codeOf(as(alice).labels.remove({ id, label: production }))).toBe('label.not_found');
    expect((await as(bob).labels.list({ id })).items).toMatchObject([
      { version: null, isProtected: true, lastMove: { from: 1, to: null } },
    ]);
    expect(await codeOf(as(bob).labels.move({ id, label: production, version: 1 }))).toBe('label.protected');
    await as(alice).labels.unprotect({ id, label: production });
    expect((await as(bob).labels.list({ id })).items).toEqual([]);
  });
});

describe('a move that breaks callers', () => {
  const text = (inputs: string) => [...inputs].map((name) => `{{ ${name} }}`).join(' ');

  /** A prompt whose versions read these inputs, with the first in production. */
  async function givenInputs(...versions: string[]): Promise<string> {
    const { id } = await as(alice).prompts.create({ title: 'Gated', content: `1 ${text(versions[0] ?? '')}` });
    for (const [at, inputs] of versions.slice(1).entries()) {
      await as(alice).prompts.update({ id, content: `${at + 2} ${text(inputs)}` });
    }
    await as(alice).labels.move({ id, label: production, version: 1 });
    return id;
  }

  it('is refused with what breaks, also where it is only checked, and goes through for a reason that is kept', async () => {
    const id = await givenInputs('a', 'a', 'ab');
    const { labels } = as(alice);
    expect(await labels.move({ id, label: production, version: 2 })).toMatchObject({ version: 2 });
    const refused = await errorOf(labels.move({ id, label: production, version: 3 }));
    expect([refused.code, refused.extra]).toMatchObject([
      'prompt.breaking_change',
      { from: 2, to: 3, breakCount: 1, breaks: [{ side: 'input', path: '/b', kind: 'required', decided: true }] },
    ]);
    const check = await labels.check({ id, label: production, version: 3 });
    expect(check).toMatchObject({ from: 2, to: 3, isCompatible: false, breaks: refused.extra.breaks });
    const unreasoned = await errorOf(labels.move({ id, label: production, version: 3, acceptBreaking: true }));
    expect([unreasoned.code, unreasoned.errors[0]?.path]).toEqual(['request.invalid', 'reason']);
    const accepted = { id, label: production, version: 3, acceptBreaking: true, reason: 'All callers give b' };
    expect(await labels.move(accepted)).toMatchObject({
      version: 3,
      lastMove: { isBreaking: true, reason: 'All callers give b', movedBy: { handle: 'alice' } },
    });
    expect((await auditOf(id)).at(-1)).toMatchObject(['label.moved', { isBreaking: true }]);
    expect(await labels.check({ id, label: 'staging', version: 3 })).toMatchObject({ from: null, isCompatible: true });
    expect(await codeOf(labels.check({ id, label: production, version: 9 }))).toBe('prompt.version_not_found');
    expect(await codeOf(as(mallory).labels.check({ id, label: production, version: 1 }))).toBe('prompt.not_found');
  });

  it.each([
    ['short texts', {}, []],
    ['a schema of inputs', { inputSchema: { type: 'object', properties: { a: {} } } }, ['breaksBetween']],
    ['a schema of outputs', { outputSchema: { type: 'object' } }, ['breaksBetween']],
    ['a long text', { content: `2 ${text('a')} ${'x'.repeat(4_000)}` }, ['breaksBetween']],
  ])('compares %s here or by workers, which take what may be long to compare', async (_, parts, tasks) => {
    const id = await givenInputs('a');
    await as(alice).prompts.update({ id, content: `2 ${text('a')}`, ...parts });
    const given: string[] = [];
    const workers: typeof services.workers = {
      run: (name, ...input) => {
        given.push(name);
        return services.workers.run(name, ...input);
      },
    };
    const { labels } = callersOf({ ...services, workers }).as(alice.principal);
    expect(await labels.check({ id, label: production, version: 2 })).toMatchObject({ from: 1, to: 2 });
    expect(given).toEqual(tasks);
  });

  it('tells nobody what a version takes by a prompt that they may not read, and holds all the same', async () => {
    await as(alice).prompts.create({ title: 'Hidden', slug: 'hidden-tone', content: '{{ secret_word }}' });
    const { id } = await as(alice).prompts.create({ title: 'Open', content: 'x', visibility: 'public' });
    await as(alice).prompts.update({ id, content: "{% render 'hidden-tone' %}" });
    await as(alice).labels.move({ id, label: production, version: 1 });
    await givenGroup(services, { owner: alice, editors: [bob], promptIds: [id] });
    const move = { id, label: production, version: 2 };
    for (const person of [alice, root]) {
      expect(await as(person).labels.check(move)).toMatchObject({ breakCount: 1, breaks: [{ path: '/secret_word' }] });
    }
    const check = await as(mallory).labels.check(move);
    expect(check).toMatchObject({ isCompatible: false, breakCount: 1, breaks: [{ path: '' }] });
    const refused = await errorOf(as(bob).labels.move(move));
    expect(refused.code).toBe('prompt.breaking_change');
    expect(JSON.stringify([check, refused.extra])).not.toContain('secret');
  });

  it('may be one by its output, and one whose text is no template any more', async () => {
    const field = (type: string) => ({ type: 'object', properties: { a: { type } }, required: ['a'] });
    const { id } = await as(alice).prompts.create({ title: 'Output', content: '1', outputSchema: field('string') });
    const { labels, prompts } = as(alice);
    await prompts.update({ id, content: '2', outputSchema: { type: 'object' } });
    await prompts.update({ id, content: '3 {% if %}', outputSchema: field('string') });
    await prompts.update({ id, content: '4', outputSchema: field('string') });
    await labels.move({ id, label: production, version: 1 });
    const lost = await errorOf(labels.move({ id, label: production, version: 2 }));
    expect(lost.extra).toMatchObject({ breaks: [{ side: 'output', path: '/a', kind: 'removed' }] });
    const broken = await errorOf(labels.move({ id, label: production, version: 3 }));
    expect([broken.code, broken.extra]).toMatchObject(['prompt.breaking_change', { breakCount: 1 }]);
    expect(await codeOf(labels.move({ id, label: production, version: 4 }))).toBe('ok');
    await labels.move({ id, label: production, version: 3, acceptBreaking: true, reason: 'Tried' });
    // What has promised nothing breaks nobody.
    expect(await codeOf(labels.move({ id, label: production, version: 2 }))).toBe('ok');
  });

  it('may be taken back, which the history calls breaking too, but not forward again', async () => {
    const id = await givenInputs('a', 'b');
    const { labels } = as(alice);
    const accepted = { acceptBreaking: true, reason: 'Announced' };
    const { lastMove } = await labels.move({ id, label: production, version: 2, ...accepted });
    expect(await labels.undo({ id, label: production, moveId: lastMove?.id ?? '' })).toMatchObject({ version: 1 });
    const { items } = await labels.history({ id, label: production });
    expect(items.map(({ to, isBreaking }) => [to, isBreaking])).toEqual([
      [1, true],
      [2, true],
      [1, false],
    ]);
    const again = { id, label: production, moveId: items[0]?.id ?? '' };
    expect(await codeOf(labels.undo(again))).toBe('prompt.breaking_change');
  });

  it('is one also where the label was removed meanwhile, by whatever way', async () => {
    const id = await givenInputs('a', 'b', 'a');
    const { labels } = as(alice);
    await labels.remove({ id, label: production });
    const forward = { id, label: production, version: 2 };
    expect((await errorOf(labels.move(forward))).extra).toMatchObject({ from: 1, to: 2, breakCount: 2 });
    expect(await labels.check(forward)).toMatchObject({ from: 1, isCompatible: false });
    const release = { label: production, prompts: [{ promptId: id, version: 2 }] };
    expect(await codeOf(as(alice).releases.create(release))).toBe('release.refused');
    expect(await labels.move({ ...forward, version: 3 })).toMatchObject({
      version: 3,
      lastMove: { isBreaking: false },
    });
    await labels.remove({ id, label: production });
    const accepted = await labels.move({ ...forward, acceptBreaking: true, reason: 'Announced' });
    expect(accepted.lastMove).toMatchObject({ from: null, to: 2, isBreaking: true });
    // What a label serves for the first time breaks nobody.
    expect(await codeOf(labels.move({ ...forward, label: 'staging' }))).toBe('ok');
  });

  it('may be one by its kind, from text to messages and back', async () => {
    const { id } = await as(alice).prompts.create({ title: 'Kind', content: '{{ a }}' });
    const { labels, prompts } = as(alice);
    await prompts.update({ id, kind: 'chat', messages: [{ role: 'user', content: '{{ a }}' }] });
    for (const [from, to, message] of [
      [1, 2, 'gives messages, and gave text'],
      [2, 1, 'gives text, and gave messages'],
    ] as const) {
      const label = `of-${from}`;
      await labels.move({ id, label, version: from });
      const breaks = [{ side: 'output', path: '', kind: 'kind', decided: true, message }];
      expect(await labels.check({ id, label, version: to })).toMatchObject({
        isCompatible: false,
        breaks,
        breakCount: 1,
      });
      expect(await codeOf(labels.move({ id, label, version: to }))).toBe('prompt.breaking_change');
    }
  });

  it('stands in the way of a whole release', async () => {
    const [first, second] = [await givenInputs('a', 'a'), await givenInputs('a', 'b')];
    const { releases, labels } = as(alice);
    const input = { label: production, prompts: [{ promptId: first }, { promptId: second }] };
    const refused = await errorOf(releases.create(input));
    expect(refused.extra).toMatchObject({
      refusals: [{ index: 1, code: 'prompt.breaking_change', breaking: { from: 1, to: 2, breakCount: 2 } }],
    });
    expect((await labels.get({ id: first, label: production })).version).toBe(1);
    await releases.create({ ...input, acceptBreaking: true, reason: 'Announced' });
    expect(await labels.get({ id: first, label: production })).toMatchObject({ lastMove: { isBreaking: false } });
    expect(await labels.get({ id: second, label: production })).toMatchObject({ lastMove: { isBreaking: true } });
    expect((await auditOf(second)).at(-1)).toMatchObject(['label.moved', { isBreaking: true }]);
  });

  it('is held against the version that the label leaves, however often that changes meanwhile', async () => {
    const id = await givenInputs('a', 'b', 'b', 'a');
    const moves = [1, 2, 3, 4, 1, 2, 3, 4].map((version) =>
      codeOf(as(alice).labels.move({ id, label: production, version })),
    );
    const others = [2, 3].map((version) =>
      codeOf(as(alice).labels.move({ id, label: production, version, acceptBreaking: true, reason: 'x' })),
    );
    await Promise.all([...moves, ...others]);
    const inputs = ['a', 'b', 'b', 'a'];
    for (const { from, to, isBreaking } of (await as(alice).labels.history({ id, label: production })).items) {
      expect(isBreaking).toBe(from !== null && to !== null && inputs[from - 1] !== inputs[to - 1]);
    }
  });
});
