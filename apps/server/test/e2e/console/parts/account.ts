import { authenticatorOf } from '@promptory/api/testing';
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

  it('signs another device out, changes a password, and has a second factor', async () => {
    const other = await site.openWindow({ userAgent: 'Mozilla/5.0 (iPhone) Version/18.0 Safari/605.1.15' });
    const stranger: Account = { ...bob, email: 'erin@example.org', name: 'Erin' };
    await send(site.url, 'POST', '/auth/register', stranger);
    await site.confirmAddress(stranger.email);
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
    await secondFactor(second.page, stranger.email, 'four words that belong');
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

/** Set up, asked for again, renewed and turned off. */
async function secondFactor(at: typeof page, email: string, password: string): Promise<void> {
  const press = (name: string) => at.getByRole('button', { name, exact: true }).click();
  const said = (text: string) => at.getByRole('status', { name: 'Messages' }).getByText(text).waitFor();
  await press('Set it up');
  await at.getByLabel('Your password').fill('not the password of hers');
  await press('Go on');
  await expect.poll(() => at.getByLabel('Your password').getAttribute('aria-invalid')).toBe('true');
  await at.getByLabel('Your password').fill(password);
  await press('Go on');
  await at.getByRole('img', { name: 'The key as a QR code' }).waitFor();
  const key = (await at.getByRole('dialog').locator('code').textContent()) ?? '';
  const authenticator = authenticatorOf(key.replaceAll(' ', ''));
  await at.getByLabel('The code that it shows now').fill('000 000');
  await press('Turn it on');
  await at.getByRole('alert').or(at.locator('[aria-invalid=true]')).first().waitFor();
  await at.getByLabel('The code that it shows now').fill(await authenticator.codeAt(new Date()));
  await press('Turn it on');
  const shown = at.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem');
  await expect.poll(() => shown.count()).toBe(10);
  const first = await shown.allTextContents();
  await press('I have kept them');
  await at.getByText('10 recovery codes are left.').waitFor();
  const codes = await renewedCodes(at, authenticator, first);
  // What changes an account asks for it again, some time after it was shown.
  const again = async (act: () => Promise<void>) => {
    await site.forgetFactor(email);
    await act();
    await at.getByText('This asks for your second factor once more.').waitFor();
    await at.getByLabel('Code', { exact: true }).fill(codes.pop() ?? '');
    await press('Go on');
  };
  await at.getByLabel('The password that you have').fill(password);
  await at.getByLabel('A new one').fill('other words that belong');
  await again(() => press('Change the password'));
  await expect.poll(() => at.getByLabel('The password that you have').inputValue()).toBe('');
  await at.goto(`${site.url}/account/keys`);
  await press('New key');
  await at.getByLabel('Name').fill('nightly');
  await again(() => press('Make the key'));
  await press('I have kept it');
  await at.goto(`${site.url}/prompts/new`);
  await at.getByLabel('Title').fill('To be purged');
  await at.getByLabel('Content').fill('x');
  await press('Save');
  await press('Delete');
  await said('“To be purged” is in the trash');
  await at.goto(`${site.url}/trash`);
  await press('Remove for good “To be purged”');
  await again(() => press('Remove for good'));
  await at.getByRole('heading', { name: 'The trash is empty' }).waitFor();
  await at.goto(`${site.url}/account/sessions`);
  await at.getByText('7 recovery codes are left.').waitFor();
  await press('Turn it off');
  await at.getByLabel('Your password').fill('other words that belong');
  await at.getByLabel('Code', { exact: true }).fill(codes.pop() ?? '');
  await at.getByRole('dialog').getByRole('button', { name: 'Turn it off' }).click();
  await said('The second factor is off');
  await at.getByRole('button', { name: 'Set it up' }).waitFor();
}

/** Other recovery codes in the place of the first, of which none is good any more. */
async function renewedCodes(
  at: typeof page,
  authenticator: ReturnType<typeof authenticatorOf>,
  first: readonly string[],
): Promise<string[]> {
  const press = (name: string) => at.getByRole('button', { name, exact: true }).click();
  const shown = at.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem');
  await press('New recovery codes');
  // That of the moment is used up.
  await at.getByLabel('Code', { exact: true }).fill(await authenticator.codeAt(new Date(Date.now() + 30_000)));
  await press('Make new ones');
  await expect.poll(() => shown.count()).toBe(10);
  const codes = await shown.allTextContents();
  expect(codes.filter((code) => first.includes(code))).toEqual([]);
  await press('I have kept them');
  await at.getByText('10 recovery codes are left.').waitFor();
  return codes;
}
