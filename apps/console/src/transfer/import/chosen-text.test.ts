import { describe, expect, it } from 'vitest';
import { chosenText } from './chosen-text.ts';

const second = (row: number) => row === 2;

describe('chosenText', () => {
  it.each([
    ['lines', 'title,content\na,b\nc,d\n', 'title,content\nc,d'],
    ['CRLF, and blank records', 'title;content\r\n\r\na;b\r\n;\r\nc;d', 'title;content\nc;d'],
    ['line ends within quotes', 'title,content\na,"b\n""x"""\nc,"d\n\ne"\n', 'title,content\nc,"d\n\ne"'],
  ])('keeps a record of a table as it is written: %s', (_what, text, chosen) => {
    expect(chosenText(text, 'csv', 2, second)).toBe(chosen);
  });

  it.each([
    ['lines', '{"title":"a"}\n{"title":"b", "n":1e400}\n', '{"title":"b", "n":1e400}'],
    ['an array', ' [ {"title":"}]{"},\n {"title":"b\\"[",\n "x":[[{}]]} ]', '{"title":"b\\"[",  "x":[[{}]]}'],
  ])('keeps an object of JSON as it is written: %s', (_what, text, chosen) => {
    expect(chosenText(text, 'json', 2, second)).toBe(chosen);
  });

  it('chooses nothing where the server has read other rows', () => {
    expect(chosenText('title,content\ra,b\rc,d', 'csv', 2, second)).toBeNull();
    expect(chosenText('[{"title":"a"}, 5, {}]', 'json', 1, second)).toBeNull();
  });
});
