import { beforeAll, expect, it } from 'vitest';
import { send } from '../../harness/send.ts';
import type { Account } from '../console-site.ts';
import { hostileStrings } from '../hostile-strings.ts';
import { site, tokenOf } from '../stage.ts';
import { expectNoFault, looks } from './access.ts';

const root: Account = { email: 'root@example.org', password: 'an administrator of all', name: 'Root' };
const erin: Account = { email: 'erin-2@example.org', password: 'somebody who is changed', name: 'Erin the second' };

/** As an administrator, in a window of their own. */
export function administrationTests(): void {
  let asRoot: { authorization: string };
  let window: Awaited<ReturnType<typeof site.openWindow>>;
  let erinsId: string;

  const find = (q: string) =>
    send<{ items: { id: string; role: string; status: string; quotas: object }[] }>(
      site.url,
      'GET',
      `/admin/users?q=${encodeURIComponent(q)}`,
      undefined,
      asRoot,
    );
  const at = () => {
    const { page } = window;
    return {
      page,
      button: (name: string) => page.getByRole('button', { name, exact: true }),
      rows: (list: string) => page.getByRole('list', { name: list, exact: true }).getByRole('listitem'),
      choice: (name: string) => page.getByRole('combobox', { name, exact: true }),
      message: (text: string) => page.getByRole('status', { name: 'Messages' }).getByText(text).waitFor(),
    };
  };

  beforeAll(async () => {
    for (const account of [root, erin, { ...erin, email: 'hostile@example.org', name: hostileStrings[4] ?? '' }]) {
      await send(site.url, 'POST', '/auth/register', account);
      await site.confirmAddress(account.email);
    }
    await site.promote(root.email);
    asRoot = await tokenOf(root);
    erinsId = (await find(erin.email)).items[0]?.id ?? '';
    window = await site.openWindow();
    const { page } = window;
    await page.goto(site.url);
    await page.getByLabel('E-mail address').fill(root.email);
    await page.getByLabel('Password').fill(root.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'Administration' }).waitFor();
    return () => window.context.close();
  });

  it('finds somebody, suspends them, and takes that back', async () => {
    const { page, button, rows, choice, message } = at();
    await page.getByRole('link', { name: 'Administration' }).click();
    await page.getByRole('searchbox', { name: 'Find' }).fill('erin-2');
    await expect.poll(() => rows('Users').count()).toBe(1);
    expect(new URL(page.url()).search).toBe('?q=erin-2');
    const asErin = await tokenOf(erin);
    await button('Change Erin the second').click();
    await page.getByRole('dialog').getByRole('combobox', { name: 'Status' }).selectOption('suspended');
    await page.getByText('Every device of theirs is signed out at once').waitFor();
    await button('Save').click();
    await message('Erin the second is suspended, and signed out everywhere');
    await rows('Users').getByText('suspended').waitFor();
    await expect(send(site.url, 'GET', '/users/me', undefined, asErin)).rejects.toThrow('401');
    await choice('Status').selectOption('active');
    await page.getByRole('heading', { name: 'Nobody is found' }).waitFor();
    await button('Undo').first().click();
    await message('Erin the second is as before');
    expect((await find('erin-2')).items).toMatchObject([{ status: 'active' }]);
  });

  it('gives an account another role and a quota of its own, once that is more than nothing', async () => {
    const { page, button, rows, message } = at();
    await page.goto(`${site.url}/admin/users?q=erin-2`);
    await button('Change Erin the second').click();
    expect(await button('Save').getAttribute('aria-disabled')).toBe('true');
    await page.getByRole('dialog').getByRole('combobox', { name: 'Role' }).selectOption('admin');
    await page.getByRole('spinbutton', { name: 'API keys' }).fill('3');
    await button('Save').click();
    await message('Erin the second administers the server now');
    await rows('Users').getByText('one quota of its own').waitFor();
    expect((await find('erin-2')).items).toMatchObject([{ role: 'admin', quotas: { apiKeys: 3 } }]);
    await button('Change Erin the second').click();
    await page.getByRole('spinbutton', { name: 'API keys' }).fill('');
    await page.getByRole('dialog').getByRole('combobox', { name: 'Role' }).selectOption('user');
    await button('Save').click();
    await message('Erin the second does not administer the server any more');
    expect((await find('erin-2')).items).toMatchObject([{ role: 'user', quotas: {} }]);
  });

  it('shows who did what, and who tried to sign in', async () => {
    const { page, rows, choice } = at();
    await send(site.url, 'POST', '/auth/login', { ...erin, name: undefined, password: 'not her password' }).catch(
      () => undefined,
    );
    await page.getByRole('link', { name: 'Attempts of Erin the second to sign in' }).click();
    await rows('Attempts').getByText(erin.email).first().waitFor();
    await choice('Outcome').selectOption('Were refused');
    await expect.poll(() => rows('Attempts').count()).toBe(1);
    expect(new URL(page.url()).search).toBe(`?user=${erinsId}&came=badly`);
    await page.getByRole('link', { name: 'Audit log' }).click();
    await page.getByRole('searchbox', { name: 'Action' }).fill('user.access_changed');
    await expect.poll(() => rows('Audit log').count()).toBe(4);
    await rows('Audit log').first().getByText('Details').click();
    await rows('Audit log').first().getByText('"from": "admin"').waitFor();
    await rows('Audit log').first().getByRole('link', { name: 'you' }).click();
    await page.getByText('only by').waitFor();
  });

  it('shows which jobs wait, run or failed, with what failed, and when the server did what it does by itself', async () => {
    const { page, rows } = at();
    await site.giveUpJob('a_task_of_a_test', `The disk is full: ${hostileStrings[4]}`);
    await page.getByRole('link', { name: 'Jobs', exact: true }).click();
    const job = rows('Jobs').filter({ hasText: 'A task of a test' });
    await job.getByText('failed', { exact: true }).waitFor();
    await job.getByText('2 of 2 tries').waitFor();
    await job.getByText(`The disk is full: ${hostileStrings[4]}`).waitFor();
    await rows('Scheduled').getByText('Purge trash').waitFor();
    expect(site.faults).toEqual([]);
  });

  it('mails the summary of each day to who wants it, which only administrators are asked', async () => {
    const { page } = at();
    await page.goto(`${site.url}/account/preferences`);
    const summary = page.getByRole('checkbox', { name: 'Each day, what happened on the server' });
    await summary.check();
    await expect
      .poll(() => send(site.url, 'GET', '/users/preferences', undefined, asRoot))
      .toMatchObject({ emailNotifications: { dailySummary: true, security: true } });
    await page.reload();
    await expect.poll(() => summary.isChecked()).toBe(true);
  });

  it('shows nothing of it to others', async () => {
    const other = await site.openWindow();
    await other.page.goto(`${site.url}/admin/users`);
    await other.page.getByLabel('E-mail address').fill(erin.email);
    await other.page.getByLabel('Password').fill(erin.password);
    await other.page.getByRole('button', { name: 'Sign in' }).click();
    await other.page.getByText('Only administrators of this server see this.').waitFor();
    expect(await other.page.getByRole('link', { name: 'Administration' }).count()).toBe(0);
    await other.page.goto(`${site.url}/account/preferences`);
    await other.page.getByRole('checkbox', { name: 'When my password has changed' }).waitFor();
    expect(await other.page.getByRole('checkbox', { name: 'Each day' }).count()).toBe(0);
    await other.context.close();
  });

  it.each(looks)(
    'has no fault in the eyes of axe, $colorScheme and $width pixels wide, with a hostile name',
    async ({ colorScheme, width }) => {
      const { page, button, rows } = at();
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      const screens = [
        ['/admin/users', rows('Users').getByText('<img').first()],
        ['/admin/audit', rows('Audit log').first()],
        ['/admin/auth-attempts', rows('Attempts').first()],
        ['/admin/jobs', rows('Jobs').getByText('The disk is full').first()],
        ['/admin/stats', page.getByRole('row', { name: /^Signed in \d/ })],
      ] as const;
      for (const [path, whenThere] of screens) {
        await page.goto(site.url + path);
        await whenThere.waitFor();
        await expectNoFault(path, colorScheme === 'dark', page, 'main');
      }
      await page.goto(`${site.url}/admin/users?q=hostile`);
      await button(`Change ${hostileStrings[4]}`).click();
      await expectNoFault('changing an account', colorScheme === 'dark', page, 'dialog');
      expect(site.faults).toEqual([]);
    },
  );
}
