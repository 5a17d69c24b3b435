import { measuredQueries } from '@promptory/db/testing';
import { link, parse, render } from '@promptory/template';
import { describe, expect, it } from 'vitest';
import { importAs } from '../../../test/harness/transfers.ts';
import {
  callersOf,
  codeOf,
  collect,
  errorOf,
  givenApi,
  givenGroup,
  givenKeyPrincipal,
  givenPerson,
} from '../../../test/index.ts';

const { pool, services, cast, as } = await givenApi();
const { alice, bob, mallory } = cast;

type Parts = Partial<Parameters<ReturnType<typeof as>['prompts']['create']>[0]>;
let count = 0;
const nextSlug = () => {
  count += 1;
  return `s-${count}`;
};
/** A prompt under a slug of its own, and how a text includes it. */
async function given(content: string, { slug = nextSlug(), ...parts }: Parts & { slug?: string } = {}, owner = alice) {
  const { id } = await as(owner).prompts.create({ title: slug, content, slug, ...parts });
  return { id, slug, tag: `{% render '${slug}' %}` };
}
const textOf = async (id: string, inputs = {}, who: Parameters<typeof as>[0] = alice) =>
  (await as(who).prompts.render({ id, inputs })).text;
const faultOf = async (id: string, who: Parameters<typeof as>[0] = alice) =>
  (await as(who).prompts.get({ id })).templateFault;

describe('what a prompt includes', () => {
  it('is pinned at the version that is there when it is saved, by production where that is set', async () => {
    const tone = await given('Be kind, {{ name }}.');
    const prompt = await given(`${tone.tag} Answer {{ question }}.`);
    await as(alice).prompts.update({ id: tone.id, content: 'Be rude, {{ name }} {{ how }}.' });
    const inputs = { name: 'Ann', question: 'why' };
    expect(await textOf(prompt.id, inputs)).toBe('Be kind, Ann. Answer why.');
    await as(alice).prompts.update({ id: prompt.id, content: `${tone.tag} Say {{ question }}.` });
    expect(await textOf(prompt.id, { ...inputs, how: 'now' })).toBe('Be rude, Ann now. Say why.');
    await as(alice).labels.move({ id: tone.id, label: 'production', version: 1 });
    await as(alice).prompts.update({ id: prompt.id, content: `${tone.tag} Ask {{ question }}.` });
    expect(await textOf(prompt.id, inputs)).toBe('Be kind, Ann. Ask why.');
    const numbered = await given(`{% render '${tone.slug}#2' %}`);
    expect(await textOf(numbered.id, { name: 'A', how: 'b' })).toBe('Be rude, A b.');
    // Saved again without another text, and restored, it includes what it did.
    await as(alice).prompts.update({ id: numbered.id, content: `{% render '${tone.slug}#2' %}`, tags: ['a'] });
    await as(alice).versions.restore({ id: prompt.id, version: 1 });
    expect(await textOf(prompt.id, inputs)).toBe('Be kind, Ann. Answer why.');
    const copy = await as(alice).prompts.duplicate({ id: prompt.id, version: 2 });
    expect(await textOf(copy.id, { ...inputs, how: 'now' })).toBe('Be rude, Ann now. Say why.');
  });

  it('follows a label from then on, in what it says and in what it takes', async () => {
    const tone = await given('{{ one }}');
    await as(alice).prompts.update({ id: tone.id, content: '{{ two }}' });
    await as(alice).labels.move({ id: tone.id, label: 'production', version: 1 });
    const prompt = await given(`{% render '${tone.slug}@production' %}`);
    const required = async () => (await as(alice).prompts.get({ id: prompt.id })).signature?.inputs.required;
    expect([await required(), await textOf(prompt.id, { one: 1 })]).toEqual([['one'], '1']);
    const move = { id: tone.id, label: 'production', version: 2, acceptBreaking: true, reason: 'Now' };
    await as(alice).labels.move(move);
    expect([await required(), await textOf(prompt.id, { two: 2 })]).toEqual([['two'], '2']);
    await as(alice).labels.remove({ id: tone.id, label: 'production' });
    expect(await faultOf(prompt.id)).toMatchObject({ code: 'include', line: 1, column: 1 });
  });

  it('brings its inputs, with what its author declares of them, but for those that are given as parameters', async () => {
    const properties = { tone: { enum: ['kind', 'cool'], default: 'kind' }, name: { description: 'Of a person' } };
    const tone = await given('{{ tone }} {{ name }}', { inputSchema: { type: 'object', properties } });
    const prompt = await given(`${tone.tag}{% render '${tone.slug}', name: user.name %}`);
    const { signature } = await as(alice).prompts.get({ id: prompt.id });
    expect(signature?.inputs).toMatchObject({
      properties: { tone: properties.tone, name: properties.name, user: { required: ['name'] } },
      required: ['name', 'user'],
    });
    expect(await textOf(prompt.id, { name: 'A', user: { name: 'B' } })).toBe('kind Akind B');
    const only = await given(`{% render '${tone.slug}', name: user.name %}`);
    const inputs = (await as(alice).prompts.get({ id: only.id })).signature?.inputs;
    expect(Object.keys(Object(inputs?.properties))).toEqual(['tone', 'user']);
  });

  it('is found by the slugs of its owner, and by handle, in messages too', async () => {
    const sue = await givenPerson(services);
    const hers = await given('Hers', { visibility: 'public' }, sue);
    const messages = [
      { role: 'system' as const, content: 'Hi' },
      { role: 'user' as const, content: `{% render '${sue.handle}/${hers.slug}' %}` },
    ];
    const { id } = await as(alice).prompts.create({ title: 'Chat', messages, kind: 'chat' });
    const rendered = await as(alice).prompts.render({ id });
    expect(rendered.messages?.[1]).toEqual({ role: 'user', content: 'Hers' });
  });

  it('is sent with what a reference names, so that a client renders it', async () => {
    const end = await given('{{ end }}');
    const tone = await given(`Be {{ tone }}. ${end.tag}`);
    const prompt = await given(`${tone.tag}${end.tag}`);
    const found = await as(alice).prompts.resolve({ ref: `${prompt.slug}@latest` });
    const of = ({ id, slug }: { id: string; slug: string }) => ({ name: slug, promptId: id, version: 1 });
    const text = ({ id, slug }: { id: string; slug: string }) => ({ promptId: id, version: 1, ref: `alice/${slug}` });
    expect(found.includes).toHaveLength(2);
    expect(found.includes).toEqual(expect.arrayContaining([of(tone), of(end)]));
    expect(found.included).toHaveLength(2);
    expect(found.included).toEqual(
      expect.arrayContaining([
        { ...text(end), content: '{{ end }}', includes: [] },
        { ...text(tone), content: `Be {{ tone }}. ${end.tag}`, includes: [of(end)] },
      ]),
    );
    const key = ({ promptId, version }: { promptId: string; version: number }) => `${promptId}#${version}`;
    const linked = link(parse(found.content), (name, within) => {
      const by = within === undefined ? found : found.included.find((each) => key(each) === within);
      const to = by?.includes.find((each) => each.name === name);
      const text = to && found.included.find((each) => key(each) === key(to));
      return text && { key: key(text), source: text.content };
    });
    const values = { tone: 'kind', end: 'Bye' };
    expect(render(linked, values, found.signature?.inputs as never)).toBe(await textOf(prompt.id, values));
    const many = await as(alice).prompts.resolveMany({ refs: [`${prompt.slug}@latest`, `${end.slug}@latest`] });
    expect(many.results).toMatchObject([{ prompt: found }, { prompt: { includes: [], included: [] } }]);
  });
});

