import type { ImportEvent, ImportPromptsInput, PortablePrompt } from '@promptory/schemas';
import { describe, expect, it } from 'vitest';
import {
  bySlug,
  csvOf,
  exportAs,
  type Imported,
  type ImportOptions,
  importAs,
} from '../../../test/harness/transfers.ts';
import {
  callersOf,
  codeOf,
  errorOf,
  givenApi,
  givenPerson,
  givenPrompt,
  keyPrincipal,
  type Person,
} from '../../../test/index.ts';

const { db, services, as } = await givenApi();

const importInto = (
  person: Person,
  body: ImportPromptsInput['source']['body'],
  options?: ImportOptions,
): Promise<Imported> => importAs(services, person, body, options);

const exportOf = (person: Person, scope?: 'mine' | 'readable'): Promise<PortablePrompt[]> =>
  exportAs(services, person, scope);

const ndjsonOf = (prompts: readonly object[]): string =>
  prompts.map((prompt) => `${JSON.stringify(prompt)}\n`).join('');

const importAudits = async (person: Person) =>
  await db
    .selectFrom('audit_log')
    .select('details')
    .where('action', '=', 'prompt.imported')
    .where('actor_id', '=', person.id)
    .orderBy('id')
    .execute();

const csv =
  'act,prompt,for_devs,type,contributor\nA,"a, ""b""",TRUE,TEXT,f\nB,b,FALSE,IMAGE,g\nA,"a, ""b""",TRUE,TEXT,f\n';

