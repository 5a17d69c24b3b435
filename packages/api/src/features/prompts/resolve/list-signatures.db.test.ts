import { countedQueries } from '@promptory/db/testing';
import { describe, expect, it } from 'vitest';
import { callersOf, codeOf, givenApi, givenGroup, givenPerson, givenPrompts } from '../../../../test/index.ts';

const { pool, services, cast, as } = await givenApi();
const { bob, mallory } = cast;

/** Somebody with a prompt of three versions, of which two have labels, and one without any. */
async function givenAuthor() {
  const ann = await givenPerson(services);
  const { prompts, labels } = as(ann);
  const output = { type: 'object', properties: { mood: { type: 'string' } } };
  const { id } = await prompts.create({ title: 'Triage', slug: 'triage', content: '{{ one }}', tags: ['support'] });
  await prompts.update({ id, content: '{{ two }}' });
  await prompts.update({ id, content: '{{ three }}', outputSchema: output });
  for (const label of ['production', 'stable']) await labels.move({ id, label, version: 1 });
  await labels.protect({ id, label: 'nowhere' });
  const { id: plain } = await prompts.create({ title: 'Plain', slug: 'plain', content: 'Hi {% if %}' });
  return { ann, id, plain, output };
}

const shape = ({ slug, version, labels, isLatest, inputs }: Record<string, unknown>) => [
  ...[slug, version, labels, isLatest],
  Object(inputs).required?.[0] ?? null,
];

describe('signatures', () => {
  it('are of the latest version of each prompt, and of those that labels point at, once', async () => {
    const { ann, id, output } = await givenAuthor();
    const { items, nextCursor } = await as(ann).prompts.signatures();
    expect(items.map(shape)).toEqual([
      ['plain', 1, [], true, null],
      ['triage', 3, [], true, 'three'],
      ['triage', 1, ['production', 'stable'], false, 'one'],
    ]);
    expect(nextCursor).toBeNull();
    expect(items[1]).toEqual({
      ...{ promptId: id, slug: 'triage', ref: `${ann.handle}/triage`, version: 3, isLatest: true, labels: [] },
      ...{ title: 'Triage', description: '', output },
      inputs: (await as(ann).versions.get({ id, version: 3 })).signature?.inputs,
    });
    const named = await as(ann).prompts.signatures({ label: ['stable'], tag: ['support'] });
    expect(named.items.map(shape)).toEqual([
      ['triage', 3, [], true, 'three'],
      ['triage', 1, ['stable'], false, 'one'],
    ]);
    expect((await as(ann).prompts.signatures({ label: ['other'] })).items).toHaveLength(2);
  });

  it('are paged, and each page goes on where the one before ended', async () => {
    const { ann } = await givenAuthor();
    const all = (await as(ann).prompts.signatures()).items;
    const seen: unknown[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await as(ann).prompts.signatures({ limit: 1, ...(cursor == null ? {} : { cursor }) });
      seen.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(all);
  });

  it('are of the prompts of a group that the caller may read, and of nobody else’s', async () => {
    const { ann, id } = await givenAuthor();
    const groupId = await givenGroup(services, { owner: ann, viewers: [bob], promptIds: [id] });
    expect((await as(bob).prompts.signatures({ groupId })).items.map(({ ref }) => ref)).toEqual(
      Array.from({ length: 2 }, () => `${ann.handle}/triage`),
    );
    expect((await as(bob).prompts.signatures()).items.filter(({ promptId }) => promptId === id)).toEqual([]);
    expect(await codeOf(as(mallory).prompts.signatures({ groupId }))).toBe('group.not_found');
    await as(ann).prompts.delete({ id });
    expect((await as(bob).prompts.signatures({ groupId })).items).toEqual([]);
    expect((await as(ann).prompts.signatures()).items.map(({ slug }) => slug)).toEqual(['plain']);
  });

  it('follow the labels by which a version includes others, as the caller may read these', async () => {
    const ann = await givenPerson(services);
    const { prompts, labels } = as(ann);
    const { id: tone } = await prompts.create({ title: 'Tone', slug: 'tone', content: '{{ one }}' });
    await prompts.update({ id: tone, content: '{{ two }}' });
    await labels.move({ id: tone, label: 'production', version: 1 });
    const { id } = await prompts.create({ title: 'Top', slug: 'top', content: "{% render 'tone@production' %}" });
    const inputsOf = async (who: typeof ann, groupId: string) => {
      const { items } = await as(who).prompts.signatures({ groupId });
      return items.map(({ inputs }) => inputs?.required ?? null);
    };
    const groupId = await givenGroup(services, { owner: ann, viewers: [bob], promptIds: [id] });
    expect([await inputsOf(ann, groupId), await inputsOf(bob, groupId)]).toEqual([[['one']], [null]]);
    const move = { id: tone, label: 'production', version: 2, acceptBreaking: true, reason: 'Now' };
    await labels.move(move);
    expect([await inputsOf(ann, groupId), await inputsOf(bob, groupId)]).toEqual([[['two']], [null]]);
  });

  it('are read by three statements where they are kept; a page works few out that are not', async () => {
    const ann = await givenPerson(services);
    await givenPrompts(services, ann, 45);
    await pool.query('DELETE FROM prompt_signatures USING prompts WHERE prompts.id = prompt_id AND user_id = $1', [
      ann.id,
    ]);
    const sizes: number[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await as(ann).prompts.signatures({ limit: 100, ...(cursor == null ? {} : { cursor }) });
      sizes.push(page.items.length);
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(sizes).toEqual([20, 20, 5]);
    const { db, queries } = countedQueries(pool);
    const again = await callersOf({ ...services, db })
      .as(ann.principal)
      .prompts.signatures({ limit: 100 });
    expect([again.items.length, queries().length]).toEqual([45, 3]);
  });
});
