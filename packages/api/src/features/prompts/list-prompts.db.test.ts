import { seededRandom } from '@promptory/db/testing';
import type { ListPromptsInput, Prompt } from '@promptory/schemas';
import { beforeAll, describe, expect, it } from 'vitest';
import { callersOf, codeOf, givenApi, givenGroup, keyPrincipal } from '../../../test/index.ts';
import { writeUsage } from '../../domain/usage/write-usage.ts';

const { db, services, cast, as } = await givenApi();
let groupId: string;
/** Everything that lives, as an admin sees it. */
const all: Prompt[] = [];
const uses = new Map<string, number>();

type Listing = Partial<Omit<ListPromptsInput, 'cursor'>>;
beforeAll(async () => {
  const random = seededRandom(7);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  for (let index = 0; index < 120; index += 1) {
    services.clock.advance(index % 3 === 0 ? 0 : 1_000);
    const owner = pick([cast.alice, cast.alice, cast.bob, cast.mallory]);
    const { id } = await as(owner).prompts.create({
      title: `${pick(['Red', 'green', 'Blue', 'Équipe'])} ${pick(['fox', 'lamp', 'Song'])} ${index % 40}`,
      content: pick(['About the moon', 'About rivers', '100% pure C:\\dir_name; DROP']),
      category: pick([null, 'Art', 'Work']),
      tags: ['a', 'b', 'c'].filter(() => random() < 0.5),
      isTemplate: random() < 0.3,
      visibility: pick(['private', 'private', 'public']),
    });
    uses.set(id, Math.floor(random() * 4));
  }
  const owned = await as(cast.alice).prompts.list({ owner: 'me', visibility: 'private', limit: 100 });
  groupId = await givenGroup(services, {
    owner: cast.alice,
    editors: [cast.bob],
    viewers: [cast.carol],
    promptIds: owned.items.slice(0, 15).map(({ id }) => id),
  });
  const [trashed] = owned.items.slice(-1);
  if (trashed !== undefined) await as(cast.alice).prompts.delete({ id: trashed.id });
  await writeUsage(
    db,
    [...uses].flatMap(([promptId, count]) =>
      Array.from({ length: count }, () => ({
        promptId,
        version: 1,
        userId: cast.alice.id,
        apiKeyId: null,
        kind: 'read' as const,
        consumer: 'web',
        occurredAt: new Date(),
      })),
    ),
  );
  all.push(...(await walk(cast.root, {})));
  for (const { id } of all.slice(0, 12))
    await as(cast.carol)
      .favorites.add({ promptId: id })
      .catch(() => undefined);
});

