import { describe, expect, it } from 'vitest';
import { promptVectors, quoteWord, type SearchedPrompt } from './prompt-vectors.ts';
import { textWords } from './text-words.ts';

const wordsOf = (text: string): string[] => textWords(text).map(({ word }) => word);

describe('the words of a text', () => {
  it.each([
    ['Say "Hi", Bob!', ['say', '"', 'hi', '"', ',', 'bob', '!']],
    ['C++ and C#, F#.', ['c++', 'and', 'c#', ',', 'f#', '.']],
    ['C++17 notepad++', ['c++', '17', 'notepad', '+', '+']],
    ['.NET asp.net', ['.net', 'net', 'asp', '.', 'net']],
    ['List<Wombat>', ['list', '<', 'wombat', '>']],
    ['Café cafe\u0301 CAFÉ', ['cafe', 'cafe', 'cafe']],
    ['Straße ﬁne ｗｉｄｅ', ['strasse', 'fine', 'wide']],
    ['写论文', ['写', '写论', '论', '论文', '文']],
    ['GPT写作', ['gpt', '写', '写作', '作']],
    ['กาแฟ', ['ก', 'กา', 'า', 'าแ', 'แ', 'แฟ', 'ฟ']],
    ['น้ำ', ['น', 'นา', 'า']],
    ['ガ\u3099', ['ガ']],
    ['한국', ['한', '한국', '국']],
    ['Привет ПРИВЕТ', ['привет', 'привет']],
    ['हिन्दी', ['हिन्दी']],
    ['🚀→％', ['🚀', '→', '%']],
    ['a\u200bb \u0000', ['a', 'b']],
    ['x'.repeat(130), ['x'.repeat(64), 'x'.repeat(64), 'xx']],
    ['', []],
  ])('%j', (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  it('stand where they say', () => {
    const text = 'Über C++: 写论 🚀 café.NET';
    for (const { word, kind, start, end } of textWords(text)) {
      expect([
        kind,
        text
          .slice(start, end)
          .normalize('NFD')
          .replace(/\u0308|\u0301/g, '')
          .toLowerCase(),
      ]).toEqual([kind, word]);
    }
  });

  it('are found in composed and decomposed texts alike', () => {
    for (const text of ['Ångström', 'ガギグゲゴ', '한국어', 'é̱ ñ']) {
      expect(wordsOf(text.normalize('NFD'))).toEqual(wordsOf(text.normalize('NFC')));
    }
  });
});

/** A vector as PostgreSQL writes it, with the weight of each position. */
function written(vector: Buffer): string {
  const words: string[] = [];
  let at = 4;
  for (let left = vector.readInt32BE(); left > 0; left -= 1) {
    const end = vector.indexOf(0, at);
    const word = vector.toString('utf8', at, end);
    const positions = Array.from({ length: vector.readUInt16BE(end + 1) }, (_, index) => {
      const place = vector.readUInt16BE(end + 3 + 2 * index);
      return `${place & 0x3fff}${'DCBA'[place >> 14]}`;
    });
    at = end + 3 + 2 * positions.length;
    words.push(`${quoteWord(word)}:${positions.join(',')}`);
  }
  expect(at).toBe(vector.length);
  return words.join(' ');
}

const vectorsOf = async (prompt: SearchedPrompt) => {
  const { names, texts } = await promptVectors(prompt);
  return { names: written(names), texts: written(texts) };
};

describe('the vectors of a prompt', () => {
  const prompt = { title: 'A title', tags: ['t'], category: 'c', slug: 's', description: 'd', content: 'x' };

  it('weigh where a word stands', async () => {
    const { names, texts } = await vectorsOf(prompt);
    expect(names).toBe("'a':1A 'title':2A 't':11B 'c':20B 's':29C");
    expect(texts).toBe(`${names} 'd':38C 'x':47D`);
  });

  it('quote what the types of text search would take for more', async () => {
    expect((await vectorsOf({ ...prompt, title: "'\\ :" })).names).toContain("'''':1A '\\\\':1A ':':1A");
  });

  it('stay within a mebibyte whatever they are made of', async () => {
    const content = Array.from({ length: 400_000 }, (_, at) =>
      String.fromCodePoint(0x20000 + ((at * 7_919) % 40_000)),
    ).join('');
    const { texts } = await vectorsOf({ ...prompt, content });
    const bytes = texts.split(' ').reduce((sum, entry) => {
      const [, word = '', positions = ''] = /^'(.*)':(.*)$/.exec(entry) ?? [];
      return sum + Buffer.byteLength(word) + 3 + 2 * positions.split(',').length;
    }, 0);
    expect(bytes).toBeLessThan(1_048_575);
  });

  it('of a long text are those of its words, wherever it is read in parts', async () => {
    for (const word of ['words ', 'c++ ', '𝒳 ', '漢字は、', 'เมือง']) {
      const content = word.repeat(20_000);
      const { texts } = await vectorsOf({ ...prompt, content });
      const known = (await vectorsOf({ ...prompt, content: word.repeat(3) })).texts;
      const wordsIn = (vector: string) => vector.match(/'(?:[^']|'')+'/g);
      expect(wordsIn(texts)).toEqual(wordsIn(known));
    }
  });

  it('of a long text let others have their turn meanwhile', async () => {
    let turns = 0;
    let isMade = false;
    const takeTurn = (): void => {
      turns += 1;
      if (!isMade) setImmediate(takeTurn);
    };
    setImmediate(takeTurn);
    await promptVectors({ ...prompt, content: 'words '.repeat(40_000) });
    isMade = true;
    expect(turns).toBeGreaterThan(10);
  });
});
