import type { ExportedItem, ExportFilesInput } from '@promptory/schemas';
import { bundlePayload } from '@promptory/template';
import { describe, expect, it } from 'vitest';
import { collect } from '../../../../test/harness/collect.ts';
import { importAs } from '../../../../test/harness/transfers.ts';
import { callersOf, codeOf, givenApi, givenPerson, type Person } from '../../../../test/index.ts';
import { bundleKeyOf, signedText } from '../../../domain/bundles/bundle-signature.ts';

const { services, as } = await givenApi();

const exported = async (person: Person, input: Partial<ExportFilesInput> & Pick<ExportFilesInput, 'format'>) =>
  collect(
    await callersOf(services)
      .as(person.principal)
      .transfer.exportFiles({ scope: 'mine', ...input }),
  );
const filesIn = (items: readonly ExportedItem[]) => items.flatMap((item) => (item.type === 'file' ? [item] : []));
const importText = (person: Person, text: string, more: { dryRun?: boolean } = {}) =>
  importAs(services, person, text, { type: 'text/plain', ...more });

/** Somebody with three prompts, one of them with two versions and labels that have moved. */
async function givenAuthor(handle: string): Promise<Person> {
  const author = await givenPerson(services, { handle });
  const { prompts, labels, groups } = as(author);
  const { id } = await prompts.create({
    title: 'Greet people',
    slug: 'team/greet',
    content: 'Hello {{ name }}',
    tags: ['kind', 'short'],
    category: 'Daily',
    config: { b: 1, '2': 2, '1': { z: 0, a: 1 } },
  });
  await prompts.update({ id, content: 'Hi {{ name }}', changeNote: 'Shorter', outputSchema: { type: 'object' } });
  await labels.move({ id, label: 'production', version: 1 });
  await labels.move({ id, label: 'production', version: 2, acceptBreaking: true, reason: 'Answers are JSON now' });
  await labels.move({ id, label: 'staging', version: 2 });
  await labels.protect({ id, label: 'production' });
  const chat = await prompts.create({
    title: 'chat',
    slug: 'chat',
    kind: 'chat',
    messages: [
      { role: 'system', content: 'Be {{ tone }}' },
      { type: 'placeholder', name: 'history' },
    ],
    inputSchema: { type: 'object', properties: { tone: { type: 'string', default: 'kind' } } },
  });
  await prompts.create({
    title: 'Loop',
    slug: 'loop',
    content: '{% for x in xs %}{{ x }}{% cycle "a", "b" %}{% endfor %}',
  });
  const group = await groups.create({ name: 'Mine', description: 'All' });
  for (const promptId of [chat.id, id]) await groups.addPrompt({ id: group.id, promptId });
  return author;
}

describe('files of other systems', () => {
  it('are one for each prompt, and name what they do not carry', async () => {
    const ann = await givenAuthor('ann');
    const items = await exported(ann, { format: 'dotprompt' });
    expect(filesIn(items).map(({ name, prompts }) => [name, prompts])).toEqual([
      ['team/greet.prompt', 1],
      ['chat.prompt', 1],
    ]);
    expect(items).toContainEqual(expect.objectContaining({ type: 'warning', ref: 'team/greet', within: 'category' }));
    expect(items).toContainEqual({
      type: 'warning',
      ref: 'loop',
      within: 'content',
      message: expect.stringMatching(/^Left out: The tag "cycle" .* \(line 1, column 25\)$/),
    });
    const bert = await givenPerson(services, { handle: 'bert' });
    const lines = items.map((item) => `${JSON.stringify(item)}\n`).join('');
    const again = await importAs(services, bert, lines, { type: 'application/x-ndjson' });
    expect(again.outcomes).toEqual(['created', 'created']);
    expect(await exported(bert, { format: 'dotprompt' })).toEqual(
      items.filter((item) => item.type === 'file' || (item.ref !== 'loop' && item.within !== 'category')),
    );
  });

  it('of Langfuse are all versions in one, with their labels', async () => {
    const cid = await givenAuthor('cid');
    const [file, ...others] = filesIn(await exported(cid, { format: 'langfuse' }));
    expect(others).toEqual([]);
    expect(JSON.parse(file?.content ?? '')).toMatchObject([
      { name: 'team/greet', version: 1, prompt: 'Hello {{name}}', labels: [], tags: ['kind', 'short'] },
      { name: 'team/greet', version: 2, labels: ['production', 'staging'], commitMessage: 'Shorter' },
      { name: 'chat', type: 'chat', prompt: [{ role: 'system' }, { type: 'placeholder', name: 'history' }] },
    ]);
    const dan = await givenPerson(services, { handle: 'dan' });
    expect((await importText(dan, file?.content ?? '')).outcomes).toEqual(['created', 'created']);
    expect((await as(dan).prompts.resolve({ ref: 'team/greet' })).version).toBe(2);
  });

  it('are what the filters leave, and what the caller may read', async () => {
    const eve = await givenAuthor('eve');
    const fay = await givenPerson(services, { handle: 'fay' });
    expect(filesIn(await exported(eve, { format: 'prompty', tag: ['kind'] })).map(({ name }) => name)).toEqual([
      'team/greet.prompty',
    ]);
    expect(await exported(fay, { format: 'prompty', scope: 'readable', owner: 'eve' })).toEqual([]);
    expect(await codeOf(exported(fay, { format: 'bundle', groupId: '01900000-0000-7000-8000-000000000001' }))).toBe(
      'group.not_found',
    );
  });
});

