import { afterAll, beforeAll, expect, it } from 'vitest';
import { send } from '../../harness/send.ts';
import {
  alice,
  box,
  button,
  choice,
  dialog,
  message,
  page,
  rowsOf,
  saveReviewed,
  site,
  textIn,
  tokenOf,
} from '../stage.ts';
import { expectNoFault } from './access.ts';

interface Saved {
  readonly version: number;
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
}

/** With a chat of Alice's: its messages and their parts, put in order and edited as forms. */
export function messagesTests(): void {
  let asAlice: { authorization: string };
  let id: string;

  const saved = () => send<Saved>(site.url, 'GET', `/prompts/${id}`, undefined, asAlice);
  const open = async () => {
    await page.goto(`${site.url}/prompts/${id}/edit`);
    await rowsOf('Messages').first().waitFor();
    if ((await button('Drop it').count()) > 0) await button('Drop it').click();
  };
  const texts = async () => {
    const count = await page.getByRole('list', { name: 'Messages', exact: true }).locator('> li').count();
    return Promise.all(Array.from({ length: count }, (_, index) => textIn(`Message ${index + 1}`)));
  };
  const reading = () => page.getByRole('region', { name: 'The prompt' });
  const focused = () => page.evaluate('document.activeElement?.getAttribute("aria-label")');

  beforeAll(async () => {
    asAlice = await tokenOf(alice);
    const messages = ['One {{ ticket }}', 'Two', 'Three'].map((content) => ({ role: 'user', content }));
    ({ id } = await send<{ id: string }>(
      site.url,
      'POST',
      '/prompts',
      { title: 'A chat', kind: 'chat', messages },
      asAlice,
    ));
  });

  afterAll(async () => {
    const url = `${site.url}/prompts/${id}`;
    await fetch(url, { method: 'DELETE', headers: asAlice });
    await fetch(`${url}/purge`, { method: 'POST', headers: asAlice });
  });

  it('are put in order by keys and buttons, which say where they are and keep the focus', async () => {
    await open();
    await button('Move Message 1').focus();
    await page.keyboard.press('ArrowDown');
    await expect.poll(texts).toEqual(['Two', 'One {{ ticket }}', 'Three']);
    await page.getByText('Message 1: place 2 of 3').waitFor({ state: 'attached' });
    expect(await focused()).toBe('Move Message 2');
    await page.keyboard.press('End');
    await expect.poll(texts).toEqual(['Two', 'Three', 'One {{ ticket }}']);
    expect(await focused()).toBe('Move Message 3');
    await button('Message 1: down').focus();
    await page.keyboard.press('Enter');
    await expect.poll(texts).toEqual(['Three', 'Two', 'One {{ ticket }}']);
    expect(await focused()).toBe('Message 2: down');
  });

  it('are put in order by dragging, and kept over a reload', async () => {
    await button('Move Message 3').scrollIntoViewIfNeeded();
    const [from, to] = [await button('Move Message 3').boundingBox(), await button('Move Message 1').boundingBox()];
    if (from === null || to === null) throw new Error('There are no handles.');
    await page.mouse.move(from.x + 5, from.y + 5);
    await page.mouse.down();
    // Not every browser gives the focus to a button that is pressed.
    await page.evaluate('document.activeElement.blur()');
    await page.mouse.move(to.x + 5, to.y + 5, { steps: 4 });
    await page.mouse.up();
    await expect.poll(texts).toEqual(['One {{ ticket }}', 'Three', 'Two']);
    expect(await focused()).toBe('Move Message 1');
    await page.reload();
    await page.getByText('is here again').waitFor();
    await expect.poll(texts).toEqual(['One {{ ticket }}', 'Three', 'Two']);
  });

  it('are taken out, and put back with all that was typed', async () => {
    await box('Message 2').fill('Three, and more');
    await button('Message 2: remove').click();
    await expect.poll(texts).toEqual(['One {{ ticket }}', 'Two']);
    await expect.poll(focused).toBe('Message 2: remove');
    await message('Message 2 is removed').waitFor();
    await page.keyboard.press('u');
    await expect.poll(texts).toEqual(['One {{ ticket }}', 'Three, and more', 'Two']);
    await saveReviewed();
    await reading().waitFor();
    expect((await saved()).messages.map(({ content }) => content)).toEqual([
      ...['One {{ ticket }}', 'Three, and more', 'Two'],
    ]);
  });

  it('have parts, each with a form of its own', async () => {
    await open();
    await button('Add images, files or calls to Message 1').click();
    const add = (type: string) =>
      page.getByRole('group', { name: 'Add a part to Message 1' }).getByRole('button', { name: type });
    expect(await textIn('Message 1, part 1')).toBe('One {{ ticket }}');
    await add('Image').click();
    expect(await focused()).toBe('Message 1, part 2: Address');
    await page.keyboard.type('{{ photo }}');
    await choice('Message 1, part 2: Detail').selectOption('low');
    await add('Tool call').click();
    await page.keyboard.type('call-1');
    await box('Message 1, part 3: Tool').fill('find');
    await box('Message 1, part 3: Arguments').fill('{"q": "{{ ticket }}", "n": 1.5');
    await button('Save').click();
    await page.getByRole('alert').getByText('Message 1, part 3: Arguments: this is no JSON').waitFor();
    await box('Message 1, part 3: Arguments').fill('{"q": "{{ ticket }}", "n": 1.5}');
    await choice('Message 1: role').selectOption('assistant');
    await button('Message 1, part 3: up').click();
    await button('Move Message 1, part 1').focus();
    await page.keyboard.press('End');
    expect(await focused()).toBe('Move Message 1, part 3');
    await page.getByRole('region', { name: 'Try it out' }).getByRole('textbox', { name: 'photo' }).waitFor();
    await expectNoFault('parts of a message', false);
    await button('Save').click();
    const review = dialog('Save version 3?');
    await review.getByRole('region', { name: 'Changes of content' }).getByText('find(').waitFor();
    await review.getByRole('region', { name: 'Changes of inputs' }).getByText('photo').first().waitFor();
    await button('Save version 3').click();
    await reading().waitFor();
    await rowsOf('Parts').getByText('{{ photo }}').waitFor();
    expect((await saved()).messages[0]?.content).toEqual([
      { type: 'tool_call', id: 'call-1', name: 'find', arguments: { q: '{{ ticket }}', n: 1.5 } },
      { type: 'image', url: '{{ photo }}', detail: 'low' },
      { type: 'text', text: 'One {{ ticket }}' },
    ]);
  });

  it('say beside a field what the server refuses of it, wherever the part is moved then', async () => {
    await open();
    await box('Message 1, part 2: Media type').fill('x'.repeat(101));
    await button('Save').click();
    await button('Save version 4').click();
    const field = box('Message 1, part 2: Media type');
    await expect.poll(() => field.getAttribute('aria-invalid')).toBe('true');
    await button('Message 1, part 2: up').click();
    await expect.poll(() => box('Message 1, part 1: Media type').getAttribute('aria-invalid')).toBe('true');
    await button('Message 1, part 1: down').click();
    await button('Message 1: down').click();
    await expect.poll(() => box('Message 2, part 2: Media type').getAttribute('aria-invalid')).toBe('true');
    await box('Message 2, part 2: Media type').fill('');
    await choice('Message 2: role').selectOption('user');
    await button('Save').click();
    await button('Save version 4').click();
    await rowsOf('Parts of Message 2').getByText('Must not be "tool_call" in a message of role "user"').waitFor();
    await button('Cancel').click();
  });

  it('are left as they are where nobody has touched them, though a browser reads them otherwise', async () => {
    const before = await saved();
    const url = `${site.url}/prompts/${id}`;
    const text = async () => (await fetch(url, { headers: { ...asAlice, accept: 'application/json' } })).text();
    const written = '"arguments":{"q":"{{ ticket }}","10":1,"2":1.5}';
    const messages = JSON.stringify(before.messages).replace(/"arguments":\{[^{}]*\{\{ ticket \}\}[^}]*\}/, written);
    const headers = { ...asAlice, 'content-type': 'application/json' };
    await fetch(url, { method: 'PUT', headers, body: `{"kind":"chat","messages":${messages}}` });
    expect(await text()).toContain(written);
    await open();
    await box('Tags').fill('untouched');
    await button('Save').click();
    await reading().waitFor();
    expect(await saved()).toMatchObject({ version: before.version + 1, tags: ['untouched'] });
    expect(await text()).toContain(written);
  });

  it('are put together where two people have changed other ones', async () => {
    await open();
    await box('Message 3').fill('Two, mine');
    const { messages } = await saved();
    const theirs = messages.map((one, index) => (index === 1 ? { ...one, content: 'Three, theirs' } : one));
    await send(site.url, 'PUT', `/prompts/${id}`, { messages: theirs }, asAlice);
    await page.getByText('Alice saved version 5').waitFor();
    await button('Put both together').first().click();
    const both = dialog('Put both together');
    await both.getByRole('region', { name: 'Content: what Alice changed' }).getByText('theirs').waitFor();
    // Messages that stand side by side may belong together.
    await both.getByText('You have changed the same messages').waitFor();
    await both.getByRole('button', { name: 'Theirs: Content' }).click();
    await both.getByRole('region', { name: 'Content, as it is then' }).getByText('Three, theirs').waitFor();
    await both.getByRole('button', { name: 'Go on with it' }).click();
    await message('Both are in the editor, and not saved yet').waitFor();
    expect([await textIn('Message 2'), await textIn('Message 3')]).toEqual(['Three, theirs', 'Two']);
    await page.getByRole('main').focus();
    await page.keyboard.press('u');
    await expect.poll(() => textIn('Message 3')).toBe('Two, mine');
    await button('Cancel').click();
  });
}
