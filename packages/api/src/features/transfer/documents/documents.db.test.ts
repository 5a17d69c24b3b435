import { lockedWhileWaiting } from '@promptory/db/testing';
import type { ImportEvent } from '@promptory/schemas';
import type { KyselyPlugin } from 'kysely';
import { describe, expect, it } from 'vitest';
import { exportAs, type ImportOptions, importAs } from '../../../../test/harness/transfers.ts';
import { codeOf, givenApi, givenKeyPrincipal, givenPerson, type Person } from '../../../../test/index.ts';

const { db, services, as } = await givenApi();

const importText = (person: Person, text: string, options: ImportOptions = {}) =>
  importAs(services, person, text, { type: 'text/plain', ...options });
const rowsOf = (events: readonly ImportEvent[]) => events.flatMap((event) => (event.type === 'row' ? [event] : []));
const fileOf = (name: string, content: string) => ({ type: 'file', name, content });
const labelsOf = async (person: Person, id: string) =>
  (await as(person).labels.list({ id })).items.map(({ label, version }) => [label, version]);

const langfuse = (versions: readonly object[]) =>
  JSON.stringify(versions.map((version) => ({ name: 'support/triage', type: 'text', config: {}, ...version })));

const dotprompt = '---\nname: team/greet\nmodel: gpt-4o\nconfig: { temperature: 0 }\nvariant: x\n---\nHello {{name}}\n';
const prompty =
  '---\nname: Answer People\nmodel: gpt-4\ntags: [support]\n---\nsystem:\nBe kind.\nuser:\n{{question}}\n';

describe('a file of another system', () => {
  it('becomes a prompt, by its text alone, and says what has no counterpart', async () => {
    const ann = await givenPerson(services, { handle: 'ann' });
    const { events, outcomes, summary } = await importText(ann, dotprompt);
    expect(outcomes).toEqual(['created']);
    expect(rowsOf(events)).toMatchObject([
      {
        title: 'greet',
        file: null,
        code: null,
        warnings: [{ within: 'variant', message: expect.stringContaining('no counterpart') }],
      },
    ]);
    expect(summary).toMatchObject({ type: 'done', created: 1, file: { format: 'dotprompt', encoding: 'utf-8' } });
    expect(await exportAs(services, ann)).toMatchObject([
      { slug: 'team/greet', content: 'Hello {{ name }}', config: { model: 'gpt-4o', temperature: 0 }, kind: 'text' },
    ]);
    expect((await importText(ann, dotprompt)).outcomes).toEqual(['unchanged']);
  });

  it('is one of several, each with its name and its own fault', async () => {
    const bea = await givenPerson(services, { handle: 'bea' });
    const files = [
      fileOf('greet.prompt', dotprompt),
      fileOf('answer.prompty', prompty),
      fileOf('notes.txt', 'Nothing'),
      fileOf('bad.prompt', '---\nmodel: x\n---\na\n{{> card}}'),
      fileOf('sum/up.prompt.yml', 'messages:\n  - role: user\n    content: "Sum up {{text}}"\n'),
    ];
    const lines = files.map((file) => `${JSON.stringify(file)}\n`).join('');
    for (const [body, type] of [
      [lines, 'application/x-ndjson'],
      [JSON.stringify(files), 'application/json'],
    ] as const) {
      const { events } = await importText(bea, body, { type, dryRun: true });
      expect(rowsOf(events).map(({ file, outcome }) => [file, outcome])).toEqual([
        ['greet.prompt', 'created'],
        ['answer.prompty', 'created'],
        ['notes.txt', 'failed'],
        ['bad.prompt', 'failed'],
        ['sum/up.prompt.yml', 'created'],
      ]);
      const fault = 'Neither its text nor its name shows of what format it is.';
      expect(rowsOf(events)[2]).toMatchObject({ title: 'notes.txt', reason: fault });
      expect(rowsOf(events)[3]).toMatchObject({ title: 'bad' });
      expect(rowsOf(events)[3]?.reason).toMatch(/^At line 5, column 1: .*partial/);
    }
    expect(await exportAs(services, bea)).toEqual([]);
    const { events } = await importText(bea, lines, { type: 'application/x-ndjson' });
    expect(events.at(-1)).toMatchObject({ created: 3, failed: 2, file: { format: 'files' } });
    expect((await exportAs(services, bea)).map(({ slug }) => slug).toSorted()).toEqual([
      'answer-people',
      'sum/up',
      'team/greet',
    ]);
    expect((await importText(bea, lines, { type: 'application/x-ndjson' })).summary).toMatchObject({
      unchanged: 3,
      failed: 2,
    });
  });

  it('is rows where its text is a table or JSON of prompts, and refused where it shows nothing', async () => {
    const cid = await givenPerson(services, { handle: 'cid' });
    expect((await importText(cid, 'act,prompt\nPoet,Rhyme\n')).summary).toMatchObject({ file: { format: 'csv' } });
    expect((await importText(cid, '[{"act":"Cook","prompt":"Boil"}]')).summary).toMatchObject({ created: 1 });
    expect(await codeOf(importText(cid, 'Just a text'))).toBe('import.unreadable');
    expect((await importText(cid, 'Just a {{thing}}', { name: 'a b.prompt' })).outcomes).toEqual(['created']);
    expect(await exportAs(services, cid)).toContainEqual(expect.objectContaining({ slug: 'a-b', title: 'a b' }));
  });
});

