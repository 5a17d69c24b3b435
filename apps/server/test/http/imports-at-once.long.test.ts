import { givenPerson, type Person } from '@promptory/api/testing';
import type { ImportEvent } from '@promptory/schemas';
import { describe, expect, it } from 'vitest';
import { type BootedApp, givenApp } from '../harness/boot.ts';

// One account imports through three servers of one database at once: what the one writes the others must see.

const first = await givenApp();
const servers: readonly BootedApp[] = [first, await givenApp({ beside: first }), await givenApp({ beside: first })];

type Row = Extract<ImportEvent, { type: 'row' }>;

const csvOf = (rows: readonly (readonly string[])[]): string =>
  `slug,title,content\n${rows.map((cells) => cells.join(',')).join('\n')}`;

async function imported(server: BootedApp, headers: Readonly<Record<string, string>>, csv: string): Promise<Row[]> {
  const { statusCode, body } = await server.call({
    method: 'POST',
    url: '/prompts/import',
    headers: { ...headers, 'content-type': 'text/csv' },
    payload: csv,
  });
  expect(statusCode, body).toBe(200);
  const events = body
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ImportEvent);
  expect(events.at(-1)).toMatchObject({ type: 'done', failed: 0 });
  return events.flatMap((event) => (event.type === 'row' ? [event] : []));
}

/** What the account holds: of each prompt its slug and every content that it has had. */
async function heldBy({ id }: Person): Promise<Map<string, { slug: string; contents: string[] }>> {
  const rows = await first.database.db
    .selectFrom('prompts')
    .innerJoin('prompt_versions', 'prompt_versions.prompt_id', 'prompts.id')
    .select(['prompts.id', 'prompts.slug', 'prompt_versions.content'])
    .where('prompts.user_id', '=', id)
    .orderBy('prompt_versions.version')
    .execute();
  const held = new Map<string, { slug: string; contents: string[] }>();
  for (const { id: promptId, slug, content } of rows) {
    const known = held.get(promptId) ?? { slug, contents: [] };
    known.contents.push(content);
    held.set(promptId, known);
  }
  return held;
}

const countOf = (rows: readonly Row[], outcome: Row['outcome']): number =>
  rows.filter((row) => row.outcome === outcome).length;

describe('imports of one account through several servers at once', () => {
  it('make each prompt of the same file once, and each says of each row what became of it', async () => {
    const ann = await givenPerson(first.services);
    const headers = await first.as.person(ann);
    const csv = csvOf(Array.from({ length: 620 }, (_, row) => [row % 3 === 0 ? `s-${row}` : '', 'T', `C ${row}`]));
    const all = (await Promise.all(servers.map((server) => imported(server, headers, csv)))).flat();
    const held = await heldBy(ann);
    expect(held.size).toBe(620);
    expect([...held.values()].filter(({ contents }) => contents.length > 1)).toEqual([]);
    expect([countOf(all, 'created'), countOf(all, 'unchanged')]).toEqual([620, 1_240]);
    for (const { row, promptId } of all) expect(held.get(promptId ?? '')?.contents).toEqual([`C ${row - 1}`]);
  });

  it('of equal slugs, equal titles and a prompt made by hand keep every row, and no slug twice', async () => {
    const bea = await givenPerson(first.services);
    const headers = await first.as.person(bea);
    const contentOf = (file: number, row: number): string => `File ${file} row ${row}`;
    const files = servers.map((_, file) =>
      Array.from({ length: 540 }, (_row, row) => [
        row % 4 === 0 ? `named-${row}` : '',
        row % 2 === 0 ? 'One title' : `Title ${row}`,
        contentOf(file, row),
      ]),
    );
    const byHand = servers.map(async (server, at) => {
      const payload = { title: 'One title', content: `By hand ${at}` };
      return (await server.call({ method: 'POST', url: '/prompts', headers, payload })).json<{ id: string }>().id;
    });
    const answers = await Promise.all(
      files.map((rows, file) => imported(servers[file] as BootedApp, headers, csvOf(rows))),
    );
    const held = await heldBy(bea);
    // Whose slug is the same is one prompt, with each file's content among its versions; each other row is a prompt.
    expect(held.size).toBe(3 * 405 + 135 + 3);
    const slugs = [...held.values()].map(({ slug }) => slug);
    expect(new Set(slugs).size).toBe(slugs.length);
    for (const [file, rows] of answers.entries()) {
      expect(rows).toHaveLength(540);
      for (const { row, promptId } of rows) {
        expect(held.get(promptId ?? '')?.contents).toContain(contentOf(file, row - 1));
      }
    }
    const named = [...held.values()].filter(({ slug }) => slug.startsWith('named-'));
    expect(named.map(({ contents }) => contents.length)).toEqual(Array(135).fill(3));
    const all = answers.flat();
    expect([countOf(all, 'created'), countOf(all, 'updated')]).toEqual([3 * 405 + 135, 2 * 135]);
    for (const id of await Promise.all(byHand)) expect(held.get(id)?.contents).toHaveLength(1);
  });

  it('leave nothing running', async () => {
    const left = await first.database.db.selectFrom('running_imports').select('user_id').execute();
    expect(left).toEqual([]);
  });
});
