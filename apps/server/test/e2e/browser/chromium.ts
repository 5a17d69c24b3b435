import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

function chromiumPath(): string {
  const given = process.env.CHROMIUM;
  const candidates = given ? [given] : ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined) {
    throw new Error(`There is no Chromium at ${candidates.join(', ')}: install one, or say in CHROMIUM where it is.`);
  }
  return found;
}

/** The machine's own Chromium, headless. @throws Error with what to do where there is none */
export const launchChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox', '--disable-background-networking'] });
