import { describe, expect, it } from 'vitest';
import { isFiltered, type LibrarySearch, libraryAt, listInput, readLibrarySearch } from './library-search.ts';

describe('readLibrarySearch', () => {
  it('reads what an address of the library says, to the character', () => {
    const search: LibrarySearch = {
      q: '100%25 & more? #1 + 日本',
      scope: 'mine',
      category: 'a/b',
      tag: ['a', 'b&c'],
      group: 'g',
      sort: 'title',
    };
    const address = libraryAt(search);
    expect(readLibrarySearch(new URL(address, 'https://promptory.example').search)).toEqual(search);
    expect(libraryAt({ q: undefined })).toBe('/');
  });

  it.each(['', '?', '?scope=others&sort=random&q=', '?tag=&tag=&__proto__=x', '?%', '?q'])(
    'leaves out what means nothing: %j',
    (query) => {
      expect(readLibrarySearch(query)).toEqual({});
    },
  );

  it('takes no text that is longer than a search may be, and no more tags than a list takes', () => {
    const tag = Array.from({ length: 50 }, (_, index) => `t${index}`);
    const read = readLibrarySearch(libraryAt({ q: 'x'.repeat(1_000), tag }).slice(1));
    expect([read.q?.length, read.tag?.length]).toEqual([200, 20]);
  });
});

describe('listInput', () => {
  it('asks for all of it at once, and by relevance only where something is searched for', () => {
    expect(listInput({ q: ' tea ', scope: 'favorites', tag: ['a'], group: 'g', sort: 'relevance' })).toEqual({
      favorite: true,
      q: 'tea',
      tag: ['a'],
      groupId: 'g',
      sort: 'relevance',
    });
    expect(listInput({ sort: 'relevance' })).toEqual({});
  });
});

it('knows a library that shows all from one that shows a part', () => {
  expect(isFiltered({ sort: 'title', q: ' ' })).toBe(false);
  expect(isFiltered({ scope: 'mine' })).toBe(true);
});