const key = bundleKeyOf(Buffer.alloc(32, 3));
const signedBundle = (bundle: object) => signedText(key, JSON.stringify(bundle), bundlePayload(bundle));

describe('a bundle', () => {
  it('moves no label to an answer that lacks what the one before promised, unless that is accepted', async () => {
    const answers = (...names: string[]) => ({
      type: 'object',
      properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
      required: names,
    });
    const given = async (handle: string) => {
      const person = await givenPerson(services, { handle });
      const made = { title: 'Sort', slug: 'sort', content: 'Sort', outputSchema: answers('mood', 'urgency') };
      const { id } = await as(person).prompts.create(made);
      await as(person).labels.move({ id, label: 'production', version: 1 });
      return { person, id };
    };
    const [theirs, mine] = [await given('tess'), await given('vic')];
    await as(theirs.person).prompts.update({ id: theirs.id, outputSchema: answers('mood') });
    const move = { id: theirs.id, label: 'production', version: 2, acceptBreaking: true, reason: 'Announced' };
    await as(theirs.person).labels.move(move);
    const [bundle] = filesIn(await exported(theirs.person, { format: 'bundle' }));
    const text = bundle?.content ?? '';
    expect((await importText(mine.person, text)).events[0]).toMatchObject({ code: 'prompt.breaking_change' });
    expect(await as(mine.person).prompts.resolve({ ref: 'sort' })).toMatchObject({ version: 1 });
    const accepted = { type: 'text/plain', acceptBreaking: true, reason: 'Known' } as const;
    expect((await importAs(services, mine.person, text, accepted)).outcomes).toEqual(['updated']);
    const { items } = await as(mine.person).labels.history({ id: mine.id, label: 'production' });
    expect(items[0]).toMatchObject({ from: 1, to: 2, isBreaking: true, reason: 'Known', movedBy: { handle: 'vic' } });
  });

  const without = (content: string, names: readonly string[]) =>
    JSON.parse(content, (name, value) => (names.includes(name) ? undefined : value));
  const theirs = ['id', 'ref', 'author', 'movedBy', 'createdAt', 'signature', 'groups'];

  it('makes the same prompts elsewhere, with versions, labels, their history and its times', async () => {
    const gil = await givenAuthor('gil');
    const hal = await givenPerson(services, { handle: 'hal' });
    const [bundle] = filesIn(await exported(gil, { format: 'bundle' }));
    expect(bundle).toMatchObject({ name: 'promptory-bundle.json', prompts: 3 });
    services.clock.advance(86_400_000);
    const first = await importText(hal, bundle?.content ?? '');
    expect(first.events.at(-1)).toMatchObject({ created: 3, file: { format: 'bundle' } });
    const [again] = filesIn(await exported(hal, { format: 'bundle' }));
    const names = [...theirs.filter((name) => name !== 'createdAt')];
    const of = (content: string) => without(content, names).prompts;
    expect(of(again?.content ?? '')).toEqual(of(bundle?.content ?? ''));
    const { items } = await as(hal).prompts.list({ q: 'greet' });
    const history = await as(hal).labels.history({ id: items[0]?.id ?? '', label: 'production' });
    expect(history.items.map(({ from, to, isBreaking, reason }) => [from, to, isBreaking, reason])).toEqual([
      [1, 2, true, 'Answers are JSON now'],
      [null, 1, false, null],
    ]);
    expect((await importText(hal, bundle?.content ?? '')).outcomes).toEqual(['unchanged', 'unchanged', 'unchanged']);
    expect((await importText(gil, bundle?.content ?? '')).outcomes).toEqual(['unchanged', 'unchanged', 'unchanged']);
  });

  it('says which versions its prompts include, for whoever renders them without a server', async () => {
    const pia = await givenPerson(services, { handle: 'pia' });
    const tone = await as(pia).prompts.create({ title: 'Tone', slug: 'tone', content: 'Be kind.' });
    const content = "{% render 'tone' %} {{ question }}";
    await as(pia).prompts.create({ title: 'Answer', slug: 'answer', content });
    await as(pia).prompts.update({ id: tone.id, content: 'Be brief.' });
    const [bundle] = filesIn(await exported(pia, { format: 'bundle' }));
    const [first, second] = JSON.parse(bundle?.content ?? '').prompts;
    expect(second.versions[0].includes).toEqual([{ name: 'tone', promptId: tone.id, version: 1 }]);
    expect(first.versions[0].includes).toBeUndefined();
    expect((await importText(pia, bundle?.content ?? '')).outcomes).toEqual(['unchanged', 'unchanged']);
  });

  it('leads its references to the versions that they led to, also where others of those names are there', async () => {
    const quin = await givenPerson(services, { handle: 'quin' });
    const rex = await givenPerson(services, { handle: 'rex' });
    const answer = await as(quin).prompts.create({ title: 'Answer', slug: 'answer', content: 'x' });
    const tone = await as(quin).prompts.create({ title: 'Tone', slug: 'tone', content: 'Be kind.' });
    await as(quin).prompts.update({ id: answer.id, content: "{% render 'tone' %}" });
    await as(quin).prompts.update({ id: tone.id, content: 'Be brief.' });
    const own = await as(rex).prompts.create({ title: 'Tone', slug: 'tone', content: 'Be loud.' });
    const [bundle] = filesIn(await exported(quin, { format: 'bundle' }));
    expect((await importText(rex, bundle?.content ?? '')).outcomes).toEqual(['created', 'updated']);
    const made = await as(rex).prompts.resolve({ ref: 'answer@latest' });
    expect(await as(rex).prompts.render({ id: made.promptId, inputs: {} })).toMatchObject({ text: 'Be kind.' });
    expect((await as(rex).prompts.get({ id: own.id })).content).toBe('Be brief.');
    expect((await importText(rex, bundle?.content ?? '')).outcomes).toEqual(['unchanged', 'unchanged']);
    expect((await as(rex).prompts.resolve({ ref: 'answer@latest' })).version).toBe(made.version);
    expect((await as(rex).prompts.get({ id: own.id })).version).toBe(3);
  });

  it('puts its prompts into groups of their own, and into none that others see', async () => {
    const sue = await givenAuthor('sue');
    const tim = await givenPerson(services, { handle: 'tim' });
    const [bundle] = filesIn(await exported(sue, { format: 'bundle' }));
    const content = bundle?.content ?? '';
    const groupsOf = async (person: Person) => (await as(person).groups.list({})).items;
    expect((await importText(tim, content, { dryRun: true })).outcomes).toEqual(['created', 'created', 'created']);
    expect(await groupsOf(tim)).toEqual([]);
    expect((await importText(tim, content)).outcomes).toEqual(['created', 'created', 'created']);
    const [made, ...others] = await groupsOf(tim);
    expect([made, others]).toMatchObject([{ name: 'Mine', description: 'All', role: 'owner', promptCount: 2 }, []]);
    const slugs = (await as(tim).groups.get({ id: made?.id ?? '' })).prompts.map(({ prompt }) => prompt.slug);
    expect(slugs).toEqual(['chat', 'team/greet']);
    expect((await importText(tim, content)).outcomes).toEqual(['unchanged', 'unchanged', 'unchanged']);
    const uma = await givenPerson(services, { handle: 'uma' });
    const shared = await as(uma).groups.create({ name: 'Mine' });
    await as(uma).members.add({ id: shared.id, handle: 'tim', role: 'viewer' });
    const imported = await importText(uma, content);
    expect(imported.outcomes).toEqual(['created', 'created', 'created']);
    expect(imported.events.slice(0, 2)).toMatchObject([
      { warnings: [{ message: expect.stringContaining('"Mine": it has members') }] },
      { warnings: [{ message: expect.stringContaining('"Mine": it has members') }] },
    ]);
    expect(await groupsOf(uma)).toMatchObject([{ promptCount: 0 }]);
  });

  it('is refused once any of its bytes is another', async () => {
    const ida = await givenAuthor('ida');
    const jon = await givenPerson(services, { handle: 'jon' });
    const [bundle] = filesIn(await exported(ida, { format: 'bundle', tag: ['kind'] }));
    const content = bundle?.content ?? '';
    for (const changed of [` ${content}`, content.replace('Hello', 'Hullo'), content.replace('"kind",', '')]) {
      expect(await codeOf(importText(jon, changed))).toBe('import.unreadable');
    }
    expect((await importText(jon, content)).outcomes).toEqual(['created']);
  });
});

