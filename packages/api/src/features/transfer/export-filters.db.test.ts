import type { ExportPromptsInput } from '@promptory/schemas';
import { describe, expect, it } from 'vitest';
import { callersOf, codeOf, errorOf, givenApi, givenPerson } from '../../../test/index.ts';

const { services } = await givenApi();
const zoe = await givenPerson(services, { handle: 'zoe' });
const yan = await givenPerson(services, { handle: 'yan' });
const mine = callersOf(services).as(zoe.principal);

await mine.prompts.create({ title: 'Deploy a server', content: 'x', tags: ['ops'], isTemplate: true });
await mine.prompts.create({ title: 'Deploy the docs', content: 'x', tags: ['ops', 'docs'], visibility: 'public' });
const essay = await mine.prompts.create({ title: 'Write an essay', content: 'x', category: 'Writing' });
await mine.favorites.add({ promptId: essay.id });
const theirs = callersOf(services).as(yan.principal);
await theirs.prompts.create({ title: 'Shown to all', content: 'x', visibility: 'public' });

type Caller = typeof mine;

async function titlesOf(caller: Caller, filters: Partial<ExportPromptsInput>): Promise<string[]> {
  const titles: string[] = [];
  for await (const { title } of await caller.transfer.export(filters)) titles.push(title);
  return titles;
}

describe('an export', () => {
  it.each<[string, Partial<ExportPromptsInput>, string[]]>([
    ['nothing', {}, ['Deploy a server', 'Deploy the docs', 'Write an essay']],
    [
      'all that may be read',
      { scope: 'readable' },
      ['Deploy a server', 'Deploy the docs', 'Write an essay', 'Shown to all'],
    ],
    ['what others have, of one’s own', { scope: 'mine', owner: 'yan' }, []],
    ['a tag', { tag: ['ops'] }, ['Deploy a server', 'Deploy the docs']],
    ['two tags', { tag: ['ops', 'docs'] }, ['Deploy the docs']],
    ['a category', { category: 'WRITING' }, ['Write an essay']],
    ['words', { q: 'deploy' }, ['Deploy a server', 'Deploy the docs']],
    ['words and a tag', { q: 'deploy', tag: ['docs'] }, ['Deploy the docs']],
    ['its owner and no words', { owner: 'me', q: '' }, ['Deploy a server', 'Deploy the docs', 'Write an essay']],
    ['another owner', { owner: 'yan' }, ['Shown to all']],
    ['favourites', { favorite: true }, ['Write an essay']],
    ['visibility', { visibility: 'public' }, ['Deploy the docs']],
    ['visibility, of all', { scope: 'readable', visibility: 'public' }, ['Deploy the docs', 'Shown to all']],
    ['templates', { isTemplate: true }, ['Deploy a server']],
    ['a scope', { scope: 'mine', visibility: 'public' }, ['Deploy the docs']],
    ['what there is none of', { tag: ['ops'], category: 'Writing' }, []],
  ])('asked for by %s is what the list shows of it', async (_, filters, titles) => {
    expect(await titlesOf(mine, filters)).toEqual(titles);
    const { scope: _scope, ...listed } = filters;
    const { items } = await mine.prompts.list({ ...listed, sort: 'created', limit: 100 });
    expect(items.map(({ title }) => title)).toEqual(expect.arrayContaining(titles));
  });

  it('of a group is what is in it, and of a hidden one as of one that there is not', async () => {
    const { id } = await mine.groups.create({ name: 'Filtered' });
    await mine.groups.addPrompt({ id, promptId: essay.id });
    expect(await titlesOf(mine, { groupId: id })).toEqual(['Write an essay']);
    expect(await codeOf(titlesOf(theirs, { groupId: id }))).toBe('group.not_found');
  });

  it('says of a format that Accept asks for it', async () => {
    const format = { format: 'csv' } as Partial<ExportPromptsInput>;
    const { errors } = await errorOf(titlesOf(mine, format));
    const message = expect.stringContaining('Accept header');
    expect(errors).toMatchObject([{ path: 'format', code: 'unrecognized_key', message }]);
  });

  it('holds what one may read, whatever is asked for', async () => {
    expect(await titlesOf(theirs, { owner: 'zoe' })).toEqual(['Deploy the docs']);
    expect(await titlesOf(theirs, { q: 'essay' })).toEqual([]);
  });
});
