import { beforeAll, expect, it } from 'vitest';
import { send } from '../../harness/send.ts';
import { alice, button, dialog, heading, message, page, rowsOf, site, tokenOf } from '../stage.ts';

export function trashTests(): void {
  let asAlice: { authorization: string };

  const list = (query: string) =>
    send<{ items: { id: string; title: string }[] }>(site.url, 'GET', `/prompts?${query}`, undefined, asAlice);
  const trashed = async () => (await list('trashed=true')).items.map(({ title }) => title).sort();
  const open = async (title: string) => {
    const { items } = await list(`q=${encodeURIComponent(title)}&limit=100`);
    await page.goto(`${site.url}/prompts/${items.find((prompt) => prompt.title === title)?.id}`);
    await heading(title).waitFor();
  };

  beforeAll(async () => {
    asAlice = await tokenOf(alice);
  });

  it('takes a prompt at once, and gives it back', async () => {
    await open('Letter 7');
    await button('Delete').click();
    await heading('Library').waitFor();
    await message('“Letter 7” is in the trash').waitFor();
    expect(await trashed()).toEqual(['Letter 7']);
    await button('Undo').click();
    await message('“Letter 7” is back').waitFor();
    expect(await trashed()).toEqual([]);
  });

  it('asks first where programs fetch it by a label', async () => {
    await open('Support triage');
    await button('Delete').click();
    await dialog('Delete').getByText('production').waitFor();
    await button('Cancel').click();
    expect(await trashed()).toEqual([]);
    await button('Delete').click();
    await button('Put it into the trash').click();
    await message('“Support triage” is in the trash').waitFor();
    await page.goBack();
    await heading('This prompt is not here').waitFor();
    await page.getByRole('link', { name: 'To the trash' }).click();
    await heading('Trash').waitFor();
    await button('Restore “Support triage”').click();
    await message('“Support triage” is back').waitFor();
    await heading('The trash is empty').waitFor();
  });

  it('loses for good only what somebody has confirmed', async () => {
    const { items } = await list('q=letter&sort=title&limit=3');
    for (const { id } of items) await fetch(`${site.url}/prompts/${id}`, { method: 'DELETE', headers: asAlice });
    await page.goto(site.url);
    await page.getByRole('link', { name: 'Trash' }).click();
    await expect.poll(() => rowsOf('Trash').count()).toBe(3);
    await button(`Remove for good “${items[0]?.title}”`).click();
    await button('Cancel').click();
    expect((await trashed()).length).toBe(3);
    await button(`Remove for good “${items[0]?.title}”`).click();
    await button('Remove for good').click();
    await expect.poll(() => rowsOf('Trash').count()).toBe(2);
    await button('Empty the trash').click();
    await button('Remove all of it for good').click();
    await message('2 prompts are removed for good').waitFor();
    await heading('The trash is empty').waitFor();
    expect(await trashed()).toEqual([]);
  });
}
