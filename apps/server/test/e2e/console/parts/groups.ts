import { beforeAll, expect, it } from 'vitest';
import { send } from '../../harness/send.ts';
import {
  alice,
  bob,
  box,
  button,
  choice,
  dialog,
  heading,
  link,
  message,
  page,
  rowsOf,
  site,
  tokenOf,
} from '../stage.ts';

/**
 * As Bob, whom Alice invites to a group of hers.
 *
 * @param signInBob he has a second factor
 */
export function groupTests(signInBob: () => Promise<{ authorization: string }>): void {
  let asAlice: { authorization: string };
  let asBob: { authorization: string };
  let id: string;

  const get = <Answer>(path: string, who = asBob) => send<Answer>(site.url, 'GET', path, undefined, who);
  const order = async () =>
    (await get<{ prompts: { prompt: { title: string } }[] }>(`/groups/${id}`)).prompts.map(
      ({ prompt }) => prompt.title,
    );
  const shown = async () =>
    (await rowsOf('Prompts of the group').locator('a').allTextContents()).map((title) => title.trim());
  const handle = (title: string) => button(new RegExp(`^Move ${title}, place`));
  const people = () => page.getByRole('navigation', { name: 'Group' }).getByRole('link', { name: 'People' });

  beforeAll(async () => {
    [asAlice, asBob] = [await tokenOf(alice), await signInBob()];
  });

  it('are made, and filled with prompts', async () => {
    for (const title of ['One', 'Two', 'Three']) {
      await send(site.url, 'POST', '/prompts', { title, content: '{{ text }}' }, asBob);
    }
    await page.goto(`${site.url}/groups`);
    await heading('You are in no group yet').waitFor();
    await button('New group').click();
    await box('Name').fill('Poems');
    await box('Description').fill('What we read aloud.');
    await button('Make it').click();
    await heading('Poems').waitFor();
    id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    await button('Add prompts').click();
    for (const title of ['One', 'Two', 'Three']) {
      await button(`Add ${title}`).click();
      await expect.poll(() => button(`Add ${title}`).count()).toBe(0);
    }
    await page.keyboard.press('Escape');
    await expect.poll(shown).toEqual(['One', 'Two', 'Three']);
  });

  it('are arranged by keys, which keep the focus, and by dragging', async () => {
    await handle('One').focus();
    await page.keyboard.press('ArrowDown');
    await expect.poll(shown).toEqual(['Two', 'One', 'Three']);
    await page.keyboard.press('End');
    await expect.poll(shown).toEqual(['Two', 'Three', 'One']);
    expect(await page.evaluate('document.activeElement?.getAttribute("aria-label")')).toBe('Move One, place 3 of 3');
    await expect.poll(order).toEqual(['Two', 'Three', 'One']);
    const [from, to] = [await handle('One').boundingBox(), await handle('Two').boundingBox()];
    if (from === null || to === null) throw new Error('There are no handles.');
    await page.mouse.move(from.x + 5, from.y + 5);
    await page.mouse.down();
    await page.mouse.move(to.x + 5, to.y + 5, { steps: 4 });
    await page.mouse.up();
    await expect.poll(shown).toEqual(['One', 'Two', 'Three']);
    await expect.poll(order).toEqual(['One', 'Two', 'Three']);
  });

  it('lose a prompt, and get it back at its place', async () => {
    await button('Take Two out of the group').click();
    await message('“Two” is no longer in the group').waitFor();
    await page.keyboard.press('u');
    await message('“Two” is in the group').waitFor();
    await expect.poll(shown).toEqual(['One', 'Two', 'Three']);
  });

  it('are shared by handle or address, with a role that changes', async () => {
    await people().click();
    await box('Share with').fill('alice');
    await page.getByText('They will read its 3 prompts').waitFor();
    await choice('As').selectOption('Editor');
    await page.getByText('They may add prompts').waitFor();
    await button('Share').click();
    await message('Alice is a member now').waitFor();
    await choice('Role of Alice').selectOption('Viewer');
    await message('Alice is viewer now').waitFor();
    expect(await get<{ role: string }>(`/groups/${id}`, asAlice)).toMatchObject({ role: 'viewer' });
    await box('Share with').fill('nobody@example.org');
    await button('Share').click();
    await message('nobody@example.org is invited, for 30 days').waitFor();
    await button('Withdraw the invitation of nobody@example.org').click();
    await message('nobody@example.org is not invited any more').waitFor();
    await box('Share with').fill('nobody-at-all');
    await button('Share').click();
    await page.getByRole('alert').waitFor();
    await button('Remove Alice').click();
    await message('Alice is no longer a member').waitFor();
    await button('Undo').first().click();
    await message('Alice is a member again').waitFor();
  });

  it('are handed over once that is confirmed, and left', async () => {
    await choice('Role of Alice').selectOption('Owner …');
    await dialog('Hand the group over').getByText('You stay as an editor').waitFor();
    await button('Hand it over').click();
    await message('Alice owns the group now').waitFor();
    await button('Leave the group').click();
    await dialog('Leave the group').getByRole('button', { name: 'Leave the group' }).click();
    await message('You have left “Poems”').waitFor();
    await heading('You are in no group yet').waitFor();
  });

  it('show an invitation to whom it is for, who accepts it', async () => {
    const { id: hers } = await send<{ id: string }>(site.url, 'POST', '/groups', { name: 'Hers' }, asAlice);
    await send(site.url, 'POST', `/groups/${hers}/members`, { email: 'bob@example.net', role: 'viewer' }, asAlice);
    await site.readdressInvitation('bob@example.net', bob.email);
    await page.goto(`${site.url}/groups`);
    await link('Groups 1 invitations').waitFor();
    await rowsOf('Invitations').getByText('Alice invites you as viewer').waitFor();
    await button('Accept Hers').click();
    await message('You are a member of “Hers” now').waitFor();
    await rowsOf('Groups').getByText('you are viewer').waitFor();
    expect(await button('Rename the group').count()).toBe(0);
  });
}
