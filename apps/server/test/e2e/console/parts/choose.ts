import { beforeAll, expect, it } from 'vitest';
import { send } from '../../harness/send.ts';
import { alice, button, choice, dialog, link, message, page, rows, site, tokenOf } from '../stage.ts';
import { expectNoFault } from './access.ts';

interface Listed {
  readonly items: readonly { readonly id: string; readonly title: string; readonly isFavorite: boolean }[];
}

/** With 240 prompts of Alice's that nobody else has a tag like. */
export function chooseTests(): void {
  let asAlice: { authorization: string };
  const titles = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => `Note ${String(from + index).padStart(3, '0')}`);
  const listed = async (query: string): Promise<Listed['items']> =>
    (await send<Listed>(site.url, 'GET', `/prompts?sort=title&limit=100&${query}`, undefined, asAlice)).items;
  const box = (title: string) => page.getByRole('checkbox', { name: `Choose ${title}`, exact: true });
  const bar = () => page.getByRole('region', { name: 'What is chosen' });
  const isChosen = (count: number) => bar().getByText(`${count} chosen`).waitFor();

  beforeAll(async () => {
    asAlice = await tokenOf(alice);
    for (const from of [1, 81, 161]) {
      const prompts = titles(from, from + 79).map((title) => ({ title, content: 'A note', tags: ['notes'] }));
      await send(site.url, 'POST', '/prompts/many', { prompts }, asAlice);
    }
  });

  it('are chosen one by one, from one to another, and by a key', async () => {
    await page.goto(`${site.url}/?sort=title&tag=notes`);
    await box('Note 001').check();
    await isChosen(1);
    await box('Note 004').click({ modifiers: ['Shift'] });
    await isChosen(4);
    await box('Note 002').uncheck();
    await isChosen(3);
    await link('Note 006').focus();
    await page.keyboard.press('x');
    await isChosen(4);
    await page.keyboard.press('x');
    await isChosen(3);
    await expectNoFault('what is chosen', false);
  });

  it('get a tag, and lose it again', async () => {
    await button('Tag …').click();
    await dialog('Tag').getByRole('combobox', { name: 'Tag' }).fill('kept');
    await button('Tag 3 prompts').click();
    await message('3 prompts are tagged kept').waitFor();
    expect((await listed('tag=kept')).map(({ title }) => title)).toEqual(['Note 001', 'Note 003', 'Note 004']);
    await page.getByRole('main').focus();
    await page.keyboard.press('u');
    await message('Without kept again: 3 prompts').waitFor();
    expect([(await listed('tag=kept')).length, (await listed('tag=notes')).length]).toEqual([0, 100]);
  });

  it('become favourites, but for those that are', async () => {
    await button('Favourite: Note 003').click();
    await expect.poll(() => button('Favourite: Note 003').getAttribute('aria-pressed')).toBe('true');
    await bar().getByRole('button', { name: 'Favourite', exact: true }).click();
    await message('2 prompts are among your favourites').waitFor();
    const favourites = async () => (await listed('tag=notes&favorite=true')).map(({ title }) => title);
    expect(await favourites()).toEqual(['Note 001', 'Note 003', 'Note 004']);
    await page.keyboard.press('u');
    await message('No favourites any more: 2 prompts').waitFor();
    expect(await favourites()).toEqual(['Note 003']);
    await button('Favourite: Note 003').click();
    await expect.poll(favourites).toEqual([]);
  });

  it('go into a group', async () => {
    const { id } = await send<{ id: string }>(site.url, 'POST', '/groups', { name: 'Notes' }, asAlice);
    await page.reload();
    await box('Note 010').check();
    await button('Group …').click();
    await choice('Group').selectOption({ label: 'Notes' });
    await button('Put one prompt into it').click();
    await message('One prompt is in “Notes”').waitFor();
    expect((await listed(`groupId=${id}`)).map(({ title }) => title)).toEqual(['Note 010']);
  });

  it('are all that match, as many as may be at once, go into the trash, and come back', async () => {
    await button('All that match').click();
    await bar().getByText('200 chosen: no more at once').waitFor();
    await button('Let go').click();
    await expect.poll(() => bar().count()).toBe(0);
    await page.goto(`${site.url}/?sort=title&tag=notes&q=Note 00`);
    await rows().first().waitFor();
    await box('Note 005').check();
    await button('Delete …').click();
    await dialog('Delete').getByText('Into the trash goes one prompt').waitFor();
    await button('Put into the trash').click();
    await message('One prompt is in the trash').waitFor();
    await expect.poll(() => box('Note 005').count()).toBe(0);
    await expect.poll(() => bar().count()).toBe(0);
    await page.keyboard.press('u');
    await message('Out of the trash again: one prompt').waitFor();
    await box('Note 005').waitFor();
  });
}
