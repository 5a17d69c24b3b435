import { beforeAll, expect, it } from 'vitest';
import { send } from '../../harness/send.ts';
import { alice, box, button, heading, message, page, saveReviewed, site, textIn, textOf, tokenOf } from '../stage.ts';

/** With a prompt of Alice's, which somebody else changes by a program. */
export function editorTests(): void {
  let asAlice: { authorization: string };
  let id: string;

  const content = () => box('Content');
  const save = (changes: object) => send<{ version: number }>(site.url, 'PUT', `/prompts/${id}`, changes, asAlice);
  const open = async () => {
    await page.goto(`${site.url}/prompts/${id}/edit`);
    await page.locator('.cm-content').waitFor();
  };
  const focused = () =>
    page.evaluate('document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.name');

  beforeAll(async () => {
    asAlice = await tokenOf(alice);
    const made = { title: 'Edited', content: 'One {{ ticket }}\nTwo\nThree', tags: ['first'] };
    ({ id } = await send<{ id: string }>(site.url, 'POST', '/prompts', made, asAlice));
  });

  it('offers inputs, filters and other prompts where they may stand', async () => {
    await open();
    await content().click();
    await page.keyboard.press('Control+End');
    const offered = page.getByRole('listbox').getByRole('option');
    await page.keyboard.type(' {{ tic');
    await offered.filter({ hasText: /^ticket$/ }).click();
    await page.keyboard.type(' | upc');
    await offered.filter({ hasText: /^upcase$/ }).click();
    await page.keyboard.type(" }}{% render 'triage");
    await offered.filter({ hasText: 'support-triage' }).first().click();
    await page.keyboard.type("' %}");
    expect(await textIn('Content')).toMatch(/Three \{\{ ticket \| upcase \}\}\{% render '.*support-triage' %\}$/);
    await button('Cancel').click();
  });

  it('says of a text what the server will say, and where, before it is saved', async () => {
    await open();
    await content().fill('Good {{ ticket }}\nBad {{ ticket | upcse }}');
    await page
      .getByRole('status')
      .getByText(/^Line 2, column \d+: .*upcse/)
      .waitFor();
    await page.locator('.cm-lintRange-error').first().waitFor();
    expect(await content().getAttribute('aria-invalid')).toBe('true');
    await content().fill('Good {{ ticket | upcase }}');
    await expect.poll(() => content().getAttribute('aria-invalid')).toBe('false');
    expect(await page.locator('.cm-lintRange-error').count()).toBe(0);
  });

  it('lets who works by keyboard pass, indents for who types, and lets them go by Escape', async () => {
    await open();
    await content().fill('');
    await box('Description').focus();
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Content');
    await page.keyboard.press('Tab');
    expect(await focused()).not.toBe('Content');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.type('a');
    await page.keyboard.press('Tab');
    await page.keyboard.type('b');
    expect([await textIn('Content'), await focused()]).toEqual(['a  b', 'Content']);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    expect(await focused()).not.toBe('Content');
    // Also while something is offered, or is still being looked for: one Escape is enough.
    for (const isOffered of [true, false]) {
      await content().fill('{{ ticket }} ');
      await content().focus();
      await page.keyboard.press('Control+End');
      await page.keyboard.type('{{ ');
      await page.keyboard.type('t');
      if (isOffered) await page.getByRole('listbox').waitFor();
      await page.keyboard.press('Escape');
      expect(await page.getByRole('listbox').count()).toBe(0);
      await page.keyboard.press('Tab');
      expect(await focused()).not.toBe('Content');
    }
  });

  it('puts what is typed over coloured words in their place, of which the policy has nothing to refuse', async () => {
    await open();
    await content().fill('Good {{ ticket | upcase }}');
    await page.locator('.cm-content span').first().waitFor();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('Bad {{ order }}');
    expect(await textIn('Content')).toBe('Bad {{ order }}');
    await page.keyboard.press('Control+Z');
    expect(await textIn('Content')).toBe('Good {{ ticket | upcase }}');
    expect(site.faults).toEqual([]);
  });

  it('keeps what was typed before it was there, and goes on where that was', async () => {
    const slow = await site.openWindow();
    await slow.context.addCookies(await page.context().cookies());
    const { promise: held, resolve: load } = Promise.withResolvers<void>();
    await slow.context.route('**/code-mirror-*.js', async (route) => {
      await held;
      await route.continue();
    });
    await slow.page.goto(`${site.url}/prompts/${id}/edit`);
    const field = slow.page.getByRole('textbox', { name: 'Content' });
    await field.fill('Typed at once');
    load();
    await slow.page.locator('.cm-content').waitFor();
    await slow.page.keyboard.type(', and on');
    await expect.poll(() => textOf(field)).toBe('Typed at once, and on');
    await slow.context.close();
  });

  it('is what the system has where somebody writes by finger', async () => {
    const phone = await site.openWindow({ hasTouch: true, isMobile: true, viewport: { width: 375, height: 800 } });
    await phone.context.addCookies(await page.context().cookies());
    await phone.page.goto(`${site.url}/prompts/${id}/edit`);
    const field = phone.page.getByRole('textbox', { name: 'Content' });
    await field.fill('Bad {{ ticket | upcse }}');
    await phone.page.getByText(/^Line 1, column \d+: .*upcse/).waitFor();
    expect(await phone.page.locator('.cm-content').count()).toBe(0);
    expect(await field.evaluate((element) => (element as unknown as { tagName: string }).tagName)).toBe('TEXTAREA');
    await phone.context.close();
  });

  it('puts together what two people have changed, of which nothing is lost', async () => {
    await page.goto(`${site.url}/prompts/${id}/edit`);
    await page.getByRole('button', { name: 'Drop it' }).or(page.locator('.cm-content')).first().waitFor();
    if ((await button('Drop it').count()) > 0) await button('Drop it').click();
    await expect.poll(() => textIn('Content')).toBe('One {{ ticket }}\nTwo\nThree');
    await content().fill('One {{ ticket }}\nTwo\nThree, mine');
    await box('Title').fill('My title');
    await save({ title: 'Their title', content: 'One, theirs {{ ticket }}\nTwo\nThree' });
    await page.getByText('Alice saved version 2').waitFor();
    await button('Save').click();
    await page.getByRole('alert').getByText('saved version 2 meanwhile').waitFor();
    await button('Put both together').first().click();
    const dialog = page.getByRole('dialog', { name: 'Put both together' });
    await dialog.getByRole('region', { name: 'Content: what Alice changed' }).getByText('theirs').waitFor();
    await dialog.getByRole('region', { name: 'Content: what you changed' }).getByText('mine').waitFor();
    const then = dialog.getByRole('textbox', { name: 'Content, as it is then' });
    expect(await then.inputValue()).toBe('One, theirs {{ ticket }}\nTwo\nThree, mine');
    await dialog.getByText('You have changed the same lines.').waitFor();
    await dialog.getByRole('button', { name: 'Theirs: Title' }).click();
    await dialog.getByRole('button', { name: 'Go on with it' }).click();
    expect(await box('Title').inputValue()).toBe('Their title');
    await message('Both are in the editor, and not saved yet').waitFor();
    await heading('Their title').click();
    await page.keyboard.press('u');
    await expect.poll(() => box('Title').inputValue()).toBe('My title');
    expect(await textIn('Content')).toBe('One {{ ticket }}\nTwo\nThree, mine');
    await button('Put both together').first().click();
    await dialog.getByRole('button', { name: 'Theirs: Title' }).click();
    await dialog.getByRole('button', { name: 'Go on with it' }).click();
    await saveReviewed();
    await page.getByRole('region', { name: 'The prompt' }).getByText('One, theirs {{ ticket }}').waitFor();
    const saved = await send<object>(site.url, 'GET', `/prompts/${id}`, undefined, asAlice);
    expect(saved).toMatchObject({
      version: 3,
      title: 'Their title',
      content: 'One, theirs {{ ticket }}\nTwo\nThree, mine',
    });
  });
}
