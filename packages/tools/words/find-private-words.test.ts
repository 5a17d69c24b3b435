import { describe, expect, it } from 'vitest';
import { findPrivateWords } from './find-private-words.ts';
import { privateWords } from './words.ts';

const found = (path: string, text: string) =>
  [...findPrivateWords(path, text)].map(({ word, line }) => `${line} ${word}`);

describe('a private word', () => {
  it.each(privateWords.map(({ word }) => word))('is found as a name: %s', (word) => {
    const capital = word.charAt(0).toUpperCase() + word.slice(1);
    expect(found('a.ts', `const ${word} = 1;`)).toEqual([`1 ${word}`]);
    expect(found('a.ts', `// One\nlet rest${capital}: number;`)).toContain(`2 ${word}`);
    expect(found('a.md', `One \`${word}\`, and another.`)).toEqual([`1 ${word}`]);
  });

  it.each(['judge', 'told', 'knock', 'door', 'visit'])('stays in the list: %s', (word) => {
    expect(found('a.ts', `const ${word} = 1;`)).toEqual([`1 ${word}`]);
  });

  it('is found in constants, properties, private fields and names of files', () => {
    expect(found('a.ts', 'const REST_DOOR = x.restDoor ?? this.#door;')).toEqual(['1 door', '1 door', '1 door']);
    expect(found('src/rest-door.ts', '')).toEqual(['0 door']);
    expect(found('a.tsx', 'const a = <Door kind="x">{isTold && <p>It’s a knock</p>}</Door>;')).toEqual([
      '1 door',
      '1 told',
      '1 knock',
      '1 door',
    ]);
  });

  it('is found in comments, texts and pages where prose has a better word too', () => {
    expect(found('a.ts', `/* Through\n * a door. */\nit('knocks', f);\nconst a = \`by \${b} visitors\`;`)).toEqual([
      '2 door',
      '3 knocks',
      '4 visitors',
    ]);
    expect(found('docs/a.md', '# Doors\n\nWho judges?')).toEqual(['1 doors', '3 judges']);
  });
});

it('leaves plain English in prose, and words that only begin alike', () => {
  expect(
    found('a.ts', '// Nobody is told afterwards of a long-standing visit to /usr/bin.\nconst binaries = combine();'),
  ).toEqual([]);
  expect(found('a.md', 'Whoever is told, doorbells, adjudged.')).toEqual([]);
});
