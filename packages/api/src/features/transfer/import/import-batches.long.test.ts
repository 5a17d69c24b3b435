import { type ImportEvent, MAX_IMPORT_ROWS } from '@promptory/schemas';
import { describe, expect, it } from 'vitest';
import { type FileRow, type ImportFile, importFiles } from '../../../../test/harness/import-files.ts';
import { importAs } from '../../../../test/harness/transfers.ts';
import { errorOf, givenApi, givenPerson, givenPrompt, type Person } from '../../../../test/index.ts';

// Files larger than one batch, which holds 500 rows: what one batch did the next ones know.

const { db, services } = await givenApi();

type RowEvent = Extract<ImportEvent, { type: 'row' }>;

async function imported(
  person: Person,
  { body, type }: ImportFile,
): Promise<{ rows: RowEvent[]; events: ImportEvent[] }> {
  const { events } = await importAs(services, person, body, { type });
  return { events, rows: events.flatMap((event) => (event.type === 'row' ? [event] : [])) };
}

/** What the account holds: the content of each prompt, by its slug. */
async function contentsOf({ id }: Person): Promise<Map<string, string>> {
  const rows = await db.selectFrom('prompts').select(['slug', 'content']).where('user_id', '=', id).execute();
  return new Map(rows.map(({ slug, content }) => [slug, content]));
}

const titled = (count: number): FileRow[] =>
  Array.from({ length: count }, (_, row) => ({ title: `Title ${row + 1}`, content: `Content ${row + 1}` }));

const progressOf = (events: readonly ImportEvent[]) =>
  events.flatMap((event) => (event.type === 'progress' ? [event] : []));

