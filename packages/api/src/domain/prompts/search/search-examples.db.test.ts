import { describe, expect, it } from 'vitest';
import { givenApi, givenPerson, givenPrompt } from '../../../../test/index.ts';

const { services, as } = await givenApi();

interface Example {
  readonly title: string;
  readonly content?: string;
  readonly tags?: readonly string[];
  readonly category?: string;
  readonly description?: string;
}

/** Searches among prompts of one person who has no others. */
async function givenLibrary(prompts: readonly Example[]): Promise<(q: string) => Promise<string[]>> {
  const person = await givenPerson(services);
  for (const { title, ...parts } of prompts) {
    services.clock.advance(1_000);
    await givenPrompt(services, person, title, { content: 'x', ...parts });
  }
  return async (q) => (await as(person).prompts.list({ q, owner: 'me' })).items.map(({ title }) => title);
}

describe('a word', () => {
  it('is found whole before it is found as a part of others', async () => {
    const search = await givenLibrary([
      { title: 'Script doctor' },
      { title: 'Transcript cleaner' },
      { title: 'PowerShell' },
      { title: 'Forms', content: 'Write them in TypeScript.' },
      { title: 'TypeScript reviewer' },
    ]);
    expect((await search('typescript')).slice(0, 2)).toEqual(['TypeScript reviewer', 'Forms']);
  });

  it('of two letters is found before what begins with it, and no slip is looked for in it', async () => {
    const search = await givenLibrary([
      { title: 'Gold digger' },
      { title: 'Golf coach' },
      { title: 'Good morning' },
      { title: 'Do it' },
      { title: 'Servers in Go' },
      { title: 'Backend', content: 'It is written in Go.' },
    ]);
    const found = await search('go');
    expect(found.slice(0, 2)).toEqual(['Servers in Go', 'Backend']);
    expect(found).not.toContain('Do it');
    expect(await search('r')).toEqual([]);
  });

  it.each([
    ['c++', 'Systems', 'Fast C++ code'],
    ['c#', 'Games', 'Unity and C#.'],
    ['.net', 'Offices', 'A service on .NET 9'],
    ['node.js', 'Servers', 'Use Node.js here'],
    ['List<Wombat>', 'Zoo', 'It returns List<Wombat> always'],
    ['<insert the zeppelin name here>', 'Airships', 'Greet <insert the zeppelin name here> warmly'],
    ['zeppelin', 'Airships', 'Greet <insert the zeppelin name here> warmly'],
    ['{{ ticket_id }}', 'Tickets', 'Sort {{ ticket_id }} now'],
    ['=>', 'Arrows', 'const f = () => 1'],
    ['🚀', 'Launch', 'Ship it 🚀 today'],
    ['sommel', 'Wine', 'You are a sommelier'],
    ['ทความ', 'Thai', 'ช่วยเขียนบทความเกี่ยวกับกาแฟ'],
    ['บทความ', 'Thai', 'ช่วยเขียนบทความเกี่ยวกับกาแฟ'],
    ['论文', 'Essays', '请写论文摘要'],
    ['写', 'Essays', '请写论文摘要'],
    ['ガギ', 'Kana', 'これはガギです'],
    ['안녕', 'Korean', '안녕하세요'],
    ['cafe', 'Coffee', 'Un café noir'],
    ['CAFE\u0301', 'Coffee', 'Un café noir'],
    ['café', 'Coffee', 'Un cafe\u0301 noir'],
    ['strasse', 'Roads', 'Die Straße ist lang'],
    ['ｗｉｄｅ', 'Wide', 'so wide'],
    ["don't", 'Apostrophes', 'You don’t say'],
    ['translation', 'Endings', 'She translates'],
    ['categories', 'Endings', 'One category only'],
  ])('%s is found in a content', async (q, title, content) => {
    const search = await givenLibrary([
      { title: 'Cats and coughs', content: 'C is a net. Lists of inserts here, the name of a node.' },
      { title, content },
    ]);
    expect((await search(q))[0]).toBe(title);
  });

  it('c++ finds no C, and c no C++', async () => {
    const search = await givenLibrary([
      { title: 'One', content: 'old C' },
      { title: 'Two', content: 'new C++' },
      { title: 'Three', content: 'vitamins c, d' },
    ]);
    expect(await search('c++')).toEqual(['Two']);
    expect((await search('c')).sort()).toEqual(['One', 'Three']);
  });

  it('is found in tags and category: behind titles, before contents', async () => {
    const search = await givenLibrary([
      { title: 'First', content: 'about gardening' },
      { title: 'Second', tags: ['Gardening'] },
      { title: 'Third', category: 'Gardening' },
      { title: 'Gardening' },
    ]);
    const found = await search('gardening');
    expect([found[0], found[3]]).toEqual(['Gardening', 'First']);
    expect(await search('gardn')).toHaveLength(4);
  });

  it('is found with a slip where few are whole, in contents and tags too', async () => {
    const search = await givenLibrary([
      { title: 'One', content: 'Deploy to kubernetes' },
      { title: 'Two', tags: ['zoology'] },
      { title: 'Three', content: 'nothing' },
    ]);
    expect(await search('kuberntes')).toEqual(['One']);
    expect(await search('zoolgy')).toEqual(['Two']);
    expect(await search('deplyo kubernetes')).toEqual(['One']);
  });
});

it('lets words of most prompts weigh little', async () => {
  const search = await givenLibrary([
    ...Array.from({ length: 60 }, (_, index) => ({ title: `Expert ${index}`, content: 'Act as one' })),
    { title: 'Bees', content: 'Think of beekeeping' },
  ]);
  expect((await search('act as beekeeping'))[0]).toBe('Bees');
});

it('finds what stands far behind in a long text', async () => {
  const search = await givenLibrary([
    { title: 'Long', content: `${'word of many '.repeat(30_000)} xylophone` },
    { title: '长', content: `${'一二三四五六七八九十'.repeat(39_000)}琴键` },
  ]);
  expect(await search('xylophone')).toEqual(['Long']);
  expect(await search('琴键')).toEqual(['长']);
});

it('says what was found, only where something was searched for', async () => {
  const person = await givenPerson(services);
  await givenPrompt(services, person, 'Zeppelin pilot', { content: 'Fly a zeppelin.' });
  const [found] = (await as(person).prompts.list({ q: 'zeppelin', owner: 'me' })).items;
  expect(found?.match).toEqual({
    title: [{ start: 0, end: 8 }],
    excerpt: { text: 'Fly a zeppelin.', marks: [{ start: 6, end: 14 }] },
  });
  const [listed] = (await as(person).prompts.list({ owner: 'me' })).items;
  expect(Object.keys(listed ?? {})).not.toContain('match');
});
