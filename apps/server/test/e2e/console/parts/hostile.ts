import { expect, it } from 'vitest';
import { send } from '../../harness/send.ts';
import { hostileStrings } from '../hostile-strings.ts';
import { accountScreens, groupScreens, promptsScreens, shown } from '../screens.ts';
import { box, button, dialog, message, page, rows, rowsOf, site } from '../stage.ts';

export function hostileTests(signInBob: () => Promise<{ authorization: string }>): void {
  it('runs none of them, and the policy has nothing to refuse', async () => {
    const asBob = await signInBob();
    const prompts = hostileStrings.map((text) => ({
      title: text.slice(0, 200),
      content: `${text} {{ input }}`,
      description: text,
      category: text.slice(0, 60),
      tags: [text.slice(0, 50)],
    }));
    await send(site.url, 'PUT', '/users/me', { name: hostileStrings[4] }, asBob);
    const group = { name: hostileStrings[6], description: hostileStrings[1] };
    ({ id: shown.group } = await send<{ id: string }>(site.url, 'POST', '/groups', group, asBob));
    const invitation = { email: 'nobody@example.org', role: 'viewer' };
    await send(site.url, 'POST', `/groups/${shown.group}/members`, invitation, asBob);
    const key = { name: hostileStrings[2], scopes: ['prompts:read'], groupId: shown.group };
    await send(site.url, 'POST', '/users/api-keys', key, asBob);
    await send(site.url, 'PUT', '/users/preferences', { defaultCategory: hostileStrings[0] }, asBob);
    for (let at = 0; at < prompts.length; at += 20) {
      await send(site.url, 'POST', '/prompts/many', { prompts: prompts.slice(at, at + 20) }, asBob);
    }
    expect(hostileStrings.length).toBeGreaterThanOrEqual(60);
    await page.goto(`${site.url}/?sort=title`);
    await rows().first().waitFor();
    await page.goto(`${site.url}/?q=ran&category=${encodeURIComponent(hostileStrings[0] ?? '')}`);
    await rows().first().waitFor();
    for (const text of [hostileStrings[0], hostileStrings[4], hostileStrings[14], hostileStrings[52]]) {
      await page.goto(`${site.url}/?q=${encodeURIComponent(text ?? '')}`);
      await page.getByRole('region', { name: 'Prompts' }).and(page.locator('[aria-busy=false]')).waitFor();
    }
    await page.keyboard.press('Control+k');
    await dialog('Jump to').getByRole('option').first().waitFor();
    await page.keyboard.press('Escape');
    const { items } = await send<{ items: { id: string }[] }>(site.url, 'GET', '/prompts?limit=100', undefined, asBob);
    for (const { id } of items.slice(0, 12)) {
      await page.goto(`${site.url}/prompts/${id}`);
      await box('input').fill(hostileStrings[0] ?? '');
      await page.getByRole('region', { name: 'Try it out' }).locator('pre').waitFor();
    }
    await page.goto(`${site.url}/prompts/${items[0]?.id}/edit`);
    await box('Content').waitFor();
    const [first, second] = items;
    shown.prompt = first?.id ?? '';
    await send(site.url, 'POST', `/groups/${shown.group}/prompts`, { promptId: shown.prompt }, asBob);
    const changed = { content: `${hostileStrings[1]} {{ input }}`, changeNote: hostileStrings[4] };
    await send(site.url, 'PUT', `/prompts/${shown.prompt}`, changed, asBob);
    for (const [label, version] of [
      ['production', 2],
      ['staging', 1],
    ] as const) {
      const move = { version, reason: hostileStrings[0] };
      await send(site.url, 'PUT', `/prompts/${shown.prompt}/labels/${label}`, move, asBob);
    }
    await page.goto(`${site.url}/prompts/${first?.id}/versions?move=production`);
    await rowsOf('Versions').getByText('<script>').first().waitFor();
    await page.getByText('It points there already.').waitFor();
    await page.goto(`${site.url}/prompts/${second?.id}`);
    await button('Delete').click();
    await message('is in the trash').waitFor();
    await page.goto(`${site.url}/trash`);
    await rowsOf('Trash').first().waitFor();
    for (const [path, whenThere] of [...groupScreens(), ...accountScreens(), ...promptsScreens()]) {
      await page.goto(site.url + path);
      await whenThere.waitFor();
    }
    await page.goto(`${site.url}/import`);
    const lines = prompts.map(({ title, content }) => JSON.stringify({ title, content, [title]: title }));
    const name = `${hostileStrings[4]}.jsonl`;
    const file = { name, mimeType: 'text/plain', buffer: Buffer.from(lines.join('\n')) };
    await page.getByLabel('Files').setInputFiles([file]);
    await page.getByRole('region', { name }).getByText('Left out, as it means nothing here').waitFor();
    await page.goto(`${site.url}/account/keys`);
    await button(`Revoke ${hostileStrings[2]}`).waitFor();
    expect(site.faults).toEqual([]);
  });
}