describe('importing', () => {
  it('makes a prompt of each row, says so, and changes nothing the second time', async () => {
    const ann = await givenPerson(services, { handle: 'ann' });
    const first = await importInto(ann, csv);
    expect(first.outcomes).toEqual(['created', 'created', 'created']);
    const counts = { rows: 3, created: 3, updated: 0, unchanged: 0, failed: 0 };
    expect(first.events.slice(3)).toEqual([
      { type: 'progress', ...counts, bytes: Buffer.byteLength(csv) },
      {
        type: 'done',
        dryRun: false,
        ...counts,
        file: { format: 'csv', encoding: 'utf-8', delimiter: 'comma', leftOut: [] },
      },
    ]);
    const before = await exportOf(ann);
    expect(bySlug(before)).toMatchObject([
      {
        slug: 'a',
        title: 'A',
        content: 'a, "b"',
        tags: ['for-devs'],
        config: { contributors: ['f'] },
        visibility: 'private',
      },
      { slug: 'a-2', title: 'A', content: 'a, "b"' },
      { slug: 'b', category: 'image', tags: [] },
    ]);
    const second = await importInto(ann, csv);
    expect(second.summary).toMatchObject({ type: 'done', created: 0, updated: 0, unchanged: 3 });
    const ids = (events: ImportEvent[]) => events.flatMap((event) => (event.type === 'row' ? [event.promptId] : []));
    expect(new Set(ids(second.events))).toEqual(new Set(ids(first.events)));
    expect(await exportOf(ann)).toEqual(before);
    expect(await importAudits(ann)).toEqual([{ details: counts }]);
  });

  it('tells under a dry run what it would do, and does nothing', async () => {
    const dora = await givenPerson(services, { handle: 'dora' });
    const dry = await importInto(dora, csv, { dryRun: true });
    expect(dry.outcomes).toEqual(['created', 'created', 'created']);
    expect(dry.summary).toMatchObject({ type: 'done', dryRun: true, created: 3 });
    expect(await exportOf(dora)).toEqual([]);
    expect(await importAudits(dora)).toEqual([]);
    await importInto(dora, csv);
    expect((await importInto(dora, csv, { dryRun: true })).outcomes).toEqual(['unchanged', 'unchanged', 'unchanged']);
  });

  it('takes a row with a slug for the prompt of that slug, and other content for its next version', async () => {
    const sam = await givenPerson(services, { handle: 'sam' });
    await importInto(sam, 'slug,title,content,tags\nteam/one,One,first,x\ntwo,Two,second,\n');
    const { events } = await importInto(
      sam,
      'slug,title,content,category\nteam/one,One,first,\ntwo,Two,changed,news\nthree,Three,third,\n',
    );
    expect(events.flatMap((event) => (event.type === 'row' ? [event.outcome] : []))).toEqual([
      'unchanged',
      'updated',
      'created',
    ]);
    const rows = await db
      .selectFrom('prompts')
      .select(['slug', 'version', 'category'])
      .where('user_id', '=', sam.id)
      .orderBy('slug')
      .execute();
    expect(rows).toEqual([
      { slug: 'team/one', version: 1, category: null },
      { slug: 'three', version: 1, category: null },
      { slug: 'two', version: 2, category: 'news' },
    ]);
    expect((await importInto(sam, 'slug,title,content,tags\nteam/one,One,first,"y,z"\n')).outcomes).toEqual([
      'updated',
    ]);
    expect((await exportOf(sam)).find((prompt) => prompt.slug === 'team/one')).toMatchObject({ tags: ['y', 'z'] });
  });

  it('numbers a slug that an earlier row took, takes one that the trash had, and finds both again', async () => {
    const kim = await givenPerson(services, { handle: 'kim' });
    const trashed = await givenPrompt(services, kim, 'Trashed', { slug: { given: 'trashed' } });
    await db.updateTable('prompts').set({ deleted_at: new Date() }).where('id', '=', trashed.id).execute();
    const file = 'slug,title,content\n,Same,made\nsame,Other,given\nsame,Third,again\ntrashed,Fresh,new\n';
    const { events } = await importInto(kim, file);
    expect(events.flatMap((event) => (event.type === 'row' ? [event.reason] : []))).toEqual([
      null,
      null,
      'The slug was in use: it is same-3',
      null,
    ]);
    expect((await importInto(kim, file)).summary).toMatchObject({ unchanged: 4, created: 0, updated: 0 });
    const listed = (await as(kim).prompts.list({})).items.map(({ slug }) => slug);
    expect(listed.toSorted()).toEqual(['same', 'same-2', 'same-3', 'trashed']);
  });

  it('fails bad rows alone and imports the rest', async () => {
    const fay = await givenPerson(services, { handle: 'fay' });
    const { outcomes, summary } = await importInto(fay, 'title,content\nA,a\n,b\nC,\nD,d\n');
    expect(outcomes).toEqual(['created', 'failed', 'failed', 'created']);
    expect(summary).toMatchObject({ rows: 4, created: 2, failed: 2 });
  });

  it('keeps what stands before the file becomes unreadable, and says how far it came', async () => {
    const gil = await givenPerson(services, { handle: 'gil' });
    const events: ImportEvent[] = [];
    const run = async (): Promise<void> => {
      const body = 'title,content\nA,a\nB,b\nC,"c\n';
      for await (const event of await as(gil).transfer.import({ source: { type: 'text/csv', body } }))
        events.push(event);
    };
    const error = await errorOf(run());
    expect(error).toMatchObject({ code: 'import.unreadable', extra: { rows: 2, created: 2 } });
    expect(error.message).toMatch(/a quote is not closed.*The 2 rows before are done/);
    expect(events.map((event) => event.type)).toEqual(['row', 'row', 'progress']);
    expect((await exportOf(gil)).map((prompt) => prompt.title)).toEqual(['A', 'B']);
    expect(await importAudits(gil)).toMatchObject([{ details: { rows: 2, created: 2 } }]);
    expect(await codeOf(importInto(gil, ''))).toBe('import.unreadable');
  });

  it('has ended when what it made is found by its words', async () => {
    const zoe = await givenPerson(services, { handle: 'zoe' });
    await importInto(zoe, 'title,content,tags\nFlight,Pump the dirigible,airship\nDinner,Boil the kohlrabi,\n');
    for (const [q, title] of [
      ['dirigible', 'Flight'],
      ['airship', 'Flight'],
      ['kohlrabi', 'Dinner'],
    ]) {
      expect((await as(zoe).prompts.list({ q })).items.map((prompt) => prompt.title)).toEqual([title]);
    }
  });

  it('says of a dry run that fails what would have happened, and never that something is done', async () => {
    const ida = await givenPerson(services, { handle: 'ida' });
    await importInto(ida, 'title,content\nB,b\n');
    const cases: [ImportOptions['type'], string, RegExp][] = [
      ['text/csv', 'title,content\nA,a\nB,b\nC,"c\n', /a quote is not closed/],
      ['application/json', '[{"title":"A","content":"a"},{"title":"B","content":"b"},{', /it ends within item 3/],
    ];
    for (const [type, body, why] of cases) {
      const error = await errorOf(importInto(ida, body, { dryRun: true, ...(type === undefined ? {} : { type }) }));
      expect(error).toMatchObject({
        code: 'import.unreadable',
        extra: { dryRun: true, rows: 2, created: 1, unchanged: 1 },
      });
      expect(error.message).toMatch(why);
      expect(error.message).toContain('nothing is changed. The 2 rows before would have been imported: 1 created');
      expect(error.message).not.toContain('done');
    }
    expect((await exportOf(ida)).map((prompt) => prompt.title)).toEqual(['B']);
  });

  it('reads a JSON array as it reads lines, and says what the file was and what it left out', async () => {
    const jan = await givenPerson(services, { handle: 'jan' });
    const objects = [
      { act: 'Poet', prompt: 'Rhyme', stars: 5 },
      { title: 'Cook', content: 'Boil', tags: ['kitchen'], note: '' },
    ];
    const { events, summary } = await importInto(jan, JSON.stringify(objects, null, 2), { type: 'application/json' });
    expect(events).toMatchObject([
      { row: 1, title: 'Poet', outcome: 'created', reason: 'Keys not known and left out: stars' },
      { row: 2, title: 'Cook', outcome: 'created', reason: 'Keys not known and left out: note' },
      { type: 'progress' },
      { type: 'done' },
    ]);
    const file = { format: 'json', encoding: 'utf-8', delimiter: null, leftOut: ['stars', 'note'] };
    expect(summary).toMatchObject({ created: 2, file });
    const lines = await importInto(jan, ndjsonOf(objects), { type: 'application/x-ndjson' });
    expect(lines.summary).toMatchObject({ unchanged: 2, file });
    const sheet = Buffer.from('\u{feff}Act;Prompt\r\nPoet;Rhyme\r\n;\r\nCook;Boil\r\n', 'utf16le');
    const csvFile = await importInto(
      jan,
      (async function* () {
        yield sheet;
      })(),
    );
    expect(csvFile.summary).toMatchObject({
      rows: 2,
      unchanged: 2,
      file: { format: 'csv', encoding: 'utf-16le', delimiter: 'semicolon', leftOut: [] },
    });
  });

  it('audits what it did when the caller goes away in the middle', async () => {
    const hal = await givenPerson(services, { handle: 'hal' });
    const rows = Array.from({ length: 1_100 }, (_, row) => `T${row},c${row}\n`).join('');
    const source = { type: 'text/csv' as const, body: `title,content\n${rows}` };
    for await (const event of await as(hal).transfer.import({ source })) if (event.type === 'progress') break;
    expect(await importAudits(hal)).toMatchObject([{ details: { rows: 500, created: 500 } }]);
    expect((await exportOf(hal)).length).toBe(500);
    expect((await importInto(hal, source.body)).summary).toMatchObject({ created: 600, unchanged: 500 });
  });

  it('makes each prompt once when the same file is imported twice at the same time', async () => {
    const ivy = await givenPerson(services, { handle: 'ivy' });
    await Promise.all([importInto(ivy, csv), importInto(ivy, csv)]);
    expect(await exportOf(ivy)).toHaveLength(3);
  });

  it('gives new prompts the visibility asked for, or the one that the account prefers', async () => {
    const jon = await givenPerson(services, { handle: 'jon' });
    await importInto(jon, 'title,content,visibility\nA,a,\nB,b,private\n', { visibility: 'public' });
    await db
      .updateTable('users')
      .set({ preferences: JSON.stringify({ defaultVisibility: 'public' }) })
      .where('id', '=', jon.id)
      .execute();
    await importInto(jon, 'title,content\nC,c\n');
    expect((await exportOf(jon)).map(({ title, visibility }) => [title, visibility])).toEqual([
      ['A', 'public'],
      ['B', 'private'],
      ['C', 'public'],
    ]);
  });

  it('asks for the scope to write, and is closed to a key of one group', async () => {
    const lea = await givenPerson(services, { handle: 'lea' });
    const { id } = await as(lea).groups.create({ name: 'Only' });
    const source = { type: 'text/csv' as const, body: csv };
    const key = (scopes: Parameters<typeof keyPrincipal>[1], groupId: string | null = null) =>
      callersOf(services)
        .as(keyPrincipal(lea, scopes, groupId))
        .transfer.import({ source });
    expect(await codeOf(key(['prompts:read']))).toBe('auth.scope_missing');
    expect(await codeOf(key(['prompts:write'], id))).toBe('auth.forbidden');
  });
});

