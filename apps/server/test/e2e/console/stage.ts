import type { BrowserContext, Locator, Page } from 'playwright-core';
import { send } from '../harness/send.ts';
import { type Account, type ConsoleSite, openConsoleSite } from './console-site.ts';

export const alice: Account = { email: 'alice@example.org', password: 'correct horse battery', name: 'Alice' };
export const bob: Account = { email: 'bob@example.org', password: 'a bicycle for the mind', name: 'Bob' };

/** One server and one window, which all tests of the console share. */
export let site: ConsoleSite;
export let context: BrowserContext;
export let page: Page;

export async function openStage(): Promise<void> {
  site = await openConsoleSite();
  ({ context, page } = await site.openWindow());
}

export const closeStage = async (): Promise<void> => site?.close();

// As a person finds things.
export const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
export const link = (name: string | RegExp) => page.getByRole('link', { name });
export const box = (name: string) => page.getByRole('textbox', { name });
export const choice = (name: string) => page.getByRole('combobox', { name, exact: true });
export const rows = () => rowsOf('Prompts');
export const rowsOf = (list: string) => page.getByRole('list', { name: list, exact: true }).getByRole('listitem');
export const dialog = (name: string) => page.getByRole('dialog', { name });
export const heading = (name: string) => page.getByRole('heading', { name, exact: true });
/** Saves a prompt that is edited, by way of what that changes. */
export async function saveReviewed(changeNote = ''): Promise<void> {
  await button('Save').click();
  if (changeNote !== '') await box('What this version changes').fill(changeNote);
  await button(/^Save version \d+$/).click();
}
/** What stands in the editor of a text, whichever way it is made. */
export const textIn = (name: string): Promise<string> => textOf(box(name));
export const textOf = (field: Locator): Promise<string> =>
  field.evaluate((element) => {
    // biome-ignore lint/performance/useDomNodeTextContent: the lines of an editor are elements, and no characters
    const { value, innerText } = element as unknown as { value?: string; innerText: string };
    return value ?? innerText;
  });
/** What the console says of what was done. */
export const message = (text: string | RegExp) => page.getByRole('status', { name: 'Messages' }).getByText(text);

/**
 * As a program calls for somebody, for ten minutes.
 *
 * @param recoveryCode of an account that has a second factor
 */
export async function tokenOf({ email, password }: Account, recoveryCode?: string): Promise<{ authorization: string }> {
  const body = { email, password, ...(recoveryCode === undefined ? {} : { recoveryCode }) };
  const { accessToken } = await send<{ accessToken: string }>(site.url, 'POST', '/auth/login', body);
  return { authorization: `Bearer ${accessToken}` };
}
