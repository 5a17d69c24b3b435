import { beforeAll, expect, it } from 'vitest';
import { send } from '../../harness/send.ts';
import { alice, box, button, choice, dialog, heading, message, page, rowsOf, site, tokenOf } from '../stage.ts';

/** Versions 1 and 5 take an order and a ticket, 2 to 4 a ticket only. */
const TITLE = 'Support triage';

export function labelTests(): void {
  let asAlice: { authorization: string };
  let id: string;
  let other: string;

  const move = (label: string, version: number) =>
    send(
      site.url,
      'PUT',
      `/prompts/${id}/labels/${label}`,
      { version, acceptBreaking: true, reason: 'A test' },
      asAlice,
    );
  const target = async (label: string) =>
    (await send<{ version: number }>(site.url, 'GET', `/prompts/${id}/labels/${label}`, undefined, asAlice)).version;
  const openVersions = async () => {
    await page.goto(`${site.url}/prompts/${id}/versions`);
    await button('Label version 5').waitFor();
  };

  beforeAll(async () => {
    asAlice = await tokenOf(alice);
    const found = (q: string) =>
      send<{ items: { id: string }[] }>(site.url, 'GET', `/prompts?limit=1&q=${q}`, undefined, asAlice);
    id = (await found(encodeURIComponent(TITLE))).items[0]?.id ?? '';
    other = (await found('letter')).items[0]?.id ?? '';
  });

  it('point at a version by the keyboard alone, and the move is taken back by it', async () => {
    await page.goto(`${site.url}/prompts/${id}`);
    await heading(TITLE).waitFor();
    await page.keyboard.press('l');
    await dialog('Move a label').waitFor();
    await expect.poll(() => choice('Label').evaluate('document.activeElement?.value')).toBe('production');
    await choice('Is to point at').selectOption({ value: '2' });
    await page.getByText('It never pointed at a version').waitFor();
    await box('Reason').fill('The first one');
    await page.keyboard.press('Enter');
    await message('production points at version 2').waitFor();
    expect(await dialog('Move a label').count()).toBe(0);
    expect(new URL(page.url()).search).toBe('');
    await page.keyboard.press('u');
    await message('production points at no version any more').waitFor();
    await page.getByRole('navigation', { name: 'Prompt' }).getByRole('link', { name: 'Versions' }).click();
    await rowsOf('Versions').getByText('“The first one”').waitFor();
  });

  it('break programs only when somebody has seen which, and said why', async () => {
    await move('production', 2);
    const key = { name: 'help-desk', scopes: ['prompts:read'] };
    const made = await send<{ key: string }>(site.url, 'POST', '/users/api-keys', key, asAlice);
    const asProgram = { authorization: `Bearer ${made.key}` };
    const { ref } = await send<{ ref: string }>(site.url, 'GET', `/prompts/${id}`, undefined, asAlice);
    await send(
      site.url,
      'GET',
      `/prompts/resolve?ref=${encodeURIComponent(`${ref}@production`)}`,
      undefined,
      asProgram,
    );
    // What is used is written down beside the answer.
    const uses = `/prompts/${id}/consumers?version=2`;
    await expect
      .poll(async () => (await send<{ items: object[] }>(site.url, 'GET', uses, undefined, asAlice)).items)
      .toEqual(expect.arrayContaining([expect.objectContaining({ consumer: 'help-desk' })]));
    await openVersions();
    await button('Label version 5').click();
    await page.getByRole('alert').getByText('/order is new and must be given').waitFor();
    await page.getByRole('region', { name: 'Who uses version 2' }).getByRole('cell', { name: 'help-desk' }).waitFor();
    await page.getByRole('region', { name: 'What differs' }).getByText('Sort this ticket by').waitFor();
    await button('Move production to version 5').click();
    expect(await target('production')).toBe(2);
    await page.getByRole('checkbox', { name: 'Move it although that breaks them' }).check();
    await button('Move production to version 5').click();
    expect(await target('production')).toBe(2);
    await box('Reason').fill('They know of it');
    await button('Move production to version 5').click();
    await message('production points at version 5').waitFor();
    const [last] = await rowsOf('Versions').allTextContents();
    expect(last).toMatch(/^productionversion 2version 5broke its callers“They know of it”Alice/);
    await button('Undo the move of production').click();
    await message('production points at version 2').waitFor();
    expect(await target('production')).toBe(2);
  });

  it('stay where somebody else has put them meanwhile', async () => {
    await openVersions();
    await button('Label version 3').click();
    await page.getByText('Whoever calls version 2 can call version 3 as it is.').waitFor();
    await move('production', 4);
    // Before the page has heard of it or after: nothing is moved from where nobody has seen it.
    await button('Move production to version 3').click({ force: true });
    await page.getByRole('alert').getByText('it points at version 4 now').waitFor();
    expect(await target('production')).toBe(4);
    await button('Go on from there').click();
    await expect.poll(() => page.getByRole('alert').count()).toBe(0);
    await move('production', 2);
    await page.getByRole('alert').getByText('it points at version 2 now').waitFor();
    expect(await button('Move production to version 3').getAttribute('aria-disabled')).toBe('true');
    await move('production', 4);
    await page.keyboard.press('Escape');
    expect(await dialog('Move a label').count()).toBe(0);
  });

  it('have a name of one’s own, and are taken away', async () => {
    await openVersions();
    await button('Move production').click();
    await choice('Label').selectOption('Another label …');
    await box('Name of the label').fill('Canary!');
    await page.getByText('Must be small letters').waitFor();
    expect(await button('Take it').isDisabled()).toBe(true);
    await box('Name of the label').fill('canary');
    await page.keyboard.press('Enter');
    await button('Move canary to version 5').click();
    await message('canary points at version 5').waitFor();
    await button('Move canary').click();
    await choice('Is to point at').selectOption({ value: 'none' });
    await page.getByRole('alert').getByText('are refused from then on').waitFor();
    await button('Take canary away').click();
    await message('canary points at no version any more').waitFor();
    await expect.poll(() => rowsOf('Labels').count()).toBe(1);
    await page.keyboard.press('u');
    await expect.poll(() => rowsOf('Labels').count()).toBe(2);
  });

  it('move with a release, which is taken back on all its prompts', async () => {
    const prompts = [{ promptId: id, version: 3 }, { promptId: other }];
    await send(site.url, 'POST', '/releases', { label: 'staging', prompts }, asAlice);
    await openVersions();
    await rowsOf('Versions').getByText('released with 1 other prompt').waitFor();
    await button('Undo the release of staging').click();
    await message('The release of staging is taken back, on 2 prompts').waitFor();
    await expect(target('staging')).rejects.toThrow('404');
  });

  it('are protected by the owner of the prompt', async () => {
    await openVersions();
    await button('Protect production').click();
    await expect.poll(() => button('Protect production').getAttribute('aria-pressed')).toBe('true');
  });
}
