import { countedQueries } from '@promptory/db/testing';
import { LANGUAGE_VERSION } from '@promptory/template';
import { describe, expect, it } from 'vitest';
import { importAs } from '../../../test/harness/transfers.ts';
import { callersOf, givenApi, givenPerson, givenPrompt } from '../../../test/index.ts';
import { AppError } from '../../errors.ts';

const { pool, services, cast, as } = await givenApi();
const { alice, bob } = cast;

const kept = async (promptId: string) =>
  (await pool.query('SELECT version, language, inputs, fault FROM prompt_signatures WHERE prompt_id = $1', [promptId]))
    .rows;
const text = { type: ['string', 'number', 'boolean'] };
const inputs = (...names: string[]) => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, text])),
  ...(names.length > 0 ? { required: names } : {}),
  additionalProperties: false,
});

describe('what a version promises', () => {
  it('is said wherever a version is read alone, and is as it was of an earlier one', async () => {
    const outputSchema = { type: 'object', properties: { mood: { type: 'string' } } };
    const { prompts, versions, labels } = as(alice);
    const made = await prompts.create({ title: 'Mood', slug: 'mood', content: 'Of {{ ticket }}', outputSchema });
    const first = { signature: { inputs: inputs('ticket'), output: outputSchema }, templateFault: null };
    expect(made).toMatchObject({ ...first, inputConflicts: [] });
    const { id } = made;
    const changed = await prompts.update({ id, content: '{{ name }}: {{ ticket }}', outputSchema: null });
    const second = { signature: { inputs: inputs('name', 'ticket'), output: null }, templateFault: null };
    expect(changed).toMatchObject(second);
    expect(await prompts.get({ id })).toEqual(changed);
    expect(await versions.get({ id, version: 1 })).toMatchObject(first);
    expect(await versions.get({ id, version: 2 })).toMatchObject(second);
    expect(await versions.restore({ id, version: 1 })).toMatchObject({ version: 3, ...first });
    await labels.move({ id, label: 'production', version: 2 });
    expect(await prompts.resolve({ ref: 'mood' })).toMatchObject({ version: 2, ...second });
    expect(await prompts.resolveMany({ refs: ['mood', 'mood#1'] })).toMatchObject({
      results: [{ prompt: second }, { prompt: first }],
    });
    expect(await prompts.duplicate({ id })).toMatchObject({ version: 1, ...first });
    await prompts.delete({ id });
    expect(await prompts.restore({ id })).toMatchObject(first);
    expect((await prompts.list({ owner: 'me' })).items[0]).not.toHaveProperty('signature');
  });

  it('is nothing where the text is no template, which is kept with the place of its fault', async () => {
    const made = await as(alice).prompts.create({ title: 'Pasted', content: 'One\nTwo {{ a b }}' });
    expect(made).toMatchObject({ signature: null, templateFault: { code: 'syntax', line: 2, messageIndex: null } });
    const messages = [
      { role: 'user' as const, content: 'Hi' },
      { role: 'user' as const, content: '{% frob %}' },
    ];
    expect(await as(alice).prompts.update({ id: made.id, kind: 'chat', messages })).toMatchObject({
      ...{ signature: null, templateFault: { code: 'unknown_tag', line: 1, column: 1, messageIndex: 1 } },
    });
  });

  it('says where the declared inputs and the text do not fit, of very many the first', async () => {
    const names = Array.from({ length: 80 }, (_, index) => `list_${index}`);
    const content = names.map((name) => `{% for a in ${name} %}{{ a }}{% endfor %}`).join('');
    const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
    const made = await as(alice).prompts.create({ title: 'At odds', content, inputSchema: { properties } });
    expect(made.inputConflicts).toHaveLength(50);
    expect(made.inputConflicts[0]).toMatchObject({ path: '/list_0', code: 'type' });
    expect(await as(alice).prompts.get({ id: made.id })).toEqual(made);
  });

  it('keeps the order of what an author declares, and numbers as they were sent', async () => {
    const inputSchema = { type: 'object', properties: { z: { type: 'number', maximum: 1e21 }, a: { default: 1 } } };
    const { id } = await as(alice).prompts.create({ title: 'Order', content: '{{ z }}{{ a }}', inputSchema });
    const { signature } = await as(alice).prompts.get({ id });
    expect(JSON.stringify(signature?.inputs)).toContain('"properties":{"z":{"type":"number","maximum":1e+21},"a":');
  });
});