describe('versions and labels', () => {
  it('come along, and what is there already stays', async () => {
    const dan = await givenPerson(services, { handle: 'dan' });
    const versions = [
      { version: 3, prompt: 'Sort {{ticket}} by {{urgency}}', labels: ['latest', 'staging'], tags: ['ops'] },
      { version: 1, prompt: 'Sort {{ticket}}', labels: ['production'], commitMessage: 'First' },
    ];
    const first = await importText(dan, langfuse(versions));
    const [row] = rowsOf(first.events);
    expect(row).toMatchObject({ outcome: 'created', warnings: [{ message: expect.stringContaining('Version 3') }] });
    const id = row?.promptId ?? '';
    const listed = (await as(dan).versions.list({ id })).items;
    expect(listed.map(({ version, changeNote }) => [version, changeNote])).toEqual([
      [2, null],
      [1, 'First'],
    ]);
    expect(await labelsOf(dan, id)).toEqual([
      ['production', 1],
      ['staging', 2],
    ]);
    expect((await importText(dan, langfuse(versions))).outcomes).toEqual(['unchanged']);
    // One's own version in between is not lost, and theirs that is new comes behind it.
    await as(dan).prompts.update({ id, content: 'Mine {{ ticket }} {{ urgency }}' });
    expect((await importText(dan, langfuse(versions))).outcomes).toEqual(['unchanged']);
    const more = [...versions, { version: 4, prompt: 'Again {{ticket}} {{urgency}}', labels: ['staging'] }];
    versions[0] = { ...versions[0], labels: [] } as (typeof versions)[number];
    expect((await importText(dan, langfuse([...versions, ...more.slice(2)]))).outcomes).toEqual(['updated']);
    expect(await as(dan).prompts.get({ id })).toMatchObject({ version: 4, tags: ['ops'] });
    expect(await labelsOf(dan, id)).toContainEqual(['staging', 4]);
  });

  it('are refused where they break callers, unless that is accepted with a reason, and the others go on', async () => {
    const eve = await givenPerson(services, { handle: 'eve' });
    const before = [{ version: 1, prompt: 'Sort {{ticket}}', labels: ['production'] }];
    const [row] = rowsOf((await importText(eve, langfuse(before))).events);
    const id = row?.promptId ?? '';
    const after = [
      { version: 1, prompt: 'Sort {{ticket}}' },
      { version: 2, prompt: 'Sort {{ticket}} by {{urgency}}', labels: ['production'] },
      { name: 'other', version: 1, prompt: 'Fine' },
    ];
    const refused = await importText(eve, langfuse(after));
    expect(rowsOf(refused.events)).toMatchObject([
      { outcome: 'failed', code: 'prompt.breaking_change' },
      { outcome: 'created', title: 'other' },
    ]);
    expect(await as(eve).prompts.get({ id })).toMatchObject({ version: 1 });
    expect(await labelsOf(eve, id)).toEqual([['production', 1]]);
    // To remove the label first is no way round.
    await as(eve).labels.remove({ id, label: 'production' });
    expect(rowsOf((await importText(eve, langfuse(after))).events)[0]).toMatchObject({
      code: 'prompt.breaking_change',
    });
    await as(eve).labels.move({ id, label: 'production', version: 1 });
    expect(await codeOf(importText(eve, langfuse(after), { acceptBreaking: true }))).toBe('request.invalid');
    const accepted = { acceptBreaking: true, reason: 'Callers know' } as const;
    expect((await importText(eve, langfuse(after), { ...accepted, dryRun: true })).outcomes).toEqual([
      'updated',
      'unchanged',
    ]);
    expect(await labelsOf(eve, id)).toEqual([['production', 1]]);
    expect((await importText(eve, langfuse(after), accepted)).outcomes).toEqual(['updated', 'unchanged']);
    const { items } = await as(eve).labels.history({ id, label: 'production' });
    expect(items[0]).toMatchObject({ from: 1, to: 2, isBreaking: true, reason: 'Callers know' });
  });
});

