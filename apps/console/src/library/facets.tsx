import { useQuery } from '@tanstack/react-query';
import { Check } from 'lucide-react';
import { Failure } from '../ui/failure.tsx';
import { Typed } from '../ui/page.tsx';
import { categories, tags } from './calls.ts';
import type { LibrarySearch } from './library-search.ts';

interface Counted {
  readonly name: string;
  readonly promptCount: number;
}

/** By which words prompts are filed, and how many of each there are. */
export function Facets({ search, show }: { search: LibrarySearch; show: (changes: LibrarySearch) => void }) {
  const byCategory = useQuery(categories());
  const byTag = useQuery(tags());
  const error = byCategory.error ?? byTag.error;
  const chosen = search.tag ?? [];
  const toggled = (name: string) => (chosen.includes(name) ? chosen.filter((tag) => tag !== name) : [...chosen, name]);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-6 text-sm">
      {error !== null && <Failure error={error} />}
      <Facet
        title="Categories"
        none="No prompt has one."
        counted={byCategory.data?.items}
        isChosen={(name) => search.category === name}
        choose={(name) => show({ category: search.category === name ? undefined : name })}
      />
      <Facet
        title="Tags"
        none="No prompt has one."
        counted={byTag.data?.items}
        isChosen={(name) => chosen.includes(name)}
        choose={(name) => {
          const tag = toggled(name);
          show({ tag: tag.length === 0 ? undefined : tag });
        }}
      />
    </div>
  );
}

function Facet(props: {
  title: string;
  none: string;
  counted: readonly Counted[] | undefined;
  isChosen: (name: string) => boolean;
  choose: (name: string) => void;
}) {
  const { title, none, counted, isChosen, choose } = props;
  return (
    <section>
      <h2 className="mb-1 font-semibold">{title}</h2>
      {counted?.length === 0 && <p className="text-quiet">{none}</p>}
      <ul className="-mx-2">
        {counted?.map(({ name, promptCount }) => (
          <li key={name}>
            <button
              type="button"
              aria-pressed={isChosen(name)}
              onClick={() => choose(name)}
              className={`flex min-h-9 w-full items-center gap-2 rounded-md px-2 py-1 text-start hover:bg-hover ${isChosen(name) ? 'bg-accent-soft font-semibold' : ''}`}
            >
              {isChosen(name) && <Check aria-hidden size={14} className="shrink-0 text-accent" />}
              <span className="min-w-0 flex-1 truncate">
                <Typed>{name}</Typed>
              </span>
              <span className="text-quiet tabular-nums">{promptCount}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