describe('labels of a bundle', () => {
  const move = (label: string) => ({ label, from: null, to: 1, movedBy: 'nat', reason: null, isBreaking: false });

  it('are those of its history, and no more than a prompt may have', async () => {
    const nat = await givenAuthor('nat');
    const oto = await givenPerson(services, { handle: 'oto' });
    const [bundle] = filesIn(await exported(nat, { format: 'bundle', q: 'chat' }));
    const { signature: _, ...signed } = JSON.parse(bundle?.content ?? '');
    const withLabels = (moved: readonly string[], held: readonly string[]) => {
      const moves = moved.map((label) => ({ ...move(label), movedAt: signed.createdAt }));
      const labels = held.map((label) => ({ label, version: 1, isProtected: false }));
      return signedBundle({ ...signed, groups: [], prompts: [{ ...signed.prompts[0], moves, labels }] });
    };
    const many = Array.from({ length: 51 }, (_each, index) => `l${index}`);
    const of = async (text: Promise<string>) => (await importText(oto, await text)).events[0];
    expect(await of(withLabels(many, []))).toMatchObject({ outcome: 'failed', code: null });
    expect(await of(withLabels(many, many))).toMatchObject({ outcome: 'failed', code: 'quota.exceeded' });
    expect(await of(withLabels(many.slice(1), many.slice(1)))).toMatchObject({ outcome: 'created' });
  });
});

describe('an alias', () => {
  it('leads to the prompt of whoever imported it, where no slug is meant', async () => {
    const kim = await givenPerson(services, { handle: 'kim' });
    const lea = await givenPerson(services, { handle: 'lea' });
    const stored = (id: string) => JSON.stringify({ id, name: 'Answer', instructions: 'Be {{tone}}.' });
    await importText(kim, stored('pmpt_1'));
    expect(await as(kim).prompts.resolve({ ref: 'pmpt_1' })).toMatchObject({ slug: 'answer', label: 'production' });
    const { results } = await as(kim).prompts.resolveMany({ refs: ['pmpt_1@latest', 'pmpt_2'] });
    expect(results).toMatchObject([{ outcome: 'resolved', prompt: { slug: 'answer' } }, { outcome: 'refused' }]);
    expect(await codeOf(as(lea).prompts.resolve({ ref: 'pmpt_1' }))).toBe('prompt.not_found');
    const own = await as(kim).prompts.create({ title: 'Own', slug: 'pmpt_1', content: 'x' });
    expect(await as(kim).prompts.resolve({ ref: 'pmpt_1@latest' })).toMatchObject({ promptId: own.id });
  });
});
