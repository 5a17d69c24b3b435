import type { ChatMessage, Prompt } from '@promptory/schemas';
import { beforeAll, describe, expect, it } from 'vitest';
import { collect, givenApi, givenPerson, givenPrompt, givenPrompts, type Person } from '../../test/index.ts';

/** Two mebibytes, less what stands around the items of a page. */
const PAGE_BYTES = 1984 * 1024;

const CHARACTERS = 190_000;
const COUNT = 12;
const long = 'words of a long text '.repeat(CHARACTERS / 20).slice(0, CHARACTERS);
const messages: ChatMessage[] = [{ role: 'user', content: long }];

const { services, as } = await givenApi();
let texts: Person;
let chats: Person;

beforeAll(async () => {
  texts = await givenPerson(services, { handle: 'texts' });
  chats = await givenPerson(services, { handle: 'chats' });
  for (let index = 0; index < COUNT; index += 1) {
    const isTemplate = true;
    const text = await givenPrompt(services, texts, `Long ${index}`, { content: long, isTemplate });
    const chat = await givenPrompt(services, chats, `Long ${index}`, { content: long, messages, isTemplate });
    await as(texts).favorites.add({ promptId: text.id });
    await as(chats).favorites.add({ promptId: chat.id });
    services.clock.advance(1_000);
  }
});

interface Page {
  readonly prompts: Prompt[];
  readonly nextCursor: string | null;
}
type List = (person: Person, input: { limit: number; cursor?: string }) => Promise<Page>;

const lists: [string, List][] = [
  ['prompts', async (person, input) => promptsOf(await as(person).prompts.list(input))],
  ['prompts by title', async (person, input) => promptsOf(await as(person).prompts.list({ ...input, sort: 'title' }))],
  ['a search', async (person, input) => promptsOf(await as(person).prompts.list({ ...input, q: 'long' }))],
  ['templates', async (person, input) => promptsOf(await as(person).prompts.templates(input))],
  ['favourites', async (person, input) => inside(await as(person).favorites.list(input))],
  ['the library', async (person, input) => inside(await as(person).library.list(input))],
];

const promptsOf = ({ items, nextCursor }: { items: Prompt[]; nextCursor: string | null }): Page => ({
  prompts: items,
  nextCursor,
});

const inside = ({ items, nextCursor }: { items: { prompt: Prompt }[]; nextCursor: string | null }): Page => ({
  prompts: items.map(({ prompt }) => prompt),
  nextCursor,
});

async function pagesOf(list: List, person: Person, limit: number): Promise<Prompt[][]> {
  const pages: Prompt[][] = [];
  let cursor: string | undefined;
  do {
    const page = await list(person, cursor === undefined ? { limit } : { limit, cursor });
    pages.push(page.prompts);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return pages;
}

const bytesOf = (prompts: readonly Prompt[]): number =>
  prompts.reduce((sum, { content, messages }) => sum + content.length + JSON.stringify(messages ?? '').length, 0);

const ids = (prompts: readonly Prompt[]): string[] => prompts.map(({ id }) => id);

describe.each(lists)('of %s, a page', (_, list) => {
  it.each([
    ['texts', () => texts, 2],
    ['chats', () => chats, 3],
  ])('ends where its %s grow too large, and the next goes on behind it', async (_kind, person, pages) => {
    const whole = await pagesOf(list, person(), 100);
    expect(whole).toHaveLength(pages);
    for (const page of whole) expect(bytesOf(page)).toBeLessThanOrEqual(PAGE_BYTES);
    const one = (await pagesOf(list, person(), 1)).flat();
    expect(ids(whole.flat())).toEqual(ids(one));
    expect(new Set(ids(one)).size).toBe(COUNT);
    expect(one.every(({ content }) => content.length === CHARACTERS)).toBe(true);
  });
});

it('fills its limit with prompts of ordinary size', async () => {
  const person = await givenPerson(services, { handle: 'ordinary' });
  await givenPrompts(services, person, 120);
  const { items, nextCursor } = await as(person).prompts.list({ limit: 100 });
  expect(items).toHaveLength(100);
  const rest = await as(person).prompts.list({ limit: 100, cursor: nextCursor ?? '' });
  expect([rest.items.length, rest.nextCursor]).toEqual([20, null]);
  expect(new Set(ids([...items, ...rest.items])).size).toBe(120);
});

it('ends also where settings and schemas grow too large, however well they are compressed', async () => {
  const person = await givenPerson(services, { handle: 'settings' });
  const large = { note: 'x'.repeat(60_000) };
  for (let index = 0; index < 20; index += 1) {
    await givenPrompt(services, person, `Settings ${index}`, { config: large, inputSchema: large });
  }
  const pages = await pagesOf(async (who, input) => promptsOf(await as(who).prompts.list(input)), person, 100);
  // JSON counts eight times: it takes so much longer to read and to write.
  for (const page of pages) expect(JSON.stringify(page).length).toBeLessThan((PAGE_BYTES * 1.1) / 8);
  expect(pages.flat()).toHaveLength(20);
});

it('counts the bytes of JSON, in which a character can have six', async () => {
  const person = await givenPerson(services, { handle: 'escapes' });
  const content = '\u0001'.repeat(90_000);
  for (let index = 0; index < 8; index += 1) await givenPrompt(services, person, `Escapes ${index}`, { content });
  const pages = await pagesOf(async (who, input) => promptsOf(await as(who).prompts.list(input)), person, 100);
  expect(pages.map((page) => page.length)).toEqual([3, 3, 2]);
  for (const page of pages) expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThanOrEqual(PAGE_BYTES);
  expect(new Set(ids(pages.flat())).size).toBe(8);
});

it('holds a chat from before its bytes had a bound: its content ends early, its messages are whole', async () => {
  const person = await givenPerson(services, { handle: 'former' });
  const text = '\u0001'.repeat(199_000);
  const { id } = await givenPrompt(services, person, 'Former', {
    content: `user:\n${text}`,
    messages: [{ role: 'user', content: text }],
    config: { note: '\u0001'.repeat(65_000) },
    inputSchema: { note: '\u0001'.repeat(65_000) },
  });
  const prompt = await as(person).prompts.get({ id });
  expect(prompt.content).toHaveLength(1_000);
  expect(prompt.messages).toEqual([{ role: 'user', content: text }]);
  expect(await as(person).versions.get({ id, version: 1 })).toMatchObject({ content: prompt.content });
  expect(Buffer.byteLength(JSON.stringify(prompt))).toBeLessThan(2 * 1024 * 1024);
  const changed = await as(person).prompts.update({ id, title: 'Still whole' });
  expect(changed.version).toBe(2);
  const stored = await services.db.selectFrom('prompts').select('content').where('id', '=', id).executeTakeFirst();
  expect(stored?.content).toBe(`user:\n${text}`);
});

it('does not keep an export from holding each large prompt once, in order', async () => {
  for (const person of [texts, chats]) {
    const exported = await collect(await as(person).transfer.export({ scope: 'mine' }));
    expect(exported.map(({ title }) => title)).toEqual(Array.from({ length: COUNT }, (_, index) => `Long ${index}`));
    expect(exported.every(({ content }) => content === long)).toBe(true);
  }
});