describe('exporting', () => {
  it('gives what the caller owns, or may read besides, and nothing else', async () => {
    const [mia, ned] = [await givenPerson(services, { handle: 'mia' }), await givenPerson(services, { handle: 'ned' })];
    await givenPrompt(services, ned, 'Private of Ned');
    const shared = await givenPrompt(services, ned, 'Shared by Ned');
    await givenPrompt(services, mia, 'Of Mia');
    const { id } = await as(ned).groups.create({ name: 'Shared' });
    await as(ned).groups.addPrompt({ id, promptId: shared.id });
    await as(ned).members.add({ id, handle: 'mia', role: 'viewer' });
    const titles = async (scope: 'mine' | 'readable') =>
      (await exportOf(mia, scope)).flatMap(({ title, visibility }) => (visibility === 'private' ? [title] : []));
    expect(await titles('mine')).toEqual(['Of Mia']);
    expect(await titles('readable')).toEqual(['Of Mia', 'Shared by Ned']);
    await as(ned).members.remove({ id, userId: mia.id });
    expect(await titles('readable')).toEqual(['Of Mia']);
  });

  it('makes the same prompts in an empty account, as JSON lines and as CSV', async () => {
    const [olga, pia, quin] = await Promise.all(
      ['olga', 'pia', 'quin'].map((handle) => givenPerson(services, { handle })),
    );
    if (olga === undefined || pia === undefined || quin === undefined) throw new Error('Nobody there');
    const content = ' =cmd|\' /C calc\'!A0\r\n"quoted", with commas\r and \t tabs\n😀 雪 \\n\n';
    await givenPrompt(services, olga, 'Nasty, "title" 😀', {
      content,
      description: '\n  spaced  \r\n',
      category: '雪',
      tags: ['a, b', '[c]'],
      isTemplate: true,
      visibility: 'public',
      config: { model: 'x', nested: { list: [1, null, 'ü"'] } },
      inputSchema: { type: 'object' },
    });
    const messages = [
      { role: 'system' as const, content: ' "You" are,\r\n' },
      { type: 'placeholder' as const, name: 'history' },
    ];
    await givenPrompt(services, olga, 'Chat', {
      messages,
      content: 'system:\n "You" are,\r\n\n\n[history]',
      slug: { given: 'deep/er/chat' },
    });
    await importInto(olga, csv);
    const exported = await exportOf(olga);
    expect(exported).toHaveLength(5);

    await importInto(pia, ndjsonOf(exported), { type: 'application/x-ndjson' });
    expect(bySlug(await exportOf(pia))).toEqual(bySlug(exported));
    await importInto(quin, await csvOf(exported));
    expect(bySlug(await exportOf(quin))).toEqual(bySlug(exported));
    for (const person of [olga, pia, quin]) {
      expect((await importInto(person, await csvOf(exported))).summary).toMatchObject({ unchanged: 5, updated: 0 });
    }
  });

  it('makes the same prompts also where two owners have one slug', async () => {
    const [rob, sue, tim] = [
      await givenPerson(services, { handle: 'rob' }),
      await givenPerson(services, { handle: 'sue' }),
      await givenPerson(services, { handle: 'tim' }),
    ];
    await givenPrompt(services, rob, 'Twin', { content: 'of Rob', slug: { given: 'twin' } });
    await givenPrompt(services, sue, 'Twin', { content: 'of Sue', slug: { given: 'twin' }, visibility: 'public' });
    const exported = (await exportOf(rob, 'readable')).filter((prompt) => prompt.slug === 'twin');
    expect(exported.map((prompt) => prompt.content)).toEqual(['of Rob', 'of Sue']);
    await importInto(tim, ndjsonOf(exported), { type: 'application/x-ndjson' });
    expect((await exportOf(tim)).map(({ slug, content }) => [slug, content])).toEqual([
      ['twin', 'of Rob'],
      ['twin-2', 'of Sue'],
    ]);
  });

  it('goes on over many pages without leaving out or repeating one', async () => {
    const uma = await givenPerson(services, { handle: 'uma' });
    await importInto(uma, `title,content\n${Array.from({ length: 401 }, (_, n) => `T${n},c\n`).join('')}`);
    expect(new Set((await exportOf(uma)).map((prompt) => prompt.title)).size).toBe(401);
  });
});
