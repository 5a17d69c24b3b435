import { expect, it } from 'vitest';
import { givenApi } from '../../../test/index.ts';

const { cast, as } = await givenApi();
const { prompts } = as(cast.alice);

it('answers what is included up to 400,000 bytes together, and of more the fault alone', async () => {
  const sizes = { a: 199_999, b: 199_999, c: 2, d: 3 };
  for (const [slug, size] of Object.entries(sizes)) {
    await prompts.create({ title: slug, slug, content: 'x'.repeat(size) });
  }
  const answered = async (...slugs: string[]) => {
    const content = slugs.map((slug) => `{% render '${slug}' %}`).join('');
    const { ref } = await prompts.create({ title: 'Includes', content });
    const { included, includes, templateFault } = await prompts.resolve({ ref: `${ref}@latest` });
    return [included.map(({ content: text }) => text.length), includes.map(({ name }) => name), templateFault?.message];
  };
  expect(await answered('a', 'b', 'c')).toEqual([[199_999, 199_999, 2], ['a', 'b', 'c'], undefined]);
  expect(await answered('a', 'b', 'd')).toEqual([[], [], expect.stringContaining('longer than 400000 bytes')]);
});

it('answers of each prompt just the version that is included, though others have one of its number', async () => {
  for (const slug of ['one', 'two']) {
    const { id } = await prompts.create({ title: slug, slug, content: `${slug} 1` });
    await prompts.update({ id, content: `${slug} 2` });
  }
  const { ref } = await prompts.create({ title: 'Both', content: "{% render 'one#1' %}{% render 'two#2' %}" });
  const { included } = await prompts.resolve({ ref: `${ref}@latest` });
  expect(included.map(({ content }) => content).sort()).toEqual(['one 1', 'two 2']);
});
