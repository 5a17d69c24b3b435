import { beforeAll, expect, it } from 'vitest';
import { send } from '../../harness/send.ts';
import { alice, button, choice, heading, link, message, page, site, textIn, tokenOf } from '../stage.ts';

const TITLE = 'Support triage';

export function compareTests(): void {
  let asAlice: { authorization: string };
  let id: string;
  const get = <Answer>(path: string) => send<Answer>(site.url, 'GET', path, undefined, asAlice);
  const latest = async () => (await get<{ version: number }>(`/prompts/${id}`)).version;
  const changed = (what: string) => page.getByRole('region', { name: `Changes of ${what}` });

  beforeAll(async () => {
    asAlice = await tokenOf(alice);
    const { items } = await get<{ items: { id: string }[] }>('/prompts?limit=1&q=triage');
    id = items[0]?.id ?? '';
  });

  it('are read one after the other by keys, edited from, and restored', async () => {
    const before = await latest();
    await page.goto(`${site.url}/prompts/${id}?version=2`);
    await heading(TITLE).waitFor();
    await page.getByText(`Version 2 of ${before}`).waitFor();
    await page.keyboard.press('[');
    await page.getByText(`Version 1 of ${before}`).waitFor();
    await page.keyboard.press(']');
    await page.getByText(`Version 2 of ${before}`).waitFor();
    await link('Edit from it').click();
    await page.getByText('This begins with version 2.').waitFor();
    expect(await textIn('Content')).toBe('Sort this ticket: {{ ticket }}');
    await button('Cancel').click();
    await page.goBack();
    await page.goBack();
    await button('Restore version 2').click();
    await message(`Version 2 is the latest again, as version ${before + 1}`).waitFor();
    await page.keyboard.press('u');
    await message(`Version ${before} is the latest again, as version ${before + 2}`).waitFor();
    expect(await latest()).toBe(before + 2);
  });

  it('stand side by side, by number or by label, and that is in the address', async () => {
    await page.goto(`${site.url}/prompts/${id}/compare?from=1&to=2`);
    await changed('inputs').getByText('is not taken any more').waitFor();
    await changed('content').getByText('by').first().waitFor();
    await choice('From').selectOption({ value: 'production' });
    await choice('To').selectOption({ value: 'latest' });
    expect(new URL(page.url()).search).toBe('?from=production&to=latest');
    await page.getByRole('checkbox', { name: 'Side by side' }).uncheck();
    expect(new URL(page.url()).search).toBe('?from=production&to=latest&view=unified');
    await heading(TITLE).click();
    await page.keyboard.press('[');
    const to = (await latest()) - 1;
    await expect.poll(() => new URL(page.url()).search).toBe(`?from=${to - 1}&to=${to}&view=unified`);
    await page.goto(`${site.url}/prompts/${id}/compare?from=nowhere&to=1`);
    await page.getByRole('alert').getByText('The label nowhere points at no version').waitFor();
  });

  it('are used by programs, on days that a chart has', async () => {
    await page.goto(`${site.url}/prompts/${id}/usage`);
    await page.getByRole('row', { name: /help-desk v2 1/ }).waitFor();
    await choice('Version').selectOption({ value: '2' });
    await page.getByRole('img', { name: /uses? from .*, most on/ }).waitFor();
  });
}