describe('what cannot be included', () => {
  it('is a fault at its place, until it is there and the prompt is saved again', async () => {
    const slug = 'not-yet-there';
    const content = `One\n  {% render '${slug}' %}`;
    const { id } = await as(alice).prompts.create({ title: 'Early', content });
    expect(await faultOf(id)).toMatchObject({
      code: 'include',
      line: 2,
      column: 3,
      message: expect.stringContaining(slug),
    });
    expect(await codeOf(as(alice).prompts.render({ id }))).toBe('prompt.template_invalid');
    await as(alice).prompts.create({ title: 'Late', slug, content: 'here' });
    expect(await faultOf(id)).not.toBeNull();
    expect(await as(alice).prompts.update({ id, content })).toMatchObject({ version: 1, templateFault: null });
    expect(await textOf(id)).toBe('One\n  here');
    const { id: chat, slug: ofChat } = await as(alice).prompts.create({
      ...{ title: 'Chat', kind: 'chat', messages: [{ role: 'user', content: 'x' }] },
    });
    expect(chat).not.toBeNull();
    expect(await faultOf((await given(`{% render '${ofChat}' %}`)).id)).toMatchObject({ code: 'include' });
  });

  it('is refused where prompts include themselves, or lie more than five deep, with the place', async () => {
    const one = await given('x');
    const two = await given(`{% render '${one.slug}@latest' %}`);
    const cycle = await errorOf(as(alice).prompts.update({ id: one.id, content: `a\n${two.tag}` }));
    expect(cycle.errors).toMatchObject([{ path: 'content', message: expect.stringContaining('t line 2, column 1') }]);
    expect(await codeOf(given("{% render 'of-itself' %}", { slug: 'of-itself' }))).toBe('request.invalid');
    let last = await given('end');
    for (let depth = 0; depth < 5; depth += 1) last = await given(last.tag);
    expect(await textOf(last.id)).toBe('end');
    expect(await codeOf(given(last.tag))).toBe('request.invalid');
    // What comes about by a label afterwards is a fault.
    const [left, right] = [await given('l'), await given('r')];
    for (const { id } of [left, right]) await as(alice).labels.move({ id, label: 'beta', version: 1 });
    await as(alice).prompts.update({ id: left.id, content: `{% render '${right.slug}@beta' %}` });
    await as(alice).prompts.update({ id: right.id, content: `{% render '${left.slug}@beta' %}` });
    await as(alice).labels.move({ id: left.id, label: 'beta', version: 2 });
    await as(alice).labels.move({ id: right.id, label: 'beta', version: 2 });
    expect(await faultOf(left.id)).toMatchObject({
      code: 'include',
      message: expect.stringContaining('includes itself'),
    });
  });

  it('is looked for no further than a prompt may include, however many include one another', async () => {
    const owner = await givenPerson(services);
    const slugs = Array.from({ length: 80 }, (_, index) => `web-${index}`);
    const content = slugs.map((slug) => `{% render '${slug}@latest' %}`).join('');
    const { results } = await as(owner).prompts.createMany({
      prompts: slugs.map((slug) => ({ title: slug, slug, content })),
    });
    const { rows } = await pool.query(
      `SELECT DISTINCT count(*)::integer FROM prompt_includes JOIN prompts ON prompts.id = prompt_id
        WHERE user_id = $1 GROUP BY prompt_id`,
      [owner.id],
    );
    expect(rows).toEqual([{ count: 51 }]);
    const [first] = results;
    if (first?.outcome !== 'created') throw new Error('A prompt was not made.');
    await pool.query('ANALYZE prompts, prompt_versions, prompt_includes');
    const measured = measuredQueries(pool);
    const asks = callersOf({ ...services, db: measured.db }).as(owner.principal);
    expect((await asks.prompts.get({ id: first.id })).templateFault).toMatchObject({ code: 'include' });
    expect(measured.take().rows).toBeLessThan(40_000);
  });

  it('is what a reader may not read, today, by another person and by a key of one group', async () => {
    const hidden = await given('secret {{ word }}');
    const prompt = await given(hidden.tag, { visibility: 'public' });
    expect(await textOf(prompt.id, { word: 1 })).toBe('secret 1');
    const refused = await as(mallory).prompts.get({ id: prompt.id });
    expect(refused).toMatchObject({ signature: null, templateFault: { code: 'include' } });
    expect(refused.templateFault?.message).toContain(hidden.slug);
    expect(await codeOf(as(mallory).prompts.render({ id: prompt.id, inputs: { word: 1 } }))).toBe(
      'prompt.template_invalid',
    );
    const resolved = await as(mallory).prompts.resolve({ ref: `alice/${prompt.slug}@latest` });
    expect([resolved.includes, resolved.included, JSON.stringify(resolved).includes('secret')]).toEqual([
      [],
      [],
      false,
    ]);
    await as(alice).prompts.update({ id: hidden.id, visibility: 'public' });
    expect(await textOf(prompt.id, { word: 1 }, mallory)).toBe('secret 1');
    await as(alice).prompts.update({ id: hidden.id, visibility: 'private' });
    expect(await faultOf(prompt.id, mallory)).toMatchObject({ code: 'include' });
    expect(await faultOf(prompt.id)).toBeNull();
    const groupId = await givenGroup(services, { owner: alice, promptIds: [prompt.id] });
    const key = callersOf(services).as(await givenKeyPrincipal(services, alice, ['prompts:read'], groupId));
    expect((await key.prompts.get({ id: prompt.id })).templateFault).toMatchObject({ code: 'include' });
  });

  it('stays what it was where an editor who may not read it changes the rest', async () => {
    const hidden = await given('secret');
    const prompt = await given(`${hidden.tag} a`);
    await givenGroup(services, { owner: alice, promptIds: [prompt.id], editors: [bob] });
    await as(bob).prompts.update({ id: prompt.id, content: `${hidden.tag} b` });
    expect(await textOf(prompt.id)).toBe('secret b');
    expect(await codeOf(as(bob).prompts.render({ id: prompt.id }))).toBe('prompt.template_invalid');
  });

  it('is read by workers where many are saved at once, however short they are', async () => {
    const tasks: string[] = [];
    const workers: typeof services.workers = {
      run: async (name, ...input) => {
        tasks.push(name);
        return services.workers.run(name, ...input);
      },
    };
    const { prompts } = callersOf({ ...services, workers }).as(alice.principal);
    const [one, other] = [nextSlug(), nextSlug()].map((slug) => ({
      title: slug,
      slug,
      content: `{% render '${slug}-x' %}`,
    }));
    if (one === undefined || other === undefined) throw new Error('There are two.');
    await prompts.createMany({ prompts: [one, other] });
    expect(tasks).toEqual(['includesIn', 'includesIn']);
    await prompts.create({ title: 'Alone', content: "{% render 'x' %}" });
    expect(tasks).toHaveLength(2);
  });

  it('is never read by a worker within a transaction that others wait for', async () => {
    const open: number[] = [];
    const workers: typeof services.workers = {
      run: async (name, ...input) => {
        const { rows } = await pool.query<{ open: number }>(
          `SELECT count(*)::integer AS open FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'`,
        );
        open.push(rows[0]?.open ?? -1);
        return services.workers.run(name, ...input);
      },
    };
    const { prompts } = callersOf({ ...services, workers }).as(alice.principal);
    const tone = await given('Be kind.');
    const long = (text: string) => `${tone.tag}${text.repeat(5_000)}`;
    const { id, signature } = await prompts.create({ title: 'Long', content: long('a') });
    expect(signature).not.toBeNull();
    const asked = [open.length];
    // Its text is known only once the prompt is locked.
    await prompts.update({ id, title: 'Longer' });
    asked.push(open.length);
    await prompts.update({ id, content: long('b') });
    asked.push(open.length);
    await prompts.updateMany({ prompts: [{ id, content: long('c') }] });
    asked.push(open.length);
    await prompts.createMany({ prompts: [{ title: 'One of many', content: long('d') }] });
    asked.push(open.length);
    const table = `title,content\nOf a table,"${long('e')}"\n`;
    await importAs({ ...services, workers }, alice, table);
    asked.push(open.length);
    const [author, other] = [await givenPerson(services), await givenPerson(services)];
    await as(author).prompts.create({ title: 'Bundled', content: long('f') });
    const bundle = await collect(
      await callersOf(services).as(author.principal).transfer.exportFiles({ scope: 'mine', format: 'bundle' }),
    );
    const [file = ''] = bundle.flatMap((item) => (item.type === 'file' ? [item.content] : []));
    const { outcomes } = await importAs({ ...services, workers }, other, file, { type: 'text/plain' });
    asked.push(open.length);
    expect(outcomes).toEqual(['created']);
    expect(asked.every((count, at) => count > (asked[at - 1] ?? 0))).toBe(true);
    expect(Math.max(...open)).toBe(0);
  });

  it('is found by the aliases of its owner, whoever edits it', async () => {
    const [hers, his] = [await given('hers', { visibility: 'public' }), await given('his', {}, bob)];
    for (const [owner, { id }] of [
      [alice, hers],
      [bob, his],
    ] as const) {
      const alias = `INSERT INTO prompt_aliases (user_id, alias, prompt_id, created_at) VALUES ($1, 'pmpt_1', $2, now())`;
      await pool.query(alias, [owner.id, id]);
    }
    const prompt = await given('a');
    await givenGroup(services, { owner: alice, promptIds: [prompt.id], editors: [bob] });
    await as(bob).prompts.update({ id: prompt.id, content: "{% render 'pmpt_1' %}" });
    expect(await textOf(prompt.id)).toBe('hers');
  });

  it('says by whom it is included, of those that the caller may read', async () => {
    const tone = await given('x', { visibility: 'public' });
    const [pinned, followed] = [
      await given(tone.tag, { visibility: 'public' }),
      await given(`{% render '${tone.slug}@beta' %}`),
    ];
    await as(alice).prompts.update({ id: pinned.id, content: 'without' });
    const { items, nextCursor } = await as(alice).prompts.includers({ id: tone.id, limit: 1 });
    const of = { version: 1, name: `${tone.slug}@beta`, pinned: null, label: 'beta', isLatest: true };
    expect(items).toEqual([{ promptId: followed.id, ref: `alice/${followed.slug}`, title: followed.slug, ...of }]);
    const next = await as(alice).prompts.includers({ id: tone.id, cursor: nextCursor ?? '' });
    expect(next).toMatchObject({ items: [{ promptId: pinned.id, pinned: 1, isLatest: false }], nextCursor: null });
    expect((await as(mallory).prompts.includers({ id: tone.id })).items).toHaveLength(1);
    expect(await codeOf(as(mallory).prompts.includers({ id: followed.id }))).toBe('prompt.not_found');
  });

  it('is what was deleted and purged, which breaks nothing else', async () => {
    const gone = await given('gone');
    const prompt = await given(gone.tag);
    await as(alice).prompts.delete({ id: gone.id });
    expect(await faultOf(prompt.id)).toMatchObject({ code: 'include' });
    await as(alice).prompts.restore({ id: gone.id });
    expect(await textOf(prompt.id)).toBe('gone');
    await pool.query('DELETE FROM prompts WHERE id = $1', [gone.id]);
    expect(await faultOf(prompt.id)).toMatchObject({ code: 'include' });
  });
});
