import type { ChangeListener } from '@promptory/db';
import { describe, expect, it } from 'vitest';
import type { Found, Principal } from '../context.ts';
import { createMemory, type MemoryBounds, noMemory } from './memory.ts';

const NOW = new Date('2026-11-29T12:00:00Z');
const person = (userId: string): Principal => ({ kind: 'user', userId, role: 'user', sessionId: 'one' });

/** A memory whose feed says what it is made to. */
function givenMemory(bounds: Partial<MemoryBounds> = {}) {
  let listener: ChangeListener | undefined;
  const feed = {
    current: true,
    listen(given: ChangeListener) {
      listener = given;
      return () => undefined;
    },
    isCurrent: () => feed.current,
    catchUp: async () => undefined,
    counts: () => ({ isConnected: true, lagSeconds: 0, reads: 0, topics: 0, reconnects: 0, losses: 0 }),
  };
  const memory = createMemory(feed, { principals: 100, promptBytes: 100_000, ...bounds });
  let found = 0;
  const ask = (key: string, dependsOn: readonly string[] | null, more: Partial<Found<Principal>> = {}, now = NOW) =>
    memory.principals.get(key, now, async () => {
      found += 1;
      return { value: person(`${key}${found}`), dependsOn, ...more };
    });
  return {
    ...{ memory, feed, ask },
    changed: (...topics: string[]) => listener?.changed(topics),
    lost: () => listener?.lost(),
    founds: () => found,
    of: (principal: Principal) => (principal.kind === 'user' ? principal.userId : ''),
  };
}

