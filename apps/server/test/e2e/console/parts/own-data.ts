import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { send } from '../../harness/send.ts';
import type { Account } from '../console-site.ts';
import { site, tokenOf } from '../stage.ts';

const frank: Account = { email: 'frank@example.org', password: 'an account that ends', name: 'Frank' };
const heir: Account = { email: 'heir@example.org', password: 'an account that stays', name: 'Heir' };

/** As somebody who goes, in a window of their own. */
export function ownDataTests(): void {
  it('lists one’s uses, gives all that is kept as a file, and ends once somebody has seen what becomes of it', async () => {
    for (const account of [frank, heir]) {
      await send(site.url, 'POST', '/auth/register', account);
      await site.confirmAddress(account.email);
    }
    const asFrank = await tokenOf(frank);
    const ids: string[] = [];
    for (const title of ['Shared', 'Kept to himself']) {
      const made = await send<{ id: string }>(site.url, 'POST', '/prompts', { title, content: title }, asFrank);
      ids.push(made.id);
    }
    const group = await send<{ id: string }>(site.url, 'POST', '/groups', { name: 'Passes on' }, asFrank);
    await send(site.url, 'POST', `/groups/${group.id}/prompts`, { promptId: ids[0] }, asFrank);
    const member = { handle: 'heir', role: 'editor' };
    await send(site.url, 'POST', `/groups/${group.id}/members`, member, asFrank);

    const { context, page } = await site.openWindow();
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    const part = (name: string) =>
      page.getByRole('navigation', { name: 'Account' }).getByRole('link', { name, exact: true }).click();
    await page.goto(`${site.url}/prompts/${ids[0]}`);
    await page.getByLabel('E-mail address').fill(frank.email);
    await page.getByLabel('Password').fill(frank.password);
    await button('Sign in').click();
    await page.getByRole('heading', { name: 'Shared', exact: true }).waitFor();
    await page.getByRole('link', { name: 'Account Frank' }).click();
    await part('History');
    const uses = page.getByRole('list', { name: 'Uses' }).getByRole('listitem');
    await expect
      .poll(async () => {
        await page.reload();
        await page.getByText('Only you see it.').waitFor();
        await uses
          .or(page.getByRole('heading', { name: 'There are no uses yet' }))
          .first()
          .waitFor();
        return uses.count();
      })
      .toBe(1);
    await uses.getByText('version 1 read by').waitFor();

    await part('Your data');
    const [download] = await Promise.all([page.waitForEvent('download'), button('Get it as a file').click()]);
    const lines = (await readFile(await download.path(), 'utf8')).trim().split('\n');
    const types = new Set(lines.map((line) => (JSON.parse(line) as { type: string }).type));
    expect([download.suggestedFilename(), types.has('account'), types.has('version'), types.has('use')]).toEqual([
      'promptory-account.jsonl',
      true,
      true,
      true,
    ]);

    await button('Delete the account …').click();
    const becomes = page.getByRole('list', { name: 'What becomes of it' }).getByRole('listitem');
    await expect.poll(() => becomes.count()).toBe(3);
    await becomes.filter({ hasText: 'Passes on' }).getByText('to Heir').waitFor();
    await becomes.filter({ hasText: 'Kept to himself' }).getByText('removed: nobody else has it in a group').waitFor();
    await page.getByLabel('Your password').fill('not the password of his');
    await button('Delete it for good').click();
    await expect.poll(() => page.getByLabel('Your password').getAttribute('aria-invalid')).toBe('true');
    // What becomes of it is another thing meanwhile.
    await send(site.url, 'POST', `/groups/${group.id}/prompts`, { promptId: ids[1] }, asFrank);
    await page.getByLabel('Your password').fill(frank.password);
    await button('Delete it for good').click();
    await page.getByRole('alert').getByText('That has changed meanwhile').waitFor();
    await becomes.filter({ hasText: 'Kept to himself' }).getByText('to Heir').waitFor();
    await button('Delete it for good').click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.getByText('Your account is deleted.').waitFor();
    await expect(tokenOf(frank)).rejects.toThrow('401');
    const passed = await send<{ items: object[] }>(site.url, 'GET', '/prompts', undefined, await tokenOf(heir));
    expect(passed.items.length).toBe(2);
    await context.close();
  });
}
