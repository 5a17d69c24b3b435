import { afterAll, beforeAll, it } from 'vitest';
import { send } from '../../harness/send.ts';
import { alice, box, button, dialog, page, saveReviewed, site, tokenOf } from '../stage.ts';
import { expectNoFault } from './access.ts';

/** With prompts of Alice's of which one includes another. */
export function includesTests(): void {
  let asAlice: { authorization: string };
  const ids: string[] = [];

  const make = async (prompt: object) => {
    const { id } = await send<{ id: string }>(site.url, 'POST', '/prompts', prompt, asAlice);
    ids.push(id);
    return id;
  };
  const tried = () => page.getByRole('region', { name: 'Try it out' });
  const included = () => page.getByRole('region', { name: 'What it includes' });
  const mood = () => tried().getByRole('combobox', { name: /^mood/ });

  beforeAll(async () => {
    asAlice = await tokenOf(alice);
    const inputSchema = { properties: { mood: { enum: ['kind', 'brisk'] } } };
    const tone = await make({ title: 'Tone', slug: 'tone', content: 'Be {{ mood }}.', inputSchema });
    await make({ title: 'Letter', slug: 'letter', content: "{% render 'tone' %} To {{ name }}" });
    await send(site.url, 'PUT', `/prompts/${tone}`, { content: 'Be {{ mood }}, they said.' }, asAlice);
  });

  afterAll(async () => {
    for (const id of ids) {
      await fetch(`${site.url}/prompts/${id}`, { method: 'DELETE', headers: asAlice });
      await fetch(`${site.url}/prompts/${id}/purge`, { method: 'POST', headers: asAlice });
    }
  });

  it('is rendered in its page, as it was when it was saved', async () => {
    await page.goto(`${site.url}/prompts/${ids[1]}`);
    await mood().selectOption('kind');
    await tried().getByRole('textbox', { name: 'name' }).fill('Ada');
    await tried().getByText('Be kind. To Ada').waitFor();
    await included().getByText('alice/tone, version 1').waitFor();
    await included().getByText('Its text').click();
    await included().getByText('Be {{ mood }}.').waitFor();
    await expectNoFault('what a prompt includes', false);
  });

  it('is rendered beside the editor as it will be once it is saved, with the name of what leads nowhere', async () => {
    await page.goto(`${site.url}/prompts/${ids[1]}/edit`);
    await page.locator('.cm-content').waitFor();
    await mood().selectOption('brisk');
    await tried().getByRole('textbox', { name: 'name' }).fill('Ada');
    await tried().getByText('Be brisk, they said. To Ada').waitFor();
    await included().getByText('alice/tone, version 2').waitFor();
    await box('Content').fill("{% render 'tone' %}{% render 'no-such' %}");
    await included().getByText('no-such: It is not there, or you may not read it.').waitFor();
    await page.getByText('It cannot be tried out yet: there is no text prompt `no-such` to include').waitFor();
    await box('Content').fill("{% render 'tone@nowhere' %}");
    await included().getByText('No version of this prompt has the label').waitFor();
    await box('Content').fill("{% render 'tone#1', mood: 'kind' %}");
    await tried().getByText('Be kind.').waitFor();
    await button('Cancel').click();
    await tried().waitFor();
    await page.goto(`${site.url}/prompts/${ids[1]}/edit`);
    await button('Drop it').click();
  });

  it('is looked at as it is saved, with the inputs that it brings', async () => {
    const id = await make({ title: 'Note', content: 'To {{ name }}' });
    await page.goto(`${site.url}/prompts/${id}/edit`);
    await page.locator('.cm-content').waitFor();
    await box('Content').fill("{% render 'tone' %} To {{ name }}");
    await button('Save').click();
    const review = dialog('Save version 2?');
    await review.getByText('It breaks programs that call version 1:').waitFor();
    await review.getByRole('region', { name: 'Changes of inputs' }).getByText('mood').first().waitFor();
    await review.getByText('alice/tone, version 2').waitFor();
    await page.keyboard.press('Escape');
    await saveReviewed();
    await mood().waitFor();
    await page.goto(`${site.url}/prompts/${id}/edit`);
    await page.locator('.cm-content').waitFor();
    await box('Content').fill("{% render 'tone' %} Dear {{ name }}");
    await button('Save').click();
    await dialog('Save version 3?').getByText('Whoever calls version 2 can call version 3 as it is.').waitFor();
    await page.keyboard.press('Escape');
    await button('Cancel').click();
  });
}
