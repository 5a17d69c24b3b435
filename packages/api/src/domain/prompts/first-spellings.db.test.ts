import { expect, it } from 'vitest';
import { givenApi, givenTeam } from '../../../test/index.ts';

const { services, cast, as } = await givenApi();
const { alice, bob, mallory } = cast;
const spelling = ['Finance', 'finance', 'FINANCE', 'ＦＩＮＡＮＣＥ'];
const accents = ['Café', 'cafe\u0301', 'CAFÉ', 'ｃａｆé'];

it('shows a category and a tag as they were written first, and counts and finds all spellings as one', async () => {
  const { prompts, categories, tags } = as(alice);
  for (const [index, category] of spelling.entries()) {
    const made = await prompts.create({ title: `P${index}`, content: 'x', category, tags: [accents[index] ?? ''] });
    expect(made).toMatchObject({ category: 'Finance', tags: ['Café'] });
  }
  expect((await categories.list({})).items).toEqual([{ name: 'Finance', promptCount: 4 }]);
  expect((await tags.list({})).items).toEqual([{ name: 'Café', promptCount: 4 }]);
  for (const [index, category] of spelling.entries()) {
    const tag = [accents[index] ?? '', accents[0] ?? ''];
    expect((await prompts.list({ category, tag })).items).toHaveLength(4);
    expect((await categories.list({ q: category.slice(1, 4) })).items).toHaveLength(1);
    expect((await tags.list({ q: accents[index] })).items).toHaveLength(1);
  }
});

it('pages names by what they are compared by', async () => {
  const { prompts, tags } = as(cast.carol);
  await prompts.create({ title: 'A', content: 'x', tags: ['b', 'C', 'a', 'Ä', 'ß'] });
  await prompts.create({ title: 'B', content: 'x', tags: ['B', 'c', 'A', 'ä', 'SS'] });
  const found: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await tags.list({ limit: 2, ...(cursor === undefined ? {} : { cursor }) });
    found.push(...page.items.map(({ name, promptCount }) => `${name} ${promptCount}`));
    cursor = page.nextCursor;
  }
  expect(found.toSorted()).toEqual(['C 2', 'a 2', 'b 2', 'Ä 2', 'ß 2'].toSorted());
});

it('takes another spelling of the same names for no change', async () => {
  const { prompts } = as(mallory);
  const made = await prompts.create({ title: 'M', content: 'x', category: 'Sales', tags: ['Über', 'x'] });
  services.clock.advance(1_000);
  const again = await prompts.update({ id: made.id, category: 'SALES', tags: ['X', 'u\u0308ber', 'ÜBER'] });
  expect(again).toEqual(made);
  expect((await prompts.update({ id: made.id, category: null })).category).toBeNull();
  expect((await prompts.update({ id: made.id, category: 'SALES' })).category).toBe('SALES');
});

it('spells a name for an editor as it was typed, whatever the owner’s other prompts say', async () => {
  const { prompts } = await givenTeam(services, cast, ['Shared']);
  const id = prompts[0] ?? '';
  const changed = await as(bob).prompts.update({ id, category: 'FINANCE', tags: ['CAFÉ', 'café'] });
  expect(changed).toMatchObject({ category: 'FINANCE', tags: ['CAFÉ'] });
});