describe.each(Object.entries(importFiles))('a file of several batches, as %s', (_format, fileOf) => {
  it('makes each row once, in order, and says how far it came after each batch', async () => {
    const ann = await givenPerson(services);
    const { rows, events } = await imported(ann, fileOf(titled(1_203)));
    expect(rows.map(({ row, title, outcome }) => [row, title, outcome])).toEqual(
      titled(1_203).map(({ title }, index) => [index + 1, title, 'created']),
    );
    const progress = progressOf(events);
    expect(progress).toMatchObject(
      [500, 1_000, 1_203].map((count) => ({
        type: 'progress',
        rows: count,
        created: count,
        updated: 0,
        unchanged: 0,
        failed: 0,
      })),
    );
    const bytes = progress.map((event) => event.bytes);
    expect(bytes).toEqual(bytes.toSorted((one, other) => one - other));
    expect(bytes.at(-1)).toBe(Buffer.byteLength(fileOf(titled(1_203)).body));
    expect(events.at(-1)).toMatchObject({ type: 'done', rows: 1_203, created: 1_203, failed: 0 });
    const made = await db.selectFrom('prompts').select(['id', 'content']).where('user_id', '=', ann.id).execute();
    const contents = new Map(made.map(({ id, content }) => [id, content]));
    expect(rows.map(({ promptId }) => contents.get(promptId ?? ''))).toEqual(
      titled(1_203).map(({ content }) => content),
    );
    expect(contents.size).toBe(1_203);
  });

  it('fails bad rows alone wherever they stand: first and last of a batch, and last of the file', async () => {
    const bea = await givenPerson(services);
    const bad = new Set([1, 500, 501, 1_000, 1_001, 1_050]);
    const { rows, events } = await imported(
      bea,
      fileOf(titled(1_050).map((row, index) => (bad.has(index + 1) ? { ...row, title: 'x'.repeat(201) } : row))),
    );
    expect(rows.flatMap(({ row, outcome }) => (outcome === 'failed' ? [row] : []))).toEqual([...bad]);
    expect(rows.find(({ outcome }) => outcome === 'failed')?.reason).toMatch(/^title: /);
    expect(events.at(-1)).toMatchObject({ type: 'done', rows: 1_050, created: 1_044, failed: 6 });
    expect((await contentsOf(bea)).size).toBe(1_044);
    const { details } = await db
      .selectFrom('audit_log')
      .select('details')
      .where('actor_id', '=', bea.id)
      .where('action', '=', 'prompt.imported')
      .executeTakeFirstOrThrow();
    expect(details).toEqual({ rows: 1_050, created: 1_044, updated: 0, unchanged: 0, failed: 6 });
  });

  it('numbers equal slugs, within a batch, from one to the next and against what is there', async () => {
    const cid = await givenPerson(services);
    await givenPrompt(services, cid, 'There', { slug: { given: 'there' }, content: 'before' });
    const file = titled(600) as FileRow[];
    const named = [
      [0, 'same'],
      [1, 'same'],
      [2, 'there'],
      [3, 'there'],
      [550, 'same'],
      [551, 'there'],
    ] as const;
    for (const [at, slug] of named) file[at] = { ...file[at], slug };
    const { rows } = await imported(cid, fileOf(file));
    expect(named.map(([at]) => [rows[at]?.outcome, rows[at]?.reason])).toEqual([
      ['created', null],
      ['created', 'The slug was in use: it is same-2'],
      ['updated', null],
      ['created', 'The slug was in use: it is there-2'],
      ['created', 'The slug was in use: it is same-3'],
      ['created', 'The slug was in use: it is there-3'],
    ]);
    const contents = await contentsOf(cid);
    expect(['same', 'same-2', 'same-3', 'there', 'there-2', 'there-3'].map((slug) => contents.get(slug))).toEqual(
      [1, 2, 551, 3, 4, 552].map((row) => `Content ${row}`),
    );
    expect(contents.size).toBe(600);
    const again = await imported(cid, fileOf(file));
    expect(new Set(again.rows.map(({ outcome }) => outcome))).toEqual(new Set(['unchanged']));
    expect(again.rows.map(({ promptId }) => promptId)).toEqual(rows.map(({ promptId }) => promptId));
    expect(await contentsOf(cid)).toEqual(contents);
  });

  it('twice at once makes each prompt once, and each row is reported by both', async () => {
    const dan = await givenPerson(services);
    const file = fileOf(titled(700));
    const both = await Promise.all([imported(dan, file), imported(dan, file)]);
    expect((await contentsOf(dan)).size).toBe(700);
    const outcomes = both.flatMap(({ rows }) => rows.map(({ outcome }) => outcome));
    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(700);
    expect(outcomes.filter((outcome) => outcome === 'unchanged')).toHaveLength(700);
    const [one, other] = both.map(({ rows }) => rows.map(({ promptId }) => promptId).sort());
    expect(one).toEqual(other);
  });

  it('beside another at once loses no row of either, nor makes one twice, also where both name the same slugs', async () => {
    const eve = await givenPerson(services);
    const fileFor = (whose: string): ImportFile =>
      fileOf(
        Array.from({ length: 600 }, (_, row) => ({
          ...(row % 3 === 0 ? { slug: `named/${row}` } : {}),
          title: 'One title for all',
          content: row % 2 === 0 ? `Of ${whose}: ${row}` : `Of both: ${row}`,
        })),
      );
    const both = await Promise.all([imported(eve, fileFor('one')), imported(eve, fileFor('other'))]);
    for (const { events } of both) expect(events.at(-1)).toMatchObject({ type: 'done', rows: 600, failed: 0 });
    const contents = [...(await contentsOf(eve)).values()].sort();
    // By its slug a prompt is one, and the later content its next version: 200 slugs. Each other row is by its content.
    const byContent = (whose: string) =>
      Array.from({ length: 600 }, (_, row) => row).flatMap((row) =>
        row % 3 === 0 ? [] : [row % 2 === 0 ? `Of ${whose}: ${row}` : `Of both: ${row}`],
      );
    const wanted = new Set([...byContent('one'), ...byContent('other')]);
    const named = Array.from({ length: 200 }, (_, index) => index * 3);
    expect(contents).toHaveLength(wanted.size + named.length);
    expect([...wanted].filter((content) => !contents.includes(content))).toEqual([]);
    const last = await contentsOf(eve);
    for (const row of named) {
      const either = row % 2 === 0 ? [`Of one: ${row}`, `Of other: ${row}`] : [`Of both: ${row}`];
      expect(either).toContain(last.get(`named/${row}`));
    }
  });
});

it('says of a dry run with a row too many what the rows before would have become, and changes nothing', async () => {
  const fay = await givenPerson(services);
  const body = `title,content\n${'A,a\n'.repeat(MAX_IMPORT_ROWS + 1)}`;
  const error = await errorOf(importAs(services, fay, body, { type: 'text/csv', dryRun: true }));
  expect([error.code, error.message]).toEqual([
    'request.too_large',
    expect.stringContaining(`The ${MAX_IMPORT_ROWS} rows before would`),
  ]);
  expect((await contentsOf(fay)).size).toBe(0);
});
