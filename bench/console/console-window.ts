import { givenPerson, PASSWORD } from '@promptory/api/testing';
import { createPasswordHasher } from '@promptory/auth';
import { fillPromptWorld, withClient } from '@promptory/db/testing';
import { launchChromium } from '@promptory/server/testing/chromium';
import { openSite, type Site } from '../sites/open-site.ts';

/** Of one click, in milliseconds: until the first rows are there, and of that the call that it makes. */
export interface Clicked {
  readonly rows: number;
  readonly call: number;
}

/** The built console, in a browser, at a server among so many prompts, and somebody who has signed in. */
export interface ConsoleWindow extends Site {
  /** Goes from another page, loaded anew, to the public prompts. */
  clickToRows(): Promise<Clicked>;
  /** Types a letter into a prompt of so many characters, each time another one. @returns milliseconds until it says what it then says */
  keyToRender(characters: number, keys: number): Promise<number[]>;
}

const TITLE = 'Public prompts';

// What runs in the page, which nothing here knows the types of.
const clicked = `new Promise((resolve) => {
  performance.clearResourceTimings();
  let at = 0;
  addEventListener('click', ({ timeStamp }) => { at = timeStamp; }, { capture: true, once: true });
  new MutationObserver((_, observer) => {
    if (at === 0 || document.querySelector('h1')?.textContent !== '${TITLE}') return;
    if (document.querySelector('ul[aria-label="Prompts"] li') === null) return;
    const rows = performance.now() - at;
    observer.disconnect();
    setTimeout(() => {
      const calls = performance.getEntriesByType('resource').filter(({ name }) => name.includes('prompts.list'));
      resolve({ rows, call: calls[0]?.duration ?? NaN });
    }, 200);
  }).observe(document.body, { childList: true, subtree: true });
  [...document.querySelectorAll('nav a')].find((link) => link.textContent === 'Public').click();
})`;

const typed = (letter: string): string => `new Promise((resolve) => {
  let at = 0;
  addEventListener('keydown', ({ timeStamp }) => { at = timeStamp; }, { capture: true, once: true });
  new MutationObserver((_, observer) => {
    const said = document.querySelector('section[aria-label="Try it out"] [aria-live]')?.textContent ?? '';
    if (at === 0 || !said.includes('${letter}')) return;
    observer.disconnect();
    resolve(performance.now() - at);
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
})`;

export const openConsoleWindow = (prompts: number): Promise<ConsoleWindow> =>
  openSite('console', {}, async ({ database, services, ending, serve }) => {
    await withClient(database.connectionString, (client) => fillPromptWorld(client, { prompts }));
    const person = await givenPerson(services, {
      handle: 'reader',
      passwordHash: await createPasswordHasher().hash(PASSWORD),
    });
    // As in development: the address of a page on this machine is one of its own.
    const { port } = await serve({ NODE_ENV: 'development' });
    const browser = await launchChromium();
    ending(() => browser.close());
    const page = await browser.newPage();
    const url = `http://localhost:${port}`;
    await page.goto(url);
    await page.getByLabel('E-mail address').fill(person.email);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('list', { name: 'Prompts' }).getByRole('listitem').first().waitFor();
    return {
      async clickToRows() {
        await page.goto(`${url}/trash`);
        await page.getByRole('heading', { name: 'Trash', exact: true }).waitFor();
        await page.waitForLoadState('networkidle');
        return page.evaluate<Clicked>(clicked);
      },
      async keyToRender(characters, keys) {
        await page.goto(`${url}/prompts/new`);
        const content = page.getByRole('textbox', { name: 'Content' });
        await content.fill('Sort this ticket. '.repeat(characters / 18));
        await page.getByRole('region', { name: 'Try it out' }).getByText('Sort this ticket.').first().waitFor();
        await content.press('End');
        const ms: number[] = [];
        for (let key = 0; key < keys; key += 1) {
          // A text that stands nowhere yet.
          const letter = String.fromCodePoint(0x4e00 + key);
          const shown = page.evaluate<number>(typed(letter));
          await content.press('x');
          await page.keyboard.insertText(letter);
          ms.push(await shown);
        }
        return ms;
      },
    };
  });
