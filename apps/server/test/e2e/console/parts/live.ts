import { beforeAll, expect, it } from 'vitest';
import { send } from '../../harness/send.ts';
import { alice, box, button, page, rowsOf, site, textIn, tokenOf } from '../stage.ts';

/** What a program does for Alice, as somebody else would. */
export function liveTests(): void {
  let asAlice: { authorization: string };
  let id: string;
  const save = (content: string) => send<{ version: number }>(site.url, 'PUT', `/prompts/${id}`, { content }, asAlice);

  beforeAll(async () => {
    asAlice = await tokenOf(alice);
    const made = { title: 'Watched', content: 'First' };
    ({ id } = await send<{ id: string }>(site.url, 'POST', '/prompts', made, asAlice));
  });

  it('is shown where the prompt is read, with where its labels point', async () => {
    await page.goto(`${site.url}/prompts/${id}`);
    const prompt = page.getByRole('region', { name: 'The prompt' });
    await prompt.getByText('First').waitFor();
    await save('Second');
    await prompt.getByText('Second').waitFor();
    await send(site.url, 'PUT', `/prompts/${id}/labels/production`, { version: 1 }, asAlice);
    await rowsOf('Labels and tags').getByText('production → v1').waitFor();
    await send(site.url, 'PUT', `/prompts/${id}/labels/production`, { version: 2 }, asAlice);
    await rowsOf('Labels and tags').getByText('production → v2').waitFor();
    // A label of another name is found, and watched from then on.
    await send(site.url, 'PUT', `/prompts/${id}/labels/canary`, { version: 1 }, asAlice);
    await rowsOf('Labels and tags').getByText('canary → v1').waitFor();
    await send(site.url, 'PUT', `/prompts/${id}/labels/canary`, { version: 2 }, asAlice);
    await rowsOf('Labels and tags').getByText('canary → v2').waitFor();
  });

  it('is named above a draft, which stays as it is', async () => {
    await page.goto(`${site.url}/prompts/${id}/edit`);
    await expect.poll(() => textIn('Content')).toBe('Second');
    await save('Third');
    await page.getByText('what you see is that version').waitFor();
    expect(await textIn('Content')).toBe('Third');
    await box('Content').fill('Mine');
    await save('Fourth');
    await page.getByText('Alice saved version 4').waitFor();
    await page.getByText('What you type builds on version 3, and stays as it is.').waitFor();
    expect(await textIn('Content')).toBe('Mine');
    await button('Save').click();
    await button('Save mine over it').click();
    await page.getByRole('region', { name: 'The prompt' }).getByText('Mine').waitFor();
  });

  it('is shown in a group', async () => {
    const { id: group } = await send<{ id: string }>(site.url, 'POST', '/groups', { name: 'Watched' }, asAlice);
    await page.goto(`${site.url}/groups/${group}`);
    await button('Add prompts').waitFor();
    await send(site.url, 'POST', `/groups/${group}/prompts`, { promptId: id }, asAlice);
    await rowsOf('Prompts of the group').getByText('Watched').waitFor();
  });
}
