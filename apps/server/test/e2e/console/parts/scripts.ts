import { afterAll, beforeAll, expect, it } from 'vitest';
import { send } from '../../harness/send.ts';
import { alice, button, page, site, tokenOf } from '../stage.ts';

/** With a prompt of Alice's in several scripts, with long words and a long text. */
export function scriptsTests(): void {
  let asAlice: { authorization: string };
  let id: string;
  const name = 'a_name_'.repeat(16);
  const content = `مرحبا {{ ${name} }}\nHello {{ other }}\n${'Line of a long text.\n'.repeat(1_200)}The end.`;

  const beyond = () => page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');

  beforeAll(async () => {
    asAlice = await tokenOf(alice);
    ({ id } = await send<{ id: string }>(site.url, 'POST', '/prompts', { title: 'مرحبا', content }, asAlice));
  });

  afterAll(async () => {
    await fetch(`${site.url}/prompts/${id}`, { method: 'DELETE', headers: asAlice });
    await fetch(`${site.url}/prompts/${id}/purge`, { method: 'POST', headers: asAlice });
  });

  it('stay within the window, and a long text leaves room for what stands below until somebody opens it', async () => {
    await page.goto(`${site.url}/prompts/${id}`);
    await page.getByRole('textbox', { name }).waitFor();
    expect(await beyond()).toBeLessThanOrEqual(0);
    const height = () => page.evaluate<number>('document.documentElement.scrollHeight');
    expect(await height()).toBeLessThan(3_000);
    await button(/^Show all 25,\d+ characters$/).click();
    await button('Show less').waitFor();
    expect(await height()).toBeGreaterThan(20_000);
  });

  it('begin each line of the editor at the side of its own letters', async () => {
    await page.goto(`${site.url}/prompts/${id}/edit`);
    const lines = page.locator('.cm-line');
    await lines.nth(1).waitFor();
    const directions = () =>
      lines.evaluateAll((elements) =>
        elements.slice(0, 2).map((element) => element.ownerDocument.defaultView?.getComputedStyle(element).direction),
      );
    expect(await directions()).toEqual(['rtl', 'ltr']);
    expect(await beyond()).toBeLessThanOrEqual(0);
  });
}
