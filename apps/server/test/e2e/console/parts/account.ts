import { beforeAll, expect, it } from 'vitest';
import { send } from '../../harness/send.ts';
import type { Account } from '../console-site.ts';
import { bob, box, button, choice, dialog, heading, message, page, rowsOf, site } from '../stage.ts';

/** @param signInBob he has a second factor */
export function accountTests(signInBob: () => Promise<{ authorization: string }>): void {
  let asBob: { authorization: string };
  const get = <Answer>(path: string) => send<Answer>(site.url, 'GET', path, undefined, asBob);
  const part = (name: string) => page.getByRole('navigation', { name: 'Account' }).getByRole('link', { name });
  const background = () => page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor');

  beforeAll(async () => {
    asBob = await signInBob();
  });

  it('keeps a name, and says what another handle changes', async () => {
    await page.goto(`${site.url}/account`);
    await box('Name').fill('Bob the builder');
    await box('Handle').fill('bob-the-builder');
    await page.getByText('Programs that fetch bob/… have to ask for bob-the-builder/…').waitFor();
    await box('Handle').fill('Bob!');
    await button('Save').click();
    await page.getByText('Must be').first().waitFor();
    await box('Handle').fill('bob');
    await button('Save').click();
    await message('Saved').waitFor();
    await page.getByRole('link', { name: 'Account Bob the builder' }).waitFor();
    expect(await get<{ name: string; handle: string }>('/users/me')).toMatchObject({
      name: 'Bob the builder',
      handle: 'bob',
    });
    await page.getByLabel('E-mail address').fill('bob@example.net');
    await page.getByLabel('Your password').fill('not the password of his');
    await button('Save').click();
    await expect.poll(() => page.getByLabel('Your password').getAttribute('aria-invalid')).toBe('true');
  });

  it('shows the colours that were chosen, before the page is painted, and what else was', async () => {
    await page.emulateMedia({ colorScheme: 'light' });
    await part('Preferences').click();
    const light = await background();
    await page.getByRole('radio', { name: 'Dark' }).check();
    await expect.poll(background).not.toBe(light);
    await expect.poll(() => get('/users/preferences')).toMatchObject({ theme: 'dark' });
    const elsewhere = await site.openWindow({ colorScheme: 'light' });
    await elsewhere.context.addInitScript("localStorage.setItem('promptory.theme', 'dark')");
    // Nothing but what stands in the head has run.
    await elsewhere.context.route('**/index-*.js', (route) => route.abort());
    await elsewhere.page.goto(site.url);
    expect(await elsewhere.page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    await elsewhere.context.close();
    await page.getByRole('radio', { name: 'As the system' }).check();
    await expect.poll(background).toBe(light);
    await page.getByRole('checkbox', { name: 'When somebody else moves a label' }).uncheck();
    await box('Category of new prompts').fill('Letters');
    await button('Keep').click();
    await expect
      .poll(() => get('/users/preferences'))
      .toMatchObject({ theme: 'system', defaultCategory: 'Letters', emailNotifications: { labelMoves: false } });
    await page.keyboard.press('Escape');
    await heading('Account').click();
    await page.keyboard.press('c');
    await expect.poll(() => box('Category').inputValue()).toBe('Letters');
  });

  it('signs another device out', async () => {
    const other = await site.openWindow({ userAgent: 'Mozilla/5.0 (iPhone) Version/18.0 Safari/605.1.15' });
    const stranger: Account = { ...bob, email: 'erin@example.org', name: 'Erin' };
    await send(site.url, 'POST', '/auth/register', stranger);
    await signIn(other.page, stranger);
    const second = await site.openWindow();
    await signIn(second.page, stranger);
    await second.page.goto(`${site.url}/account/sessions`);
    await second.page.getByRole('button', { name: 'Sign out Safari on iPhone' }).click();
    await second.page.getByRole('status', { name: 'Messages' }).getByText('The device is signed out').waitFor();
    await other.page.reload();
    await other.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await second.page.getByLabel('The password that you have').fill('wrong, quite wrong');
    await second.page.getByLabel('A new one').fill('four words that belong');
    await second.page.getByRole('button', { name: 'Change the password' }).click();
    const given = second.page.getByLabel('The password that you have');
    await expect.poll(() => given.getAttribute('aria-invalid')).toBe('true');
    await given.fill(stranger.password);
    await second.page.getByRole('button', { name: 'Change the password' }).click();
    await second.page.getByRole('status', { name: 'Messages' }).getByText('The password is changed').waitFor();
    await Promise.all([other.context.close(), second.context.close()]);
  });

  it('shows a key once, which may what was chosen, and revokes it', async () => {
    await page.goto(`${site.url}/account/keys`);
    await heading('There are no keys yet').waitFor();
    await button('New key').click();
    await box('Name').fill('nightly');
    await page.getByRole('checkbox', { name: 'Move labels' }).check();
    await choice('Expires').selectOption('In 30 days');
    await button('Make the key').click();
    const key = await page.getByRole('textbox', { name: 'The key' }).inputValue();
    expect(key).toMatch(/^pty_live_\w+$/);
    const { items } = await get<{ items: { scopes: string[]; expiresAt: string }[] }>('/users/api-keys');
    expect(items[0]?.scopes).toEqual(['prompts:read', 'labels:write']);
    await button('I have kept it').click();
    await rowsOf('Keys').getByText('never used').waitFor();
    expect(await page.content()).not.toContain(key);
    await button('Revoke nightly').click();
    await dialog('Revoke the key').getByRole('button', { name: 'Revoke it' }).click();
    await message('“nightly” is revoked').waitFor();
    await heading('There are no keys yet').waitFor();
    const asProgram = { authorization: `Bearer ${key}` };
    await expect(send(site.url, 'GET', '/prompts', undefined, asProgram)).rejects.toThrow('401');
  });
}

async function signIn(at: typeof page, { email, password }: Account): Promise<void> {
  await at.goto(site.url);
  await at.getByLabel('E-mail address').fill(email);
  await at.getByLabel('Password').fill(password);
  await at.getByRole('button', { name: 'Sign in' }).click();
  await at.getByRole('heading', { name: 'Library' }).waitFor();
}
