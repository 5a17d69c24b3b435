import { beforeAll, expect, it } from 'vitest';
import { send } from '../../harness/send.ts';
import { alice, box, button, choice, dialog, message, page, rowsOf, site, tokenOf } from '../stage.ts';

const TITLE = 'Support triage';

/** Version 5 takes an order and a ticket, versions 2 to 4 a ticket only. */
export function releaseTests(): void {
  let asAlice: { authorization: string };
  let id: string;
  let group: string;

  const label = (version: number) =>
    send(
      site.url,
      'PUT',
      `/prompts/${id}/labels/production`,
      { version, acceptBreaking: true, reason: 'A test' },
      asAlice,
    );
  const target = async () =>
    (await send<{ version: number }>(site.url, 'GET', `/prompts/${id}/labels/production`, undefined, asAlice)).version;
  const found = async (q: string) =>
    (await send<{ items: { id: string }[] }>(site.url, 'GET', `/prompts?limit=1&q=${q}`, undefined, asAlice)).items[0]
      ?.id ?? '';

  beforeAll(async () => {
    asAlice = await tokenOf(alice);
    id = await found('triage');
    ({ id: group } = await send<{ id: string }>(site.url, 'POST', '/groups', { name: 'Release train' }, asAlice));
    for (const promptId of [id, await found('letter')]) {
      await send(site.url, 'POST', `/groups/${group}/prompts`, { promptId }, asAlice);
    }
    await label(2);
  });

  it('show which version each label points at, and move one on several prompts, which is taken back', async () => {
    await page.goto(`${site.url}/releases`);
    await choice('Prompts').selectOption('In the group Release train');
    expect(new URL(page.url()).search).toBe(`?group=${group}`);
    const row = page.getByRole('row', { name: new RegExp(TITLE) });
    await row.getByRole('link', { name: /v2 \d behind/ }).waitFor();
    await page.getByRole('checkbox', { name: 'Only what is behind' }).check();
    await expect.poll(() => page.getByRole('row').count()).toBe(2);
    await page.getByRole('checkbox', { name: 'Only what is behind' }).uncheck();
    await page.getByRole('checkbox', { name: 'Choose all that are shown' }).check();
    await button('Release 2 …').click();
    const released = rowsOf('Prompts of the release');
    await choice(`Version of ${TITLE}`).selectOption('version 5');
    await released.getByRole('alert').getByText('/order is new and must be given').waitFor();
    await button('Release production on 2 prompts').click();
    expect(await target()).toBe(2);
    await page.getByRole('checkbox', { name: 'Release it although that breaks them' }).check();
    await box('Reason').fill('All of support at once');
    // Somebody else was quicker.
    await label(3);
    await button('Release production on 2 prompts').click();
    await released.filter({ hasText: TITLE }).getByText('Refused').waitFor();
    await page.keyboard.press('Escape');
    await button('Release 2 …').click();
    await choice(`Version of ${TITLE}`).selectOption('version 4');
    await released.getByText('Breaks nobody.').waitFor();
    await button('Release production on 2 prompts').click();
    await message('production is released, on 2 prompts').waitFor();
    expect([await target(), await dialog('Release').count()]).toEqual([4, 0]);
    await rowsOf('Releases').first().getByText('production on 2 prompts').waitFor();
    await page.keyboard.press('u');
    await message('The release of production is taken back, on 2 prompts').waitFor();
    expect(await target()).toBe(3);
    await button('What moved').first().click();
    await rowsOf('Moves').getByText(TITLE).waitFor();
  });

  it('follow what others move, but for what somebody is about to release', async () => {
    await page.goto(`${site.url}/releases?group=${group}`);
    const row = page.getByRole('row', { name: new RegExp(TITLE) });
    await row.getByRole('link', { name: /v3 \d behind/ }).waitFor();
    await page.getByRole('checkbox', { name: 'Choose all that are shown' }).check();
    await button('Release 2 …').click();
    const released = rowsOf('Prompts of the release').filter({ hasText: TITLE });
    await released.getByText('version 3').first().waitFor();
    await label(4);
    await row.getByRole('link', { name: /v4 \d behind/, includeHidden: true }).waitFor({ state: 'attached' });
    expect(await released.getByText('version 3').count()).toBeGreaterThan(0);
    await page.keyboard.press('Escape');
    await label(3);
    await row.getByRole('link', { name: /v3 \d behind/ }).waitFor();
  });
}
