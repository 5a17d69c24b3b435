import { readFile } from 'node:fs/promises';
import { beforeAll, expect, it } from 'vitest';
import { send } from '../../harness/send.ts';
import { alice, button, choice, heading, link, message, page, rowsOf, site, tokenOf } from '../stage.ts';

const TITLE = 'Support triage';
/** A row that is new, one that is left, one that changes what is there, and one that is no prompt. */
const TABLE = [
  'slug,title,content,tags',
  'from-a-file,From a file,"One {{ line }},\nand another",imported',
  'left-out,Left out,Nobody chose it,imported',
  'support-triage,Renamed by a file,Sort: {{ ticket }},imported',
  ',No text,,imported',
].join('\n');

export function transferTests(): void {
  let asAlice: { authorization: string };
  const titles = async (query: string) => {
    const path = `/prompts?sort=title&${query}`;
    const { items } = await send<{ items: { title: string }[] }>(site.url, 'GET', path, undefined, asAlice);
    return items.map(({ title }) => title);
  };

  beforeAll(async () => {
    asAlice = await tokenOf(alice);
  });

  it('takes files in: shows what would become of each prompt, takes the chosen ones, and takes it all back', async () => {
    await page.goto(site.url);
    await link('Import').first().click();
    await heading('Import and export').waitFor();
    await page.getByLabel('Files').setInputFiles([
      { name: 'table.csv', mimeType: 'text/csv', buffer: Buffer.from(TABLE) },
      { name: 'greet.prompt', mimeType: 'text/plain', buffer: Buffer.from('---\ntitle: x\n---\nGreet {{name}}.') },
    ]);
    const rows = rowsOf('Prompts of table.csv');
    await rows.filter({ hasText: 'Left out' }).getByText('new').waitFor();
    await rows.filter({ hasText: 'Renamed by a file' }).getByText('changes').waitFor();
    expect((await rows.first().textContent())?.endsWith('refused')).toBe(true);
    await rowsOf('Prompts of greet.prompt').getByText('greet').first().waitFor();
    await page.getByRole('checkbox', { name: 'Import Left out' }).uncheck();
    expect(await titles('tag=imported')).toEqual([]);
    await button('Import 3 prompts').click();
    await message('3 prompts are imported').waitFor();
    expect(await titles('tag=imported')).toEqual(['From a file', 'Renamed by a file']);
    await page.keyboard.press('u');
    await message('The import is taken back').waitFor();
    expect(await titles('tag=imported')).toEqual([]);
    expect(await titles('q=triage')).toEqual([TITLE]);
    expect(await titles('trashed=true')).toEqual(expect.arrayContaining(['From a file', 'greet']));
  });

  it('says of what is dropped why it is no file of prompts, and lets it go', async () => {
    await button('Import others').click();
    const dropped = await page.evaluateHandle(
      "(() => { const data = new DataTransfer(); data.items.add(new File(['{{{'], 'notes.json')); return data; })()",
    );
    await page.getByText('Drop files or a folder here').dispatchEvent('drop', { dataTransfer: dropped });
    await page
      .getByRole('region', { name: 'notes.json' })
      .getByText('refused')
      .or(page.getByRole('alert'))
      .first()
      .waitFor();
    await button('Nothing to import').waitFor();
    await button('Close notes.json').click();
    await page.getByText('Drop files or a folder here').waitFor();
  });

  it('gives prompts out as files, and says what a format cannot carry', async () => {
    await link('Export').click();
    await choice('Prompts').selectOption('My favourites');
    const exported = async (format: RegExp) => {
      await page.getByRole('radio', { name: format }).check();
      const [download] = await Promise.all([page.waitForEvent('download'), button('Export').click()]);
      return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
    };
    const lines = await exported(/^JSON lines/);
    expect(lines.name).toBe('prompts.jsonl');
    expect(JSON.parse(lines.bytes.toString())).toMatchObject({ title: TITLE });
    await page.getByText('One prompt is in prompts.jsonl').waitFor();
    const bundle = await exported(/^Promptory bundle/);
    expect(JSON.parse(bundle.bytes.toString())).toMatchObject({ format: 'promptory-bundle' });
    await choice('Prompts').selectOption('My prompts');
    const files = await exported(/^dotprompt/);
    expect([files.name, files.bytes.subarray(0, 2).toString()]).toEqual(['dotprompt.zip', 'PK']);
  });
}