describe('what a file may do', () => {
  it('moves no label without the audit entry that says so', async () => {
    const fay = await givenPerson(services);
    const text = langfuse([{ version: 1, prompt: 'Sort {{ticket}}', labels: ['production'] }]);
    const refusing: KyselyPlugin = {
      transformQuery: ({ node }) => {
        if (JSON.stringify(node).includes('label.moved')) throw new Error('No entry is taken.');
        return node;
      },
      transformResult: async ({ result }) => result,
    };
    const refused = importAs({ ...services, db: db.withPlugin(refusing) }, fay, text, { type: 'text/plain' });
    await expect(refused).rejects.toThrow('No entry is taken.');
    expect(await exportAs(services, fay)).toEqual([]);
    const { events, outcomes } = await importText(fay, text);
    expect(outcomes).toEqual(['created']);
    expect(await labelsOf(fay, rowsOf(events)[0]?.promptId ?? '')).toEqual([['production', 1]]);
  });

  it('is what a key may: labels are moved by those that may move labels', async () => {
    const ivy = await givenPerson(services, { handle: 'ivy' });
    const text = langfuse([{ version: 1, prompt: 'Sort {{ticket}}', labels: ['production'] }]);
    const by = async (...more: 'labels:write'[]) => {
      const principal = await givenKeyPrincipal(services, ivy, ['prompts:write', ...more]);
      return rowsOf((await importAs(services, { principal }, text, { type: 'text/plain' })).events);
    };
    expect(await by()).toMatchObject([{ outcome: 'failed', code: 'auth.scope_missing' }]);
    expect(await exportAs(services, ivy)).toEqual([]);
    expect(await by('labels:write')).toMatchObject([{ outcome: 'created' }]);
    // What moves no label needs no more than it did.
    expect(await by()).toMatchObject([{ outcome: 'unchanged' }]);
  });

  it('is what saving does: what a prompt includes is pinned, also where it stands behind it', async () => {
    const jim = await givenPerson(services, { handle: 'jim' });
    const items = [
      { name: 'answer', version: 1, prompt: '@@@langfusePrompt:name=tone|version=1@@@ {{question}}' },
      { name: 'tone', version: 1, prompt: 'Be {{how}}.' },
    ];
    const [row] = rowsOf((await importText(jim, langfuse(items))).events);
    const id = row?.promptId ?? '';
    expect(await as(jim).prompts.get({ id })).toMatchObject({ templateFault: null });
    const { text } = await as(jim).prompts.render({ id, inputs: { how: 'kind', question: 'Why?' } });
    expect(text).toBe('Be kind. Why?');
  });

  it('includes other files of its import, pinned at what they become, whatever their order', async () => {
    const pia = await givenPerson(services, { handle: 'pia' });
    const main = fileOf(
      'mail.prompt',
      '---\nname: mail\n---\n{{> signature team=sender}}\n-- \n{{#each people}}{{> to}}{{/each}}',
    );
    const files = [main, fileOf('parts/_to.prompt', 'To {{name}};'), fileOf('_signature.prompt', 'From {{team}}')];
    // What is called so here already, and is in production, is not what the file means.
    const { id: before } = await as(pia).prompts.create({ title: 'S', slug: 'signature', content: 'Old {{ team }}' });
    await as(pia).labels.move({ id: before, label: 'production', version: 1 });
    const { events } = await importText(pia, JSON.stringify(files));
    expect(rowsOf(events).map(({ row, outcome, reason }) => [row, outcome, reason])).toEqual([
      [1, 'created', null],
      [2, 'created', null],
      [3, 'updated', null],
    ]);
    const inputs = { sender: 'us', people: [{ name: 'A' }, { name: 'B' }] };
    const { id, signature } = await as(pia)
      .prompts.resolve({ ref: 'mail@latest' })
      .then(async ({ promptId }) => as(pia).prompts.get({ id: promptId }));
    expect(signature?.inputs).toMatchObject({ required: ['sender', 'people'] });
    expect((await as(pia).prompts.render({ id, inputs })).text).toBe('From us-- \nTo A;To B;');
    expect((await importText(pia, JSON.stringify(files))).outcomes).toEqual(['unchanged', 'unchanged', 'unchanged']);
  });

  it('is refused where it includes what is refused, and what includes itself', async () => {
    const ray = await givenPerson(services, { handle: 'ray' });
    const uma = await givenPerson(services, { handle: 'uma' });
    await as(uma).prompts.create({ title: 'Four', slug: 'four', content: 'x', visibility: 'public' });
    const files = [
      fileOf('one.prompt', 'a\n{{> two}}'),
      fileOf('_two.prompt', '{{> one}}'),
      fileOf('three.prompt', '{{> four}}.'),
      fileOf('uma/_four.prompt', 'x'),
      fileOf('five.prompt', '{{> six}}.'),
    ];
    const { events } = await importText(ray, JSON.stringify(files));
    expect(rowsOf(events).map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['failed', 'At line 2, column 1: A partial cannot be included: "two" is refused itself.'],
      [
        'failed',
        'At line 1, column 1: A partial cannot be included: "one" includes itself, by way of what it includes.',
      ],
      ['failed', expect.stringContaining('could not be imported')],
      ['failed', expect.stringContaining('somebody else')],
      ['failed', expect.stringContaining('no file of this import is called "six"')],
    ]);
  });

  it('finds what Langfuse includes by a name that is no slug, in its version', async () => {
    const sue = await givenPerson(services, { handle: 'sue' });
    const tag = (name: string, which: string) => `@@@langfusePrompt:name=${name}|${which}@@@`;
    const items = [
      { name: 'Answer', version: 1, prompt: `${tag('Our Tone', 'version=4')} ${tag('Our Tone', 'label=production')}` },
      { name: 'Our Tone', version: 3, prompt: 'Be {{how}}.' },
      { name: 'Our Tone', version: 4, prompt: 'Be very {{how}}.', labels: ['production'] },
      { name: 'Far', version: 1, prompt: tag('Our Tone', 'version=2') },
      { name: 'our tone', version: 1, prompt: 'Another' },
      { name: 'Near', version: 1, prompt: `x ${tag('our tone', 'version=1')}` },
    ];
    const { events } = await importText(sue, langfuse(items));
    expect(rowsOf(events).map(({ title, outcome, reason }) => [title, outcome, reason])).toMatchObject([
      ['Answer', 'created', null],
      ['Our Tone', 'created', null],
      ['', 'failed', 'At prompt, line 1, column 1: Version 2 of "Our Tone" is not in this import.'],
      ['our tone', 'failed', expect.stringContaining('another prompt already')],
      [
        '',
        'failed',
        'At prompt, line 1, column 3: "our tone" would be "our-tone" here, which is what "Our Tone" is called.',
      ],
    ]);
    const { promptId: id } = await as(sue).prompts.resolve({ ref: 'answer@latest' });
    expect((await as(sue).prompts.render({ id, inputs: { how: 'kind' } })).text).toBe('Be very kind. Be very kind.');
    expect((await importText(sue, langfuse(items.slice(0, 3)))).outcomes).toEqual(['unchanged', 'unchanged']);
  });

  it('is what saving may: no slug takes the name of what others have made', async () => {
    const kay = await givenPerson(services, { handle: 'kay' });
    const lou = await givenPerson(services, { handle: 'lou' });
    await as(kay).prompts.create({ title: 'Greet', slug: 'greet', content: 'Hi', visibility: 'public' });
    const reason = expect.stringContaining('Names the prompt of somebody else');
    const files = await importText(lou, '---\nname: kay/greet\n---\nBye');
    expect(rowsOf(files.events)).toMatchObject([{ outcome: 'failed', reason }]);
    for (const dryRun of [true, false]) {
      const rows = await importText(lou, 'slug,title,content\nkay/greet,Greet,Bye\nkay/other,Other,Bye\n', { dryRun });
      expect(rowsOf(rows.events)).toMatchObject([{ outcome: 'failed', reason }, { outcome: 'created' }]);
    }
  });

  it('is bounded in what it says: names of files are lines, and warnings are fifty', async () => {
    const mia = await givenPerson(services, { handle: 'mia' });
    for (const name of ['', ' ', 'a\nb', '\ud800', 'x'.repeat(201)]) {
      const files = [fileOf(name, dotprompt), fileOf('b.prompt', dotprompt)];
      expect(await codeOf(importText(mia, JSON.stringify(files)))).toBe('import.unreadable');
    }
    const keys = Array.from({ length: 60 }, (_, index) => `k${index}: 1\n`).join('');
    const text = `---\nname: Not A Slug\npromptory.tags: ["${'x'.repeat(60)}"]\n${keys}---\nHi`;
    const [row] = rowsOf((await importText(mia, text)).events);
    expect([row?.outcome, row?.warnings.length]).toEqual(['failed', 50]);
  });
});

