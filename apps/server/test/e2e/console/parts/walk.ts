import { expect, it } from 'vitest';
import { send } from '../../harness/send.ts';
import { byKeys, byMouse } from '../hands.ts';
import { site, tokenOf } from '../stage.ts';

const TABLE = ['slug,title,content', 'triage,Triage,Sort this: {{ ticket }}', 'left-out,Left out,Nobody chose it'].join(
  '\n',
);
const PASSWORD = 'a walk of a whole team';

/** All that a team does with a prompt, from the first page to the trash and back: a window, people and prompts of its own. */
export function walkTests(): void {
  it.each([
    { hand: 'the mouse', with: byMouse },
    { hand: 'the keyboard alone', with: byKeys },
  ])('is walked through with $hand', async ({ hand: name, with: handOf }) => {
    const tag = name.replaceAll(' ', '-');
    const account = { email: `${tag}@example.org`, password: PASSWORD, name: 'Dana' };
    const colleague = { email: `${tag}-2@example.org`, password: PASSWORD, name: 'Colin', handle: `${tag}-2` };
    await send(site.url, 'POST', '/auth/register', colleague);
    const { context, page } = await site.openWindow();
    const hand = handOf(page);
    const button = (text: string | RegExp) => page.getByRole('button', { name: text, exact: true });
    const link = (text: string) => page.getByRole('link', { name: text, exact: true });
    const heading = (text: string) => page.getByRole('heading', { name: text, exact: true }).waitFor();
    const message = (text: string) => page.getByRole('status', { name: 'Messages' }).getByText(text).waitFor();
    const box = (text: string) => page.getByRole('textbox', { name: text });
    const tab = (text: string) => page.getByRole('navigation', { name: 'Prompt' }).getByRole('link', { name: text });

    await page.goto(site.url);
    await hand.press(button('Make an account'));
    await hand.write(page.getByLabel('E-mail address'), account.email);
    await hand.write(page.getByLabel('Your name'), account.name);
    await hand.write(page.getByLabel('Password'), account.password);
    await hand.press(button('Make an account'));
    await heading('There are no prompts yet');

    // Import.
    await hand.press(link('Import'));
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), hand.press(button('Choose files'))]);
    await chooser.setFiles([{ name: 'table.csv', mimeType: 'text/csv', buffer: Buffer.from(TABLE) }]);
    await hand.press(page.getByRole('checkbox', { name: 'Import Left out' }));
    await hand.press(button('Import one prompt'));
    await message('One prompt is imported');
    await hand.press(link('To the library'));

    // Edit.
    await hand.press(link('Triage'));
    await heading('Triage');
    await hand.press(tab('Edit'));
    await hand.write(box('Content'), 'Sort this by urgency: {{ ticket }}');
    await hand.press(button('Save'));

    // Review.
    await page.getByText('Whoever calls version 1 can call version 2 as it is.').waitFor();
    await hand.write(box('What this version changes'), 'By urgency');
    await hand.press(button('Save version 2'));
    await hand.press(tab('Compare'));
    await page.getByRole('region', { name: 'Changes of content' }).getByText('by urgency').first().waitFor();
    await hand.press(button('Move a label'));
    await hand.choose(page.getByRole('combobox', { name: 'Is to point at' }), 'Version 1');
    await hand.write(box('Reason'), 'What they know');
    await hand.press(button('Move production to version 1'));
    await message('production points at version 1');
    await hand.expectAt(button('Move a label'));

    // Release, and undo.
    await hand.press(link('Releases'));
    await hand.press(page.getByRole('checkbox', { name: 'Choose all that are shown' }));
    await hand.press(button('Release 1 …'));
    await hand.write(box('Reason'), 'Reviewed');
    await hand.press(button('Release production on one prompt'));
    await message('production is released, on 1 prompt');
    await hand.expectAt(button('Choose what to release'));
    await hand.undo();
    await message('The release of production is taken back, on 1 prompt');

    // Share.
    await hand.press(page.getByRole('navigation', { name: 'Groups' }).getByRole('link', { name: 'Groups' }));
    await hand.press(button('New group'));
    await hand.write(box('Name'), 'Support');
    await hand.press(button('Make it'));
    await heading('Support');
    await hand.press(button('Add prompts'));
    await hand.press(button('Add Triage'));
    await page.getByRole('dialog').getByText('In the group').waitFor();
    await hand.leaveDialog();
    await hand.expectAt(button('Add prompts'));
    await hand.press(
      page.getByRole('navigation', { name: 'Group', exact: true }).getByRole('link', { name: 'People' }),
    );
    await hand.write(box('Share with'), colleague.handle);
    await hand.choose(page.getByRole('combobox', { name: 'As' }), 'Editor');
    await hand.press(button('Share'));
    await message('Colin is a member now');

    // Trash, and restore.
    await hand.press(page.getByRole('navigation', { name: 'Library' }).getByRole('link', { name: 'Library' }));
    await hand.press(link('Triage'));
    await hand.press(button('Delete'));
    await hand.press(button('Put it into the trash'));
    await message('“Triage” is in the trash');
    await heading('Library');
    await hand.press(link('Trash'));
    await hand.press(button('Restore “Triage”'));
    await message('“Triage” is back');
    await heading('The trash is empty');
    await hand.expectAt(page.locator('main'));

    const read = await send<{ items: { title: string; version: number }[] }>(
      site.url,
      'GET',
      '/prompts',
      undefined,
      await tokenOf(colleague),
    );
    expect(read.items).toMatchObject([{ title: 'Triage', version: 2 }]);
    await context.close();
  });
}
