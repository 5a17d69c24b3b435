import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lookAt } from '../../screenshots/look-at.ts';
import { openSite } from '../../screenshots/site.ts';
import { states } from '../../screenshots/states.ts';
import { launchChromium } from './chromium.ts';

let site: Awaited<ReturnType<typeof openSite>>;
let browser: Browser;

beforeAll(async () => {
  [site, browser] = await Promise.all([openSite(), launchChromium()]);
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

it.each(states)('fits, can be read and can be pressed, narrow and wide, light and dark: $name', async (state) => {
  expect(await lookAt(browser, site, state)).toEqual([]);
});

it('says what does not', async () => {
  const broken = {
    name: 'broken',
    async reach(page: Parameters<(typeof states)[number]['reach']>[0]) {
      await page.setContent(
        '<style>body { margin: 0; background: #fff }</style><p style="width: 500px; color: #999">Pale</p><button style="height: 20px">No</button>',
      );
    },
  };
  const found = (await lookAt(browser, site, broken)).filter((fault) => fault.includes('375 px, light'));
  expect(found).toEqual([
    expect.stringMatching(/it is 500 px wide where there are 375/),
    expect.stringMatching(/p “Pale” has a contrast of 2\.8/),
    expect.stringMatching(/button “No” is 20 px high/),
  ]);
});
