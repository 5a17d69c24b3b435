import { useInfiniteQuery } from '@tanstack/react-query';
import { Columns3, Plus, Search, SlidersHorizontal } from 'lucide-react';
import { lazy, Suspense, useEffect, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useSearch } from 'wouter/use-browser-location';
import { addresses } from '../addresses.ts';
import { itemsOf } from '../data/pages.ts';
import { useSettled } from '../data/settled.ts';
import { Button, buttonLook } from '../ui/button.tsx';
import { Failure } from '../ui/failure.tsx';
import { Empty, Loading, Title } from '../ui/page.tsx';
import { promptsOf } from './calls.ts';
import type { Chosen } from './choose/chosen.ts';
import { keptColumns } from './columns/columns.ts';
import { Facets } from './facets.tsx';
import { isFiltered, type LibrarySearch, libraryAt, readLibrarySearch, type Sort, sorts } from './library-search.ts';
import { PromptList } from './prompt-list.tsx';

// Loaded once something is chosen.
const ChooseBar = lazy(() => import('./choose/choose-bar.tsx'));
const FacetsDialog = lazy(() => import('./facets-dialog.tsx'));
const ColumnsDialog = lazy(() => import('./columns/columns-dialog.tsx'));

const scopeTitles = { mine: 'My prompts', favorites: 'Favourites', templates: 'Templates', public: 'Public prompts' };
const sortNames: Readonly<Record<Sort, string>> = {
  relevance: 'Best match',
  updated: 'Last changed',
  created: 'Newest',
  title: 'Title',
  usage: 'Most used',
};

export function LibraryPage() {
  const search = readLibrarySearch(useSearch());
  const [, navigate] = useLocation();
  const show = (changes: LibrarySearch) => navigate(libraryAt({ ...search, ...changes }), { replace: true });
  const prompts = useInfiniteQuery(promptsOf(search));
  const items = itemsOf(prompts.data);
  const [chosen, choose] = useState<Chosen>(new Map());
  const [columns, showColumns] = useState(keptColumns);
  const [isChoosingColumns, chooseColumns] = useState(false);
  const title = search.scope === undefined ? 'Library' : scopeTitles[search.scope];
  return (
    <>
      <Title>{search.q === undefined ? title : `${search.q} in ${title}`}</Title>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
        <div className="flex gap-2">
          <Link href={addresses.import} className={buttonLook('bare')}>
            Import
          </Link>
          <Link href={addresses.create} className={buttonLook('first')}>
            <Plus aria-hidden size={16} /> New prompt
          </Link>
        </div>
      </div>
      <div className="mt-4 flex flex-wrap gap-2">
        <SearchField q={search.q} show={show} />
        <select
          aria-label="Sort by"
          value={search.sort ?? (search.q === undefined ? 'updated' : 'relevance')}
          onChange={({ target }) => show({ sort: sorts.find((sort) => sort === target.value) })}
          className="min-h-11 rounded-lg border border-line bg-card px-2 text-sm"
        >
          {sorts
            .filter((sort) => sort !== 'relevance' || search.q !== undefined)
            .map((sort) => (
              <option key={sort} value={sort}>
                {sortNames[sort]}
              </option>
            ))}
        </select>
        <FacetsOnPhone search={search} show={show} />
        <Button className="min-h-11 max-xl:hidden" onClick={() => chooseColumns(true)}>
          <Columns3 aria-hidden size={16} /> Columns
        </Button>
        {isChoosingColumns && (
          <Suspense>
            <ColumnsDialog shown={columns} show={showColumns} close={() => chooseColumns(false)} />
          </Suspense>
        )}
      </div>
      <div className="mt-4 grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_14rem]">
        <section aria-label="Prompts" aria-busy={prompts.isFetching} className="min-w-0">
          {prompts.error !== null && items.length === 0 ? (
            <Failure error={prompts.error} retry={() => void prompts.refetch()} />
          ) : prompts.isPending ? (
            <Loading what="Looking for prompts" />
          ) : items.length === 0 ? (
            <NothingFound search={search} show={show} />
          ) : (
            <PromptList
              items={items}
              hasMore={prompts.hasNextPage}
              error={prompts.isFetchNextPageError ? prompts.error : null}
              more={() => {
                if (!prompts.isFetching) void prompts.fetchNextPage();
              }}
              chosen={chosen}
              choose={choose}
              columns={columns}
            />
          )}
          {chosen.size > 0 && (
            <Suspense>
              <ChooseBar chosen={chosen} items={items} search={search} choose={choose} />
            </Suspense>
          )}
        </section>
        <aside aria-label="Filters" className="sticky top-4 hidden lg:block">
          <Facets search={search} show={show} />
        </aside>
      </div>
    </>
  );
}

interface Shown {
  readonly search: LibrarySearch;
  readonly show: (changes: LibrarySearch) => void;
}

/** Searches as somebody types, once they have paused: each letter would be a call of its own. */
function SearchField({ q, show }: { q: string | undefined; show: Shown['show'] }) {
  const [typed, setTyped] = useState(q ?? '');
  const [known, setKnown] = useState(q);
  // Another address, as by the way back: what it says is shown.
  if (known !== q) {
    setKnown(q);
    if ((q ?? '') !== typed.trim()) setTyped(q ?? '');
  }
  const settled = useSettled(typed.trim());
  useEffect(() => {
    if (settled === typed.trim() && settled !== (q ?? '')) show({ q: settled === '' ? undefined : settled });
  });
  return (
    <div className="relative min-w-48 flex-1">
      <Search aria-hidden size={16} className="pointer-events-none absolute start-3 top-3.5 text-quiet" />
      <input
        type="search"
        aria-label="Search"
        aria-keyshortcuts="/"
        placeholder="Search titles and texts"
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        className="min-h-11 w-full rounded-lg border border-line bg-card ps-9 pe-3 placeholder:text-quiet"
      />
    </div>
  );
}

function FacetsOnPhone({ search, show }: Shown) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button className="min-h-11 lg:hidden" onClick={() => setOpen(true)}>
        <SlidersHorizontal aria-hidden size={16} /> Filters
      </Button>
      {isOpen && (
        <Suspense>
          <FacetsDialog search={search} show={show} close={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}

function NothingFound({ search, show }: Shown) {
  if (isFiltered(search)) {
    return (
      <Empty title="Nothing is found">
        <p>No prompt that you may read has all of it.</p>
        <Button
          className="mt-4"
          onClick={() =>
            show({ q: undefined, scope: undefined, category: undefined, tag: undefined, group: undefined })
          }
        >
          Show all
        </Button>
      </Empty>
    );
  }
  return (
    <Empty title="There are no prompts yet">
      <p>A prompt is a text with inputs, such as “Sort this ticket: {'{{ ticket }}'}”. Every change of it is kept.</p>
      <Link href={addresses.create} className={`${buttonLook('first')} mt-4`}>
        Write the first one
      </Link>
    </Empty>
  );
}
