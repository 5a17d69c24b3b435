import type { RouterInputs } from '@promptory/client';
import { addresses } from '../addresses.ts';

export const scopes = ['mine', 'favorites', 'templates', 'public'] as const;
export type Scope = (typeof scopes)[number];
export const sorts = ['relevance', 'updated', 'created', 'title', 'usage'] as const;
export type Sort = (typeof sorts)[number];

/** What the library shows, as its address says it: so it can be sent to somebody, and is there again on the way back. */
export interface LibrarySearch {
  readonly q?: string | undefined;
  readonly scope?: Scope | undefined;
  readonly category?: string | undefined;
  readonly tag?: readonly string[] | undefined;
  readonly group?: string | undefined;
  readonly sort?: Sort | undefined;
}

const MAX_LENGTH = 200;
const MAX_TAGS = 20;

const oneOf = <Name extends string>(names: readonly Name[], value: string | null): Name | undefined =>
  names.find((name) => name === value);

/** Reads what stands behind the `?`, which anybody may have written: what means nothing is left out. */
export function readLibrarySearch(query: string): LibrarySearch {
  const given = new URLSearchParams(query);
  const textOf = (name: string): string | undefined => given.get(name)?.slice(0, MAX_LENGTH) || undefined;
  const tags = given.getAll('tag').flatMap((tag) => tag.slice(0, MAX_LENGTH) || []);
  const read = {
    q: textOf('q'),
    scope: oneOf(scopes, given.get('scope')),
    category: textOf('category'),
    tag: tags.length > 0 ? tags.slice(0, MAX_TAGS) : undefined,
    group: textOf('group'),
    sort: oneOf(sorts, given.get('sort')),
  };
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
}

/** The address of a library that shows that. */
export function libraryAt({ tag = [], ...one }: LibrarySearch): string {
  const written = new URLSearchParams();
  for (const [name, value] of Object.entries(one)) if (value !== undefined) written.append(name, value);
  for (const name of tag) written.append('tag', name);
  return written.size === 0 ? addresses.library : `${addresses.library}?${written}`;
}

type ListInput = Extract<RouterInputs['prompts']['list'], object>;

const scopeFilters: Readonly<Record<Scope, ListInput>> = {
  mine: { owner: 'me' },
  favorites: { favorite: true },
  templates: { isTemplate: true },
  public: { visibility: 'public' },
};

/** The same as `prompts.list` takes it. */
export function listInput({ q, scope, category, tag, group, sort }: LibrarySearch): ListInput {
  return {
    ...(scope === undefined ? {} : scopeFilters[scope]),
    ...(q === undefined || q.trim() === '' ? {} : { q: q.trim() }),
    ...(category === undefined ? {} : { category }),
    ...(tag === undefined ? {} : { tag: [...tag] }),
    ...(group === undefined ? {} : { groupId: group }),
    // By relevance only what was searched for.
    ...(sort === undefined || (sort === 'relevance' && !q) ? {} : { sort }),
  };
}

export const isFiltered = (search: LibrarySearch): boolean =>
  Object.keys(listInput({ ...search, sort: undefined })).length > 0;
