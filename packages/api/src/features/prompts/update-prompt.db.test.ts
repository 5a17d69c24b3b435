import { describe, expect, it } from 'vitest';
import { callersOf, codeOf, givenApi } from '../../../test/index.ts';
import { AppError } from '../../errors.ts';

const { db, services, cast, as } = await givenApi({ max: 10 });

const auditOf = async (targetId: string): Promise<string[]> =>
  (await db.selectFrom('audit_log').select('action').where('target_id', '=', targetId).orderBy('id').execute()).map(
    ({ action }) => action,
  );

describe('updating', () => {
  it('numbers the versions of 20 updates at once without a gap or a duplicate', async () => {
    const { id } = await as(cast.alice).prompts.create({ title: 'Busy', content: 'start' });
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => as(cast.alice).prompts.update({ id, content: `text ${index}` })),
    );
    const versions = await db
      .selectFrom('prompt_versions')
      .select('version')
      .where('prompt_id', '=', id)
      .orderBy('version')
      .execute();
    expect(versions.map(({ version }) => version)).toEqual(Array.from({ length: 21 }, (_, index) => index + 1));
    expect((await as(cast.alice).prompts.get({ id })).version).toBe(21);
  });

  it('does not say that nothing was done where a change was made that no worker is free to read', async () => {
    const { id } = await as(cast.alice).prompts.create({ title: 'Read late', content: 'x' });
    const workers: typeof services.workers = {
      run: async (name, ...input) => {
        if (name === 'signatureOf') throw new AppError('server.busy', { retryAfterSeconds: 2 });
        return services.workers.run(name, ...input);
      },
    };
    const change = { id, baseVersion: 1, content: `{{ name }} ${'y'.repeat(10_000)}` };
    const answer = callersOf({ ...services, workers })
      .as(cast.alice.principal)
      .prompts.update(change);
    expect(await codeOf(answer)).toBe('server.unavailable');
    expect((await as(cast.alice).prompts.get({ id })).version).toBe(2);
  });

  it('makes no version of the same content, whatever the order of fields, and writes nothing', async () => {
    const config = { model: 'm', nested: { a: 1, b: [1, 2] } };
    const created = await as(cast.alice).prompts.create({ title: 'Same', content: 'x', config });
    services.clock.advance(1_000);
    const again = await as(cast.alice).prompts.update({
      id: created.id,
      config,
      content: 'x',
      title: 'Same',
      tags: [],
      visibility: 'private',
      changeNote: 'nothing',
    });
    expect(again).toEqual(created);
    expect(await auditOf(created.id)).toEqual(['prompt.created']);
  });

  it.each([
    ['title', { title: 'Other' }],
    ['description', { description: 'Other' }],
    ['content', { content: 'Other' }],
    ['config', { config: { a: 2 } }],
    ['order within the config', { config: { nested: { b: 1, a: 2 }, a: 1 } }],
    ['input schema', { inputSchema: { type: 'object' } }],
    ['output schema', { outputSchema: { type: 'object' } }],
    ['messages', { kind: 'chat' as const, messages: [{ role: 'user' as const, content: 'Other' }] }],
  ])('makes a version of another %s', async (_, change) => {
    const { id } = await as(cast.alice).prompts.create({ title: 'Changing', content: 'x', config: { a: 1 } });
    expect(await as(cast.alice).prompts.update({ id, ...change })).toMatchObject({ version: 2, ...change });
    expect(await as(cast.alice).versions.get({ id, version: 1 })).toMatchObject({ title: 'Changing', content: 'x' });
  });

  it('reads the words of a prompt only where they may be others', async () => {
    const { id } = await as(cast.alice).prompts.create({ title: 'A Long One', content: 'x' });
    const noted = async () =>
      (await db.selectFrom('prompts').select('search_title').where('id', '=', id).executeTakeFirstOrThrow())
        .search_title;
    expect(await noted()).toBe('a long one');
    await db.updateTable('prompts').set({ search_title: 'as it was' }).where('id', '=', id).execute();
    for (const change of [
      { tags: ['a'] },
      { category: 'B' },
      { visibility: 'public' as const },
      { isTemplate: true },
    ]) {
      await as(cast.alice).prompts.update({ id, ...change });
      expect(await noted()).toBe('as it was');
    }
    await as(cast.alice).prompts.update({ id, content: 'y' });
    expect(await noted()).toBe('a long one');
  });

  it.each([
    ['category', { category: 'Other' }],
    ['tags', { tags: ['b', 'a'] }],
    ['visibility', { visibility: 'public' as const }],
    ['template mark', { isTemplate: true }],
    ['slug', { slug: 'some/where-else' }],
  ])('makes no version of another %s, and dates the change', async (name, change) => {
    const created = await as(cast.alice).prompts.create({ title: 'Own fields', content: 'x' });
    services.clock.advance(1_000);
    const updated = await as(cast.alice).prompts.update({ id: created.id, ...change });
    expect(updated).toMatchObject({ version: 1, ...(name === 'tags' ? { tags: ['a', 'b'] } : change) });
    expect(updated.updatedAt > created.updatedAt).toBe(true);
    expect(await auditOf(created.id)).toEqual(['prompt.created', 'prompt.updated']);
    await as(cast.alice).prompts.delete({ id: created.id });
  });

  it('turns text into chat and back, and asks for messages', async () => {
    const { id } = await as(cast.alice).prompts.create({ title: 'Turning', content: 'x' });
    expect(await codeOf(as(cast.alice).prompts.update({ id, kind: 'chat' }))).toBe('request.invalid');
    const messages = [{ role: 'user' as const, content: 'Hi' }];
    await as(cast.alice).prompts.update({ id, kind: 'chat', messages });
    expect(await codeOf(as(cast.alice).prompts.update({ id, content: 'not the messages' }))).toBe('request.invalid');
    const text = await as(cast.alice).prompts.update({ id, kind: 'text', content: 'plain' });
    expect(text).toMatchObject({ kind: 'text', messages: null, content: 'plain', version: 3 });
  });

  it('refuses an older base version, says which is the latest, and writes nothing', async () => {
    const { id } = await as(cast.alice).prompts.create({ title: 'Based', content: '1' });
    await as(cast.alice).prompts.update({ id, content: '2', baseVersion: 1 });
    const stale = as(cast.alice).prompts.update({ id, content: '3', tags: ['no'], baseVersion: 1 });
    await expect(stale).rejects.toMatchObject({
      cause: {
        code: 'prompt.version_conflict',
        extra: { latest: { version: 2, author: { handle: 'alice' }, createdAt: services.clock.now().toISOString() } },
      },
    });
    expect(await as(cast.alice).prompts.get({ id })).toMatchObject({ content: '2', version: 2, tags: [] });
  });

  it('lets one of many updates from the same base version win', async () => {
    const { id } = await as(cast.alice).prompts.create({ title: 'Race', content: '1' });
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        codeOf(as(cast.alice).prompts.update({ id, content: `by ${index}`, baseVersion: 1 })),
      ),
    );
    expect(outcomes.filter((code) => code === 'ok')).toHaveLength(1);
    expect(outcomes.filter((code) => code === 'prompt.version_conflict')).toHaveLength(9);
  });

  it('refuses a slug that another prompt of the owner has', async () => {
    const { slug } = await as(cast.alice).prompts.create({ title: 'Taken slug', content: 'x' });
    const { id } = await as(cast.alice).prompts.create({ title: 'Wants it', content: 'x' });
    expect(await codeOf(as(cast.alice).prompts.update({ id, slug, content: 'y' }))).toBe('prompt.slug_taken');
    expect((await as(cast.alice).prompts.get({ id })).version).toBe(1);
  });
});