/** Every page of a list, in its order. */
async function walk(person: Parameters<typeof as>[0], input: Listing): Promise<Prompt[]> {
  const seen: Prompt[] = [];
  let cursor: string | undefined;
  do {
    const page = await as(person).prompts.list({ limit: 7, ...input, ...(cursor === undefined ? {} : { cursor }) });
    seen.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return seen;
}

const ids = (prompts: readonly Prompt[]): string[] => prompts.map(({ id }) => id);
const readableBy = {
  alice: (prompt: Prompt) => prompt.owner.handle === 'alice' || prompt.visibility === 'public',
  mallory: (prompt: Prompt) => prompt.owner.handle === 'mallory' || prompt.visibility === 'public',
};

describe('a list', () => {
  it('holds what each caller may read, each prompt once, the last changed first', async () => {
    expect(all).toHaveLength(119);
    const order = (a: Prompt, b: Prompt) => (a.updatedAt + a.id < b.updatedAt + b.id ? 1 : -1);
    for (const name of ['alice', 'mallory'] as const) {
      const expected = all.filter(readableBy[name]).sort(order);
      expect(ids(await walk(cast[name], {}))).toEqual(ids(expected));
    }
    const shared = (await as(cast.carol).prompts.list({ groupId, limit: 100 })).items;
    expect(shared).toHaveLength(15);
    const expected = all.filter(
      (prompt) => prompt.visibility === 'public' || shared.some(({ id }) => id === prompt.id),
    );
    expect(ids(await walk(cast.carol, {}))).toEqual(ids(expected.sort(order)));
  });

  const filters: [string, Listing, (prompt: Prompt) => boolean][] = [
    ['category', { category: 'Art' }, (prompt) => prompt.category === 'Art'],
    ['tag', { tag: ['a'] }, (prompt) => prompt.tags.includes('a')],
    ['all of several tags', { tag: ['a', 'b', 'a'] }, ({ tags }) => tags.includes('a') && tags.includes('b')],
    ['being a template', { isTemplate: true }, (prompt) => prompt.isTemplate],
    ['being no template', { isTemplate: false }, (prompt) => !prompt.isTemplate],
    ['own', { owner: 'me' }, (prompt) => prompt.owner.handle === 'mallory'],
    ['owner', { owner: 'alice' }, (prompt) => prompt.owner.handle === 'alice'],
    ['unknown owner', { owner: 'nobody' }, () => false],
    ['visibility', { visibility: 'private' }, (prompt) => prompt.visibility === 'private'],
    [
      'several at once',
      { category: 'Work', tag: ['c'], owner: 'bob' },
      ({ category, tags, owner }) => category === 'Work' && tags.includes('c') && owner.handle === 'bob',
    ],
  ];
  it.each(filters)('filters by %s', async (_, input, matches) => {
    const readable = all.filter(readableBy.mallory);
    const listed = await walk(cast.mallory, input);
    expect(ids(listed).sort()).toEqual(ids(readable.filter(matches)).sort());
    expect(new Set(ids(listed)).size).toBe(listed.length);
  });

  it('filters by favourite', async () => {
    const marked = await walk(cast.carol, { favorite: true });
    expect(marked.length).toBeGreaterThan(0);
    expect(marked.every((prompt) => prompt.isFavorite)).toBe(true);
    const others = await walk(cast.carol, { favorite: false });
    expect(others.some((prompt) => prompt.isFavorite)).toBe(false);
    expect(marked.length + others.length).toBe((await walk(cast.carol, {})).length);
  });

  it('filters by group, and knows no group that the caller may not read', async () => {
    expect(await walk(cast.bob, { groupId })).toHaveLength(15);
    expect(await codeOf(as(cast.mallory).prompts.list({ groupId }))).toBe('group.not_found');
    const key = { principal: keyPrincipal(cast.bob, ['prompts:read'], groupId) };
    expect(ids(await walk(key, {})).sort()).toEqual(ids(await walk(cast.bob, { groupId })).sort());
  });

  it.each([
    ['updated', (prompt: Prompt) => prompt.updatedAt, -1],
    ['created', (prompt: Prompt) => prompt.createdAt, -1],
    ['usage', (prompt: Prompt) => uses.get(prompt.id) ?? 0, -1],
  ] as const)('sorts by %s through all pages', async (sort, keyOfPrompt: (prompt: Prompt) => string | number, sign) => {
    const listed = await walk(cast.alice, { sort });
    expect(ids(listed).sort()).toEqual(ids(all.filter(readableBy.alice)).sort());
    const values = listed.map(keyOfPrompt);
    expect(values).toEqual([...values].sort((a, b) => (a === b ? 0 : a < b ? -sign : sign)));
  });

  it('sorts by title without case and accents', async () => {
    const listed = await walk(cast.alice, { sort: 'title' });
    const first = listed.map(({ title }) => title.split(' ')[0]);
    expect([...new Set(first)]).toEqual(['Blue', 'Équipe', 'green', 'Red']);
    expect(new Set(ids(listed)).size).toBe(all.filter(readableBy.alice).length);
  });

  it('of templates holds templates only', async () => {
    const { items } = await as(cast.alice).prompts.templates({ limit: 100 });
    expect(ids(items).sort()).toEqual(ids(all.filter(readableBy.alice).filter(({ isTemplate }) => isTemplate)).sort());
  });
});

describe('what a list says of each prompt', () => {
  it('is where its labels point, twenty of them by name, and to who may see its usage when it was last used', async () => {
    const owner = cast.alice;
    const { id } = await as(owner).prompts.create({ title: 'Labelled', content: 'One', visibility: 'public' });
    await as(owner).prompts.update({ id, content: 'Two' });
    const found = async (who: typeof owner) =>
      (await as(who).prompts.list({ q: 'Labelled' })).items.map(({ labels, lastUsedAt }) => ({ labels, lastUsedAt }));
    expect(await found(owner)).toEqual([{ labels: [], lastUsedAt: null }]);
    const names = Array.from({ length: 21 }, (_, at) => `label-${String(at).padStart(2, '0')}`);
    for (const label of names.toReversed()) await as(owner).labels.move({ id, label, version: 2 });
    await as(owner).labels.protect({ id, label: 'a-label-that-points-nowhere' });
    await as(owner).labels.move({ id, label: 'label-00', version: 1 });
    const occurredAt = new Date('2026-01-02T03:04:05.678Z');
    const use = { promptId: id, version: 1, userId: owner.id, apiKeyId: null, kind: 'read' as const, consumer: 'web' };
    await writeUsage(db, [{ ...use, occurredAt }]);
    const labels = names.slice(0, 20).map((label, at) => ({ label, version: at === 0 ? 1 : 2 }));
    for (const who of [owner, cast.root])
      expect(await found(who)).toEqual([{ labels, lastUsedAt: occurredAt.toISOString() }]);
    expect(await found(cast.mallory)).toEqual([{ labels, lastUsedAt: null }]);
    await as(owner).prompts.delete({ id });
    await as(owner).prompts.purge({ id });
  });
});

describe('a cursor', () => {
  it('is refused to another caller, under another filter or sort, and when it was changed', async () => {
    const { nextCursor } = await as(cast.alice).prompts.list({ limit: 3 });
    const cursor = nextCursor ?? '';
    const refused = 'request.cursor_invalid';
    expect(await codeOf(as(cast.alice).prompts.list({ limit: 9, cursor }))).toBe('ok');
    expect(await codeOf(as(cast.bob).prompts.list({ limit: 3, cursor }))).toBe(refused);
    expect(await codeOf(as(cast.alice).prompts.list({ limit: 3, cursor, category: 'Art' }))).toBe(refused);
    expect(await codeOf(as(cast.alice).prompts.list({ limit: 3, cursor, sort: 'title' }))).toBe(refused);
    expect(await codeOf(as(cast.alice).prompts.templates({ limit: 3, cursor }))).toBe(refused);
    expect(await codeOf(as(cast.alice).prompts.list({ limit: 3, cursor: `${cursor.slice(0, -2)}AA` }))).toBe(refused);
  });
});

describe('a search', () => {
  it('pages by relevance without losing or repeating any', async () => {
    const whole = await as(cast.root).prompts.list({ q: 'red lamp', limit: 100 });
    expect(whole.items.length).toBeGreaterThan(7);
    expect(ids(await walk(cast.root, { q: 'red lamp' }))).toEqual(ids(whole.items));
    expect(whole.items[0]?.title).toMatch(/^Red lamp/);
  });

  it('takes every filter and sort', async () => {
    for (const sort of ['relevance', 'updated', 'created', 'title', 'usage'] as const) {
      const listed = await walk(cast.alice, { q: 'rivers', category: 'Work', sort });
      const expected = all
        .filter(readableBy.alice)
        .filter(({ content, category }) => /rivers/.test(content) && category === 'Work');
      expect(ids(listed).sort(), sort).toEqual(ids(expected).sort());
    }
  });

  it('shows nobody what it may not read, though the words are the same', async () => {
    for (const q of ['fox', 'moon', 'rivers', 'blue song', 'lampp']) {
      const visible = new Set(ids(all.filter(readableBy.mallory)));
      expect(
        (await walk(cast.mallory, { q })).filter(({ id }) => !visible.has(id)),
        q,
      ).toEqual([]);
    }
  });

  it('takes wildcards, operators and quotes as text', async () => {
    const own = as(cast.carol).prompts;
    const titles = ['Grow 100% now', 'snake_case names', 'C:\\temp paths', 'Semi;colon', 'C++ basics', "Rock 'n' roll"];
    for (const title of titles) await own.create({ title, content: 'x', visibility: 'private' });
    const find = async (q: string) => (await own.list({ q, owner: 'me' })).items.map(({ title }) => title);
    expect(await find('%')).toEqual(['Grow 100% now']);
    expect(await find('_')).toEqual(['snake_case names']);
    expect(await find('\\')).toEqual(['C:\\temp paths']);
    expect(await find(';')).toEqual(['Semi;colon']);
    expect((await find('100%'))[0]).toBe('Grow 100% now');
    expect((await find('C:\\temp'))[0]).toBe('C:\\temp paths');
    expect((await find('c++'))[0]).toBe('C++ basics');
    for (const q of ["'", '"', '""', '" "', '!', ':*', '&|!()', '<->', '-', '--x', '\\\\', "a'b:*", '(((']) {
      expect(await codeOf(own.list({ q })), q).toBe('ok');
    }
  });

  it('leaves out what a minus excludes and keeps a quoted phrase together', async () => {
    const own = as(cast.carol).prompts;
    await own.create({ title: 'Plain tale', content: 'a walrus and a carpenter', visibility: 'private' });
    await own.create({ title: 'Other tale', content: 'a carpenter and a walrus', visibility: 'private' });
    const find = async (q: string) => (await own.list({ q, owner: 'me' })).items.map(({ title }) => title).sort();
    expect(await find('walrus')).toEqual(['Other tale', 'Plain tale']);
    expect(await find('"walrus and a carpenter"')).toEqual(['Plain tale']);
    expect(await find('carpenter -plain')).toEqual(['Other tale']);
  });

  it('finds Chinese in titles and in content', async () => {
    const own = as(cast.carol).prompts;
    await own.create({ title: '论文降重指南', content: '请帮助我改写这段文字', visibility: 'private' });
    const find = async (q: string) => (await own.list({ q, owner: 'me' })).items.map(({ title }) => title);
    for (const q of ['论文', '指南', '文降', '改写', '论指', '"论文"', '论文 指南']) {
      expect(await find(q), q).toContain('论文降重指南');
    }
    expect(await find('改论')).toEqual([]);
  });

  it('is the same as no search when it is empty', async () => {
    expect(ids((await as(cast.alice).prompts.list({ q: '  ' })).items)).toEqual(
      ids((await as(cast.alice).prompts.list({})).items),
    );
  });

  it('counts against its own limit', async () => {
    const limiter = {
      consume: async (name: string) => ({ allowed: name !== 'search', retryAfterSeconds: 30 }),
    };
    const caller = callersOf(services).as(cast.alice.principal, { limiter });
    expect(await codeOf(caller.prompts.list({}))).toBe('ok');
    expect(await codeOf(caller.prompts.list({ q: 'fox' }))).toBe('limit.exceeded');
  });
});

describe('categories and tags', () => {
  it('count what the caller may read, by name', async () => {
    const countsOf = (names: string[]) =>
      [...new Set(names)].sort().map((name) => ({ name, promptCount: names.filter((other) => other === name).length }));
    const readable = all.filter(readableBy.mallory);
    const { categories, tags } = as(cast.mallory);
    expect((await categories.list({})).items).toEqual(countsOf(readable.flatMap(({ category }) => category ?? [])));
    expect((await tags.list({})).items).toEqual(countsOf(readable.flatMap((prompt) => prompt.tags)));
    const first = await tags.list({ limit: 2 });
    expect(first.items.map(({ name }) => name)).toEqual(['a', 'b']);
    expect((await tags.list({ limit: 2, cursor: first.nextCursor ?? '' })).items.map(({ name }) => name)).toEqual([
      'c',
    ]);
    expect((await categories.list({ q: 'AR' })).items.map(({ name }) => name)).toEqual(['Art']);
    expect((await categories.list({ q: '%' })).items).toEqual([]);
  });
});