describe('prompts of one name', () => {
  it('are one only where they are its versions: the others are refused, now and the next time', async () => {
    const ned = await givenPerson(services, { handle: 'ned' });
    const files = [fileOf('a.prompt', dotprompt), fileOf('b.prompt', dotprompt.replace('Hello', 'Bye'))];
    for (const outcome of ['created', 'unchanged']) {
      expect((await importText(ned, JSON.stringify(files))).outcomes).toEqual([outcome, 'failed']);
    }
    expect(await exportAs(services, ned)).toMatchObject([{ content: 'Hello {{ name }}' }]);
  });

  it('are others where another system knows them by other ids', async () => {
    const ola = await givenPerson(services, { handle: 'ola' });
    const stored = (id: string, instructions: string) => ({ id, name: 'Answer', instructions });
    const both = JSON.stringify([stored('pmpt_a', 'Be A'), stored('pmpt_b', 'Be B')]);
    expect((await importText(ola, both)).outcomes).toEqual(['created', 'failed']);
    expect((await importText(ola, JSON.stringify(stored('pmpt_b', 'Be B')))).outcomes).toEqual(['failed']);
    expect(await as(ola).prompts.resolve({ ref: 'pmpt_a' })).toMatchObject({
      version: 1,
      content: expect.stringContaining('Be A'),
    });
    expect(await codeOf(as(ola).prompts.resolve({ ref: 'pmpt_b' }))).toBe('prompt.not_found');
  });
});