describe('what is kept of it', () => {
  it('is answered without reading the text again', async () => {
    const { id } = await givenPrompt(services, alice, 'Kept', { content: '{{ one }}' });
    await pool.query(
      `INSERT INTO prompt_signatures (prompt_id, version, language, inputs) VALUES ($1, 1, $2, '{"title":"kept"}')`,
      [id, LANGUAGE_VERSION],
    );
    const { queries, db } = countedQueries(pool);
    const asAlice = callersOf({ ...services, db }).as(alice.principal);
    for (const most of [2, 3]) {
      expect((await asAlice.prompts.get({ id })).signature).toEqual({ inputs: { title: 'kept' }, output: null });
      expect(queries()).toHaveLength(most);
    }
  });

  it('is made by whoever reads first: of what came otherwise, and of another reading of the language', async () => {
    const { id } = await givenPrompt(services, alice, 'Given', { content: '{{ one }}', visibility: 'public' });
    expect(await kept(id)).toEqual([]);
    const [first] = await Promise.all([as(bob).prompts.get({ id }), as(alice).versions.get({ id, version: 1 })]);
    expect(first.signature?.inputs).toEqual(inputs('one'));
    const [row] = await kept(id);
    expect(row).toMatchObject({ version: 1, inputs: inputs('one'), fault: null });
    const other = await givenPrompt(services, alice, 'Of before', { content: '{{ one }}' });
    await pool.query(`INSERT INTO prompt_signatures (prompt_id, version, language, inputs) VALUES ($1, 1, 900, '{}')`, [
      other.id,
    ]);
    expect((await as(alice).prompts.get({ id: other.id })).signature?.inputs).toEqual(inputs('one'));
    expect(await kept(other.id)).toEqual([row]);
  });

  it('is made behind each call that saves many, so that no reader waits for it', async () => {
    const ann = await givenPerson(services);
    const { prompts } = as(ann);
    const made = await prompts.createMany({
      prompts: ['one', 'two'].map((name) => ({ title: name, content: `{{ ${name} }}` })),
    });
    const ids = made.results.flatMap((result) => (result.outcome === 'created' ? [result.id] : []));
    await prompts.updateMany({ prompts: ids.map((id, at) => ({ id, content: `{{ other_${at} }}` })) });
    await importAs(services, ann, 'title,content\nOf a table,{{ three }}\nNo template,{{ a b }}\n');
    await importAs(services, ann, '---\nname: of-a-file\n---\n{{four}}', { type: 'text/plain' });
    const { rows } = await pool.query(
      `SELECT inputs->'required' AS required, fault->>'code' AS fault
        FROM prompt_signatures JOIN prompts ON prompts.id = prompt_id
        WHERE user_id = $1 ORDER BY title, prompt_signatures.version`,
      [ann.id],
    );
    expect(rows.map(({ required, fault }) => required?.[0] ?? fault)).toEqual([
      'syntax',
      'three',
      'four',
      'one',
      'other_0',
      'two',
      'other_1',
    ]);
  });

  it('is made with each version that is restored or copied, also where it includes others', async () => {
    const { prompts, versions } = as(await givenPerson(services));
    await prompts.create({ title: 'Tone', slug: 'tone', content: 'Be {{ how }}.' });
    for (const [content, names] of [
      ['{{ one }}', ['one']],
      ["{% render 'tone' %} {{ one }}", ['how', 'one']],
    ] as const) {
      const { id } = await prompts.create({ title: 'Made', content });
      await prompts.update({ id, content: 'Other' });
      await versions.restore({ id, version: 1 });
      const copy = await prompts.duplicate({ id, version: 1 });
      const use = await prompts.duplicate({ id });
      for (const [row] of [
        (await kept(id)).filter(({ version }) => version === 3),
        await kept(copy.id),
        await kept(use.id),
      ]) {
        expect(row).toMatchObject({ language: LANGUAGE_VERSION, fault: null });
        expect(row.inputs.required.toSorted()).toEqual(names);
      }
      expect((await kept(id)).map(({ version }) => version).sort()).toEqual([1, 2, 3]);
    }
  });

  it('is left to whoever reads first where no worker is free, and nothing that was saved is lost', async () => {
    const ann = await givenPerson(services);
    const workers: typeof services.workers = {
      run: async () => {
        throw new AppError('server.busy', { retryAfterSeconds: 1 });
      },
    };
    const { results } = await callersOf({ ...services, workers })
      .as(ann.principal)
      .prompts.createMany({ prompts: [{ title: 'One', content: '{{ one }}' }] });
    expect(results).toMatchObject([{ outcome: 'created' }]);
    const [id = ''] = results.flatMap((result) => (result.outcome === 'created' ? [result.id] : []));
    expect(await kept(id)).toEqual([]);
    expect((await as(ann).prompts.get({ id })).signature?.inputs).toEqual(inputs('one'));
  });

  it('is the same where a worker reads a long text', async () => {
    const content = `{{ one }}${'x'.repeat(10_000)}`;
    const made = await as(alice).prompts.create({ title: 'Long', content });
    expect(made.signature?.inputs).toEqual(inputs('one'));
    const { id } = await givenPrompt(services, alice, 'Long too', { content });
    expect((await as(alice).prompts.get({ id })).signature).toEqual(made.signature);
  });

  it('does not change the revision by which a change is known', async () => {
    const { id } = await givenPrompt(services, alice, 'Revised', { content: '{{ one }}' });
    const { revision } = await as(alice).prompts.get({ id });
    expect((await as(alice).prompts.get({ id })).revision).toBe(revision);
  });
});
