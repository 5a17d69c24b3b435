import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { accountScreens, groupScreens, promptsScreens, shown } from '../screens.ts';
import { box, dialog, heading, page, rows, rowsOf, site } from '../stage.ts';

/** What every screen is looked at in. */
export const looks = (['light', 'dark'] as const).flatMap((colorScheme) =>
  [375, 1280].map((width) => ({ colorScheme, width })),
);

/** With what was shown by the tests before: a prompt of Bob's, and a group. */
export function accessTests(): void {
  it.each(looks)(
    'has no fault in the eyes of axe, $colorScheme and $width pixels wide',
    async ({ colorScheme, width }) => {
      const isDark = colorScheme === 'dark';
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      const { prompt } = shown;
      const known = [
        ['/', rows().first()],
        ['/?q=qzxvkj', heading('Nothing is found')],
        ['/prompts/new', box('Content')],
        [`/prompts/${prompt}`, page.getByRole('region', { name: 'Try it out' })],
        [`/prompts/${prompt}/edit`, box('Content')],
        [`/prompts/${prompt}/versions`, rowsOf('Versions').getByText('<script>').first()],
      ] as const;
      // What stands around these is the same.
      const within = [
        ['/trash', rowsOf('Trash').first()],
        ...groupScreens(),
        ...accountScreens(),
        ...promptsScreens(),
        [`/prompts/${prompt}/versions?move=production`, page.getByText('It points there already.')],
      ] as const;
      for (const [path, whenThere] of known) {
        await page.goto(site.url + path);
        await whenThere.waitFor();
        await expectNoFault(path, isDark);
      }
      // Colours are no others where it is narrow.
      for (const [path, whenThere] of isDark && width === 375 ? [] : within) {
        await page.goto(site.url + path);
        await whenThere.waitFor();
        await expectNoFault(path, isDark, page, path.includes('move=') ? 'dialog' : 'main');
      }
      await page.goto(site.url);
      await rows().first().waitFor();
      await page.keyboard.press('Control+k');
      await dialog('Jump to').getByRole('option').first().waitFor();
      await expectNoFault('the palette', isDark);
      const stranger = await site.openWindow({ colorScheme, viewport: { width, height: 900 } });
      await stranger.page.goto(site.url);
      await stranger.page.getByRole('button', { name: 'Sign in' }).waitFor();
      await expectNoFault('signing in', isDark, stranger.page);
      await stranger.context.close();
    },
  );
}

/** @param within what is looked at: the rest of the page is the same everywhere */
export async function expectNoFault(what: string, dark: boolean, at: Page = page, within = 'html'): Promise<void> {
  const axe = new AxeBuilder({ page: at }).include(within);
  // Nothing else in the page depends on its colours.
  const { violations } = await (dark ? axe.withRules(['color-contrast']) : axe).analyze();
  const said = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join('\n')}`);
  expect(said, what).toEqual([]);
  const wider = await at.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
  expect(wider, `${what}, beyond the window`).toBeLessThanOrEqual(0);
}
