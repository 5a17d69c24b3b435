import { expect, it } from 'vitest';
import { send } from '../../harness/send.ts';
import { alice, button, dialog, page, rows, site, tokenOf } from '../stage.ts';

/** Columns of the library, on a screen that has room for them. Leaves nothing behind. */
export function columnTests(): void {
  it('say where labels point and when it was last used, and this browser keeps which of them are wanted', async () => {
    const asAlice = await tokenOf(alice);
    const call = <Answer>(method: string, path: string, body?: object) =>
      send<Answer>(site.url, method, path, body, asAlice);
    const { id } = await call<{ id: string }>('POST', '/prompts', { title: 'In columns', content: 'One' });
    await call('PUT', `/prompts/${id}`, { content: 'Two' });
    await call('PUT', `/prompts/${id}/labels/production`, { version: 1 });
    await page.goto(`${site.url}?q=columns`);
    const row = rows().filter({ hasText: 'In columns' });
    await row.getByText('production').waitFor();
    expect(await row.getByText('v1', { exact: true }).isVisible()).toBe(true);
    const lastUse = row.getByText('Last use:');
    expect(await lastUse.count()).toBe(1);
    const choose = async (column: string) => {
      await button('Columns').click();
      await dialog('Columns').getByRole('checkbox', { name: column }).click();
      await page.keyboard.press('Escape');
      await expect.poll(() => dialog('Columns').count()).toBe(0);
    };
    await choose('Labels');
    expect(await row.getByText('production').count()).toBe(0);
    await page.reload();
    await lastUse.waitFor();
    expect(await row.getByText('production').count()).toBe(0);
    await choose('Labels');
    await row.getByText('production').waitFor();
    // A telephone has no room: what a row says there is as it was.
    await page.setViewportSize({ width: 375, height: 720 });
    expect(await row.getByText('production').isVisible()).toBe(false);
    expect(await button('Columns').isVisible()).toBe(false);
    await page.setViewportSize({ width: 1280, height: 720 });
    for (const [method, path] of [
      ['DELETE', ''],
      ['POST', '/purge'],
    ] as const) {
      const answer = await fetch(`${site.url}/prompts/${id}${path}`, { method, headers: asAlice });
      expect(answer.status).toBe(204);
    }
  });
}
