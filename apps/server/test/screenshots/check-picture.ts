import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** WCAG 2.2: 1.4.3 for texts, 2.5.5 for what is pressed. */
const BOUNDS = { contrast: 4.5, button: 44 };

const measure = await readFile(join(import.meta.dirname, 'measure-page.js'), 'utf8');

/** What is not good in a page as it is shown now: what can be measured of that, in words. */
export const faultsIn = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(
    `(${measure.slice(measure.indexOf('(bounds)'), measure.lastIndexOf(';'))})(${JSON.stringify(BOUNDS)})`,
  );