describe('a stored prompt of OpenAI', () => {
  const stored = { id: 'pmpt_68b0', name: 'Answer', version: '2', model: 'gpt-5', instructions: 'Be {{tone}}.' };

  it('is found again by its id, also under another slug', async () => {
    const fay = await givenPerson(services, { handle: 'fay' });
    const [row] = rowsOf((await importText(fay, JSON.stringify(stored))).events);
    expect(row).toMatchObject({ outcome: 'created', title: 'Answer' });
    const id = row?.promptId ?? '';
    expect(await labelsOf(fay, id)).toEqual([['production', 1]]);
    await as(fay).prompts.update({ id, slug: 'replies/answer' });
    const again = await importText(fay, JSON.stringify({ ...stored, name: 'Other', instructions: 'Be {{tone}}!' }));
    expect(rowsOf(again.events)).toMatchObject([{ outcome: 'updated', promptId: id }]);
    const rows = await db
      .selectFrom('prompt_aliases')
      .select(['alias', 'prompt_id'])
      .where('user_id', '=', fay.id)
      .execute();
    expect(rows).toEqual([{ alias: 'pmpt_68b0', prompt_id: id }]);
  });

  it('leaves its id to the next import once it is in the trash', async () => {
    const pam = await givenPerson(services, { handle: 'pam' });
    const text = JSON.stringify({ ...stored, id: 'pmpt_77' });
    const [row] = rowsOf((await importText(pam, text)).events);
    await as(pam).prompts.delete({ id: row?.promptId ?? '' });
    const [again] = rowsOf((await importText(pam, text)).events);
    expect(again).toMatchObject({ outcome: 'created' });
    expect(await as(pam).prompts.resolve({ ref: 'pmpt_77' })).toMatchObject({ promptId: again?.promptId });
  });
});

describe('an import into prompts that are there', () => {
  const stored = (name: string, text: string) => ({ id: `pmpt_${name}`, name, instructions: text });
  const file = (name: string, text: string) => fileOf(`${name}.prompt`, `---\nname: ${name}\n---\n${text}\n`);

  it.each([
    ['ids of another system', stored],
    ['slugs', file],
  ])('locks all that it knows by their %s in one order, before it writes any', async (_, item) => {
    const person = await givenPerson(services);
    const { events } = await importText(person, JSON.stringify([item('one', 'Be one'), item('two', 'Be two')]));
    const [one = '', two = ''] = rowsOf(events).map(({ promptId }) => promptId ?? '');
    // Other slugs, by which nothing of the first file is found any more.
    if (item === stored)
      for (const [id, slug] of [
        [one, 'first'],
        [two, 'second'],
      ] as const)
        await as(person).prompts.update({ id, slug });
    const reversed = JSON.stringify([item('two', 'Be 2'), item('one', 'Be 1')]);
    const act = async () => expect((await importText(person, reversed)).outcomes).toEqual(['updated', 'updated']);
    expect(await lockedWhileWaiting(db, { table: 'prompts', held: one, ids: [two] }, act)).toEqual([]);
  });
});
