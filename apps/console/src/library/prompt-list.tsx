import type { ListedPrompt } from '@promptory/client';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { promptAt } from '../addresses.ts';
import { Failure } from '../ui/failure.tsx';
import { MarkedText } from '../ui/marked-text.tsx';
import { Typed } from '../ui/page.tsx';
import { Time } from '../ui/time.tsx';
import { type Chosen, toggled } from './choose/chosen.ts';
import { Cells, Headings } from './columns/cells.tsx';
import type { Column } from './columns/columns.ts';
import { FavoriteButton } from './favorite-button.tsx';

const ROW_PX = 92;
/** Rows beyond the edges of the window. */
const BEYOND = 6;
/** Before the end of what is there, the next page is asked for. */
const AHEAD = 20;

/** Rows that are in sight, of however many: the rest is room above and below them. */
export function PromptList(props: {
  items: readonly ListedPrompt[];
  hasMore: boolean;
  error: unknown;
  more: () => void;
  chosen: Chosen;
  choose: (chosen: Chosen) => void;
  columns: readonly Column[];
}) {
  const { items, hasMore, error, more, chosen, choose, columns } = props;
  const since = useRef<string | undefined>(undefined);
  const toggle = (prompt: ListedPrompt, isRange: boolean) => {
    choose(toggled(chosen, prompt, items, isRange ? since.current : undefined));
    since.current = prompt.id;
  };
  const onKey = (event: KeyboardEvent<HTMLUListElement>) => {
    if (event.key.toLowerCase() !== 'x' || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = (event.target as HTMLElement).closest<HTMLElement>('[data-index]');
    const prompt = items[Number(row?.dataset.index)];
    if (prompt === undefined) return;
    event.preventDefault();
    toggle(prompt, event.shiftKey);
  };
  const ref = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  useEffect(() => setTop(ref.current?.offsetTop ?? 0), []);
  const rows = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => ROW_PX,
    overscan: BEYOND,
    scrollMargin: top,
    getItemKey: (index) => items[index]?.id ?? index,
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  const isNearEnd = hasMore && error === null && last >= items.length - AHEAD;
  useEffect(() => {
    if (isNearEnd) more();
  });
  return (
    <div>
      <Headings shown={columns} />
      <ul
        ref={ref}
        aria-label="Prompts"
        onKeyDown={onKey}
        className="relative overflow-hidden rounded-xl border border-edge bg-card"
        style={{ height: rows.getTotalSize() + 2 }}
      >
        {shown.map(({ key, index, start }) => {
          const prompt = items[index];
          return (
            prompt !== undefined && (
              <li
                key={key}
                ref={rows.measureElement}
                data-index={index}
                aria-setsize={hasMore ? -1 : items.length}
                aria-posinset={index + 1}
                className="absolute inset-x-0 top-0 border-b border-edge"
                style={{ transform: `translateY(${start - top}px)` }}
              >
                <Row
                  prompt={prompt}
                  isChosen={chosen.has(prompt.id)}
                  choose={(isRange) => toggle(prompt, isRange)}
                  columns={columns}
                />
              </li>
            )
          );
        })}
      </ul>
      {error !== null && (
        <div className="mt-3">
          <Failure error={error} retry={more} />
        </div>
      )}
      <p role="status" className="px-4 py-3 text-center text-sm text-quiet">
        {hasMore
          ? 'More are on their way …'
          : items.length === 1
            ? 'One prompt'
            : `${items.length} prompts, and that is all`}
      </p>
    </div>
  );
}

interface RowProps {
  readonly prompt: ListedPrompt;
  readonly isChosen: boolean;
  choose(isRange: boolean): void;
  readonly columns: readonly Column[];
}

function Row({ prompt, isChosen, choose, columns }: RowProps) {
  const { id, title, match, owner, version, updatedAt, category, tags } = prompt;
  return (
    <article
      className={`relative flex items-start gap-1 py-2.5 xl:gap-3 ps-1 pe-2 ${isChosen ? 'bg-accent-soft' : 'hover:bg-hover'}`}
    >
      <label className="relative z-10 grid size-10 shrink-0 place-items-center">
        <input
          type="checkbox"
          aria-label={`Choose ${title}`}
          className="size-4.5 accent-accent"
          checked={isChosen}
          // The browser tells of Shift by the click alone.
          onClick={({ shiftKey }) => choose(shiftKey)}
          onChange={() => undefined}
        />
      </label>
      <div className="min-w-0 flex-1">
        <h2 className="truncate font-semibold">
          {/* The whole row is the link's: what stands above it is reached apart. */}
          <Link href={promptAt(id)} className="after:absolute after:inset-0">
            <MarkedText text={title} marks={match?.title} />
          </Link>
        </h2>
        <p className="truncate text-sm text-quiet">
          {match?.excerpt == null ? (
            <Typed>{prompt.description === '' ? prompt.content.slice(0, 200) : prompt.description.slice(0, 200)}</Typed>
          ) : (
            <MarkedText text={match.excerpt.text} marks={match.excerpt.marks} />
          )}
        </p>
        <p className="mt-0.5 flex max-h-4 flex-wrap gap-x-3 overflow-hidden text-xs whitespace-nowrap text-quiet">
          <span className="hidden max-w-40 truncate sm:inline">
            <Typed>{owner.name}</Typed>
          </span>
          <span className={`shrink-0 ${columns.includes('version') ? 'xl:hidden' : ''}`}>v{version}</span>
          <span className="shrink-0">
            <Time at={updatedAt} />
          </span>
          {category !== null && (
            <span className="max-w-40 truncate">
              <Typed>{category}</Typed>
            </span>
          )}
          {tags.slice(0, 3).map((tag) => (
            <span key={tag} className="max-w-32 truncate">
              #<Typed>{tag}</Typed>
            </span>
          ))}
        </p>
      </div>
      <Cells prompt={prompt} shown={columns} />
      <div className="relative z-10">
        <FavoriteButton prompt={prompt} />
      </div>
    </article>
  );
}