describe('what a process remembers', () => {
  it('is found once, until one of the topics that it depends on changes', async () => {
    const { ask, changed, of, founds } = givenMemory();
    const answers: string[] = [];
    const look = async () => answers.push(of(await ask('a', ['x', 'y'])), of(await ask('b', ['y', 'z'])));
    await look();
    await look();
    changed('x', 'other');
    await look();
    changed('y');
    await look();
    expect(answers).toEqual(['a1', 'b2', 'a1', 'b2', 'a3', 'b2', 'a4', 'b5']);
    expect(founds()).toBe(5);
  });

  it('is answered without looking for it as long as it would be used, and no longer', async () => {
    const { ask, changed, feed, memory } = givenMemory();
    const remembered = (key: string, now = NOW) => memory.principals.remembered(key, now);
    expect(remembered('a')).toBeUndefined();
    const found = await ask('a', ['x'], { until: new Date(+NOW + 1) });
    expect(remembered('a')).toBe(found);
    feed.current = false;
    expect(remembered('a')).toBeUndefined();
    feed.current = true;
    expect(remembered('a')).toBe(found);
    changed('x');
    expect(remembered('a')).toBeUndefined();
    await ask('a', ['x'], { until: new Date(+NOW + 1) });
    expect(remembered('a', new Date(+NOW + 1))).toBeUndefined();
    expect(memory.counts().kinds.principals).toMatchObject({ hits: 2, misses: 2 });
  });

  it('is not used while the feed is not current, and kept all the same', async () => {
    const { ask, changed, feed, of, memory } = givenMemory();
    await ask('a', ['x']);
    feed.current = false;
    expect(of(await ask('a', ['x']))).toBe('a2');
    feed.current = true;
    expect(of(await ask('a', ['x']))).toBe('a2');
    feed.current = false;
    changed('x');
    feed.current = true;
    expect(of(await ask('a', ['x']))).toBe('a3');
    expect(memory.counts().kinds.principals).toMatchObject({ hits: 1, misses: 3, unused: 1, entries: 1 });
  });

  it('is forgotten where something may have been missed, and so is what is being looked for', async () => {
    const { ask, lost, memory, of } = givenMemory();
    await ask('a', ['x']);
    const slow = Promise.withResolvers<Found<Principal>>();
    const asking = memory.principals.get('b', NOW, () => slow.promise);
    lost();
    slow.resolve({ value: person('b'), dependsOn: ['y'] });
    await asking;
    expect(of(await ask('a', ['x']))).toBe('a2');
    expect(of(await ask('b', ['y']))).toBe('b3');
    expect(of(await ask('a', ['x']))).toBe('a2');
  });

  it.each([
    ['one of its topics changes while it is looked for', ['y', 'x'], 0],
    ['another one does', ['y'], 1],
  ])('is kept or not where %s', async (_, changedMeanwhile, kept) => {
    const { ask, changed, memory } = givenMemory();
    // One that began before, so that what was reported is known for longer.
    const before = Promise.withResolvers<Found<Principal>>();
    const waiting = memory.principals.get('before', NOW, () => before.promise);
    changed('x');
    const slow = Promise.withResolvers<Found<Principal>>();
    const asking = memory.principals.get('a', NOW, () => slow.promise);
    changed(...changedMeanwhile);
    await ask('c', ['z']);
    slow.resolve({ value: person('a'), dependsOn: ['x', 'z'] });
    await asking;
    before.resolve({ value: person('before'), dependsOn: ['x'] });
    await waiting;
    expect(memory.counts().kinds.principals.entries).toBe(1 + kept);
  });

  it.each(Array.from({ length: 12 }, (_, turns) => turns))(
    'is not kept where that changes %i turns of the loop’s small tasks after it was found',
    async (turns) => {
      const { ask, changed, memory, of } = givenMemory();
      const slow = Promise.withResolvers<Found<Principal>>();
      const asking = memory.principals.get('a', NOW, () => slow.promise);
      slow.resolve({ value: person('a'), dependsOn: ['x'] });
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      changed('x');
      await asking;
      expect(of(await ask('a', ['x']))).toBe('a1');
    },
  );

  it('is not kept where more was reported meanwhile than is known of', async () => {
    const { changed, memory } = givenMemory();
    const slow = Promise.withResolvers<Found<Principal>>();
    const asking = memory.principals.get('a', NOW, () => slow.promise);
    for (let at = 0; at < 30_000; at += 1) changed(`other ${at}`);
    slow.resolve({ value: person('a'), dependsOn: ['x'] });
    await asking;
    expect(memory.counts().kinds.principals.entries).toBe(0);
  });

  it('is looked for again from a time on, and each time where nothing may be remembered', async () => {
    const { ask, of } = givenMemory();
    const until = new Date(NOW.getTime() + 1_000);
    const later = (ms: number) => new Date(NOW.getTime() + ms);
    expect(of(await ask('a', ['x'], { until }))).toBe('a1');
    expect(of(await ask('a', ['x'], { until }, later(999)))).toBe('a1');
    expect(of(await ask('a', ['x'], {}, later(1_000)))).toBe('a2');
    expect(of(await ask('b', null))).toBe('b3');
    expect(of(await ask('b', null))).toBe('b4');
  });

  it('is bounded by number and by bytes, with all that leads to it', async () => {
    const { ask, changed, memory, of } = givenMemory({ principals: 2, promptBytes: 20_000 });
    for (const key of ['a', 'b', 'c']) await ask(key, ['x', key]);
    expect(memory.counts().kinds.principals.entries).toBe(2);
    changed('a');
    expect(of(await ask('c', ['x', 'c']))).toBe('c3');
    changed('x');
    expect(of(await ask('c', ['x', 'c']))).toBe('c4');
    expect(memory.counts().kinds.principals.entries).toBe(2);
    const resolve = (key: string, length: number) =>
      memory.resolved.get(key, NOW, async () => ({
        value: { content: 'x'.repeat(length) } as never,
        dependsOn: ['x'],
      }));
    for (let at = 0; at < 100; at += 1) await resolve(`small ${at}`, 100);
    await resolve('large', 5_000);
    const { entries, bytes } = memory.counts().kinds.resolved;
    expect(bytes).toBeGreaterThan(15_000);
    expect(bytes).toBeLessThanOrEqual(20_000);
    expect(entries).toBeGreaterThan(10);
    changed('x');
    const { hits } = memory.counts().kinds.resolved;
    for (let at = 0; at < 100; at += 1) await resolve(`small ${at}`, 100);
    expect(memory.counts().kinds.resolved.hits).toBe(hits);
  });

  it('is of one kind alone under a key, and shares its room with the others that are prompts', async () => {
    const { memory } = givenMemory({ promptBytes: 20_000 });
    const finding = (name: string) => async () => ({ value: { name: name.repeat(40) } as never, dependsOn: ['x'] });
    const one = await memory.resolved.get('a', NOW, finding('one'));
    const other = await memory.prompts.get('a', NOW, finding('other'));
    expect([memory.resolved.remembered('a', NOW), memory.prompts.remembered('a', NOW)]).toEqual([one, other]);
    expect(one).not.toEqual(other);
    const held = () => {
      const { resolved, prompts } = memory.counts().kinds;
      return { entries: [resolved.entries, prompts.entries], bytes: resolved.bytes + prompts.bytes };
    };
    expect(held().entries).toEqual([1, 1]);
    for (let at = 0; at < 100; at += 1) await memory.prompts.get(`${at}`, NOW, finding('other'));
    expect(held().entries[0]).toBe(0);
    expect(held().bytes).toBeGreaterThan(15_000);
    expect(held().bytes).toBeLessThanOrEqual(20_000);
    expect(memory.resolved.remembered('a', NOW)).toBeUndefined();
  });

  it('is thrown by what looks for it, and nothing of that is kept', async () => {
    const { ask, memory, of } = givenMemory();
    await expect(memory.principals.get('a', NOW, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(of(await ask('a', ['x']))).toBe('a1');
  });

  it('is nothing where it has no room', async () => {
    const find = async () => ({ value: person('a'), dependsOn: ['x'] });
    expect(await noMemory.principals.get('a', NOW, find)).not.toBe(await noMemory.principals.get('a', NOW, find));
    await noMemory.catchUp();
  });
});
