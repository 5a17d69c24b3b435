import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** How somebody works at a page. */
export interface Hand {
  /** Presses a button or a link, or turns a checkbox over. */
  press(what: Locator): Promise<void>;
  write(field: Locator, text: string): Promise<void>;
  /** @param option as its text begins, and that of no other */
  choose(field: Locator, option: string): Promise<void>;
  /** Takes back what the newest message offers to. */
  undo(): Promise<void>;
  leaveDialog(): Promise<void>;
  /** Where one goes on from. */
  expectAt(what: Locator): Promise<void>;
}

/** By pointing at things; text is typed. */
export const byMouse = (page: Page): Hand => ({
  press: (what) => what.click(),
  async write(field, text) {
    await field.click({ clickCount: 3 });
    await page.keyboard.type(text);
  },
  async choose(field, option) {
    const named = field.locator('option').filter({ hasText: new RegExp(`^${option}`) });
    await named.waitFor({ state: 'attached' });
    await field.selectOption(await named.getAttribute('value'));
  },
  undo: () => page.getByRole('status', { name: 'Messages' }).getByRole('button', { name: 'Undo' }).first().click(),
  leaveDialog: () => page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).click(),
  expectAt: async () => undefined,
});

/** Steps from one thing to another; a page with more before it is one where nobody gets by keyboard. */
const MOST_STEPS = 80;

/** By Tab, Enter, Space and letters alone, and never without a focus. */
export function byKeys(page: Page): Hand {
  const isAt = (what: Locator) => what.evaluate((element) => element === element.ownerDocument.activeElement);
  const reach = async (what: Locator) => {
    await what.waitFor();
    await expect
      .poll(() => page.evaluate('document.activeElement?.tagName'), { message: 'The focus is nowhere' })
      .not.toBe('BODY');
    for (let step = 0; step < MOST_STEPS; step++) {
      if (await isAt(what)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`By keyboard nobody gets to ${what.toString()}.`);
  };
  return {
    async press(what) {
      await reach(what);
      await page.keyboard.press((await what.getAttribute('type')) === 'checkbox' ? 'Space' : 'Enter');
    },
    async write(field, text) {
      await reach(field);
      await page.keyboard.press('Control+A');
      await page.keyboard.type(text);
      // An editor keeps Tab for itself until then; in a dialog it would close that.
      if ((await field.getAttribute('aria-multiline')) === 'true') await page.keyboard.press('Escape');
    },
    async choose(field, option) {
      await field
        .locator('option')
        .filter({ hasText: new RegExp(`^${option}`) })
        .waitFor({ state: 'attached' });
      await reach(field);
      await page.keyboard.type(option);
    },
    undo: () => page.keyboard.press('u'),
    leaveDialog: () => page.keyboard.press('Escape'),
    expectAt: (what) => expect.poll(() => isAt(what), { message: what.toString() }).toBe(true),
  };
}
