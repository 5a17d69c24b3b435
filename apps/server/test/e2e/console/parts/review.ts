import { beforeAll, expect, it } from 'vitest';
import { send } from '../../harness/send.ts';
import { alice, box, button, choice, dialog, message, page, saveReviewed, site, textIn, tokenOf } from '../stage.ts';
import { expectNoFault } from './access.ts';

/** With a prompt of Alice's: what is edited of it, what that says as one types, and what saving makes of it. */
export function reviewTests(): void {
  let asAlice: { authorization: string };
  let id: string;

  const saved = () => send<Record<string, unknown>>(site.url, 'GET', `/prompts/${id}`, undefined, asAlice);
  const open = async () => {
    await page.goto(`${site.url}/prompts/${id}/edit`);
    await page.locator('.cm-content').waitFor();
  };

  beforeAll(async () => {
    asAlice = await tokenOf(alice);
    const made = { title: 'Reviewed', content: 'Sort: {{ ticket }}', config: { model: 'gpt-5' } };
    ({ id } = await send<{ id: string }>(site.url, 'POST', '/prompts', made, asAlice));
  });

  it('says as one types what the prompt says, what a maker of models is asked, and how a program gets it', async () => {
    await open();
    const tried = page.getByRole('region', { name: 'Try it out' });
    await tried.getByRole('textbox', { name: 'ticket' }).fill("It's late");
    await tried.getByText("Sort: It's late").waitFor();
    await box('Content').fill('Sort by {{ order }}: {{ ticket }}');
    await tried.getByText('Not yet: order').waitFor();
    await tried.getByRole('textbox', { name: 'order' }).fill('urgency');
    await tried.getByText("Sort by urgency: It's late").waitFor();
    await choice('Shown as').selectOption('OpenAI chat completions');
    expect(JSON.parse((await tried.locator('pre').textContent()) ?? '')).toMatchObject({
      model: 'gpt-5',
      messages: [{ role: 'user', content: "Sort by urgency: It's late" }],
    });
    await choice('Shown as').selectOption('Anthropic messages');
    await tried.getByText('config.maxTokens').waitFor();
    await choice('Shown as').selectOption('curl');
    await tried.getByText(`${site.url}/prompts/resolve/render`).waitFor();
    await button('Cancel').click();
  });

  it('says whom a version breaks before it is saved, and saves it once somebody says so', async () => {
    await open();
    if ((await button('Drop it').count()) > 0) await button('Drop it').click();
    await box('Content').fill('Sort by {{ order }}: {{ ticket }}');
    await button('Save').click();
    const review = dialog('Save version 2?');
    await review.getByText('It breaks programs that call version 1:').waitFor();
    await review.getByText('Programs get it at once', { exact: false }).waitFor();
    await review.getByRole('region', { name: 'Changes of inputs' }).getByText('is new, and must be given').waitFor();
    await review.getByRole('region', { name: 'Changes of content' }).getByText('by {{ order }}').waitFor();
    await expectNoFault('what saving makes', false, page, 'dialog');
    await page.keyboard.press('Escape');
    expect([await textIn('Content'), (await saved()).version]).toEqual(['Sort by {{ order }}: {{ ticket }}', 1]);
    await saveReviewed('By an order');
    await page.getByRole('region', { name: 'The prompt' }).waitFor();
    const { items } = await send<{ items: { changeNote: string }[] }>(
      ...([site.url, 'GET', `/prompts/${id}/versions`, undefined, asAlice] as const),
    );
    expect(items[0]?.changeNote).toBe('By an order');
  });

  it('says that programs go on with what production points at', async () => {
    await send(site.url, 'PUT', `/prompts/${id}/labels/production`, { version: 1 }, asAlice);
    await open();
    await box('Content').fill('Sort this by {{ order }}: {{ ticket }}');
    await button('Save').click();
    await dialog('Save version 3?').getByText('Programs go on with version 1, at which production points').waitFor();
    await dialog('Save version 3?').getByText('Whoever calls version 2 can call version 3 as it is.').waitFor();
    await dialog('Save version 3?').getByRole('button', { name: 'Cancel' }).click();
    await button('Cancel').click();
  });

  it('takes what is declared as JSON, and says where it is none', async () => {
    await open();
    if ((await button('Drop it').count()) > 0) await button('Drop it').click();
    await box('Config').fill('{"model": "gpt-5", "seed": 9007199254740993}');
    await button('Save').click();
    await page.getByRole('alert').getByText('The config: from 9007199254740993 on').waitFor();
    await box('Config').fill('{"zeta": 1, "model": "gpt-5"');
    await button('Save').click();
    await page.getByRole('alert').getByText('The config: this is no JSON').waitFor();
    await box('Config').fill('{"zeta": 1, "model": "gpt-5"}');
    await expect.poll(() => page.getByRole('alert').count()).toBe(0);
    await box('Declared inputs').fill('{"properties": {"order": {"enum": ["urgency", "age"], "default": "age"}}}');
    await box('Declared answer').fill('{"type": "object", "properties": {"urgency": {"type": "integer"}}}');
    await page.getByRole('combobox', { name: /^order/ }).waitFor();
    await button('Save').click();
    await dialog('Save version 3?').getByText('Also:', { exact: false }).waitFor();
    await button('Save version 3').click();
    await page.getByRole('region', { name: 'The prompt' }).waitFor();
    const { config, inputSchema, outputSchema } = await saved();
    expect([Object.keys(config as object), inputSchema, outputSchema]).toEqual([
      ['zeta', 'model'],
      { properties: { order: { enum: ['urgency', 'age'], default: 'age' } } },
      { type: 'object', properties: { urgency: { type: 'integer' } } },
    ]);
  });

  it('files it without a version, for whom and by which name its owner says', async () => {
    await open();
    await box('Slug').fill('filed/again');
    await choice('Who reads it').selectOption('Everybody who is signed in');
    await page.getByRole('checkbox', { name: 'A template' }).check();
    await box('Tags').fill('filed');
    await button('Save').click();
    await page.getByRole('region', { name: 'The prompt' }).waitFor();
    const { version, slug, visibility, isTemplate, tags, config } = await saved();
    expect({ version, slug, visibility, isTemplate, tags }).toEqual({
      ...{ version: 3, slug: 'filed/again', visibility: 'public', isTemplate: true },
      tags: ['filed'],
    });
    expect(Object.keys(config as object)).toEqual(['zeta', 'model']);
    await send(site.url, 'PUT', `/prompts/${id}`, { visibility: 'private' }, asAlice);
  });

  it('is copied, from the version that is read, and a template by its own button', async () => {
    await button('Use this template').click();
    await message('“Reviewed” is a prompt of yours now').waitFor();
    await expect.poll(() => textIn('Content')).toBe('Sort by {{ order }}: {{ ticket }}');
    expect(page.url()).not.toContain(id);
    await page.getByRole('main').focus();
    await page.keyboard.press('u');
    await message('“Reviewed” is in the trash').waitFor();
    await send(site.url, 'PUT', `/prompts/${id}`, { isTemplate: false }, asAlice);
    await page.goto(`${site.url}/prompts/${id}?version=1`);
    await button('Make a copy').click();
    await expect.poll(() => textIn('Content')).toBe('Sort: {{ ticket }}');
  });
}
