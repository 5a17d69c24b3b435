import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launchChromium } from '../e2e/browser/chromium.ts';
import { ROOT } from '../e2e/harness/run-server.ts';
import { lookAt } from './look-at.ts';
import { openSite } from './site.ts';
import { states } from './states.ts';

// pnpm screenshots [--only name]…: a picture of every page in `.screenshots`, for two widths and two colour schemes. Says what
// can be measured of them and is not good, and ends with 1 then; whether they look well, people see.

const FOLDER = join(ROOT, '.screenshots');

const { values } = parseArgs({ options: { only: { type: 'string', multiple: true, default: [] } } });
const wanted = states.filter(({ name }) => values.only.length === 0 || values.only.includes(name));

const print = (text: string): void => void process.stdout.write(`${text}\n`);

await rm(FOLDER, { recursive: true, force: true });
await mkdir(FOLDER, { recursive: true });
const [site, browser] = await Promise.all([openSite(), launchChromium()]);
const faults: string[] = [];
try {
  for (const state of wanted) {
    const found = await lookAt(browser, site, state, (page, name) =>
      page.screenshot({ path: join(FOLDER, `${name}.png`), fullPage: !state.name.startsWith('docs') }),
    );
    faults.push(...found);
    print(state.name);
  }
} finally {
  await browser.close();
  await site.close();
}
print(`\nThe pictures are in ${FOLDER}.`);
for (const fault of faults) print(`  ${fault}`);
process.exitCode = faults.length === 0 ? 0 : 1;
