import type { Browser, Page } from 'playwright-core';
import { faultsIn } from './check-picture.ts';
import type { Site, State } from './states.ts';

const WIDTHS = [375, 1280];
const SCHEMES = ['light', 'dark'] as const;
const HEIGHT = 800;

/**
 * Looks at a page in each width and colour scheme.
 * @param take is given the page in each of them, and its name
 * @returns what is not good about it, in words
 */
export async function lookAt(
  browser: Browser,
  site: Site,
  { name, foreign = false, reach }: State,
  take: (page: Page, name: string) => Promise<unknown> = async () => undefined,
): Promise<string[]> {
  const context = await browser.newContext({ viewport: { width: WIDTHS[0] ?? 0, height: HEIGHT } });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', ({ message }) => faults.push(message));
  page.on('console', (message) => {
    // A refusal is an answer of its own, which the browser reports.
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) faults.push(message.text());
  });
  await reach(page, site);
  for (const width of WIDTHS) {
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: HEIGHT });
      // It looks at the scheme once.
      if (foreign) await reach(page, site);
      const found = await faultsIn(page);
      const ours = foreign ? found.filter((fault) => fault.startsWith('it is')) : found;
      faults.push(...ours.map((fault) => `${width} px, ${colorScheme}: ${fault}`));
      await take(page, `${name}-${width}-${colorScheme}`);
    }
  }
  await context.close();
  return faults.map((fault) => `${name}: ${fault}`);
}
