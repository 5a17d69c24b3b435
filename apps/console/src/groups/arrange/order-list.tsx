import type { GroupEntry } from '@promptory/client';
import { GripVertical, X } from 'lucide-react';
import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { promptAt } from '../../addresses.ts';
import { Button } from '../../ui/button.tsx';
import { Typed } from '../../ui/page.tsx';
import { removePrompt, showMoved, useReorder } from '../calls.ts';
import { placeByKey } from './moved-to.ts';
import { useDrag } from './use-drag.ts';

interface OrderListProps {
  readonly id: string;
  readonly entries: readonly GroupEntry[];
  readonly canArrange: boolean;
}

/** The prompts of a group in their order, which its editors change by dragging or by keys. */
export function OrderList({ id, entries, canArrange }: OrderListProps) {
  const reorder = useReorder(id);
  const [said, say] = useState('');
  /** The prompt whose handle has the focus again, once its row stands elsewhere. */
  const focused = useRef<string | null>(null);
  const move = (from: number, to: number) => {
    const moving = entries[from]?.prompt;
    const beside = entries[to]?.prompt;
    if (moving === undefined || beside === undefined || from === to) return;
    showMoved(id, from, to);
    say(`${moving.title}: place ${to + 1} of ${entries.length}`);
    reorder.mutate({ promptId: moving.id, ...(to < from ? { before: beside.id } : { after: beside.id }) });
  };
  const { list, dragged, shiftOf, handle } = useDrag(move);
  useLayoutEffect(() => {
    if (focused.current === null) return;
    list.current?.querySelector<HTMLElement>(`[data-handle="${focused.current}"]`)?.focus();
    focused.current = null;
  });
  const onKey = (event: KeyboardEvent, index: number) => {
    const to = placeByKey(event.key, index, entries.length);
    if (to === null || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    focused.current = entries[index]?.prompt.id ?? null;
    move(index, to);
  };
  return (
    <>
      <p className="sr-only" aria-live="assertive">
        {said}
      </p>
      <ol
        ref={list}
        aria-label="Prompts of the group"
        className="divide-y divide-edge rounded-xl border border-edge bg-card"
      >
        {entries.map(({ prompt }, index) => {
          const { title, owner, version, visibility } = prompt;
          const isDragged = dragged === index;
          const shift = shiftOf(index);
          return (
            <li
              key={prompt.id}
              className={`flex items-center gap-1 bg-card first:rounded-t-xl last:rounded-b-xl ${canArrange ? 'ps-1' : 'ps-4'} pe-2 py-1.5 ${isDragged ? 'relative z-10 rounded-xl shadow-lg outline-2 outline-accent' : ''}`}
              style={shift === 0 ? undefined : { transform: `translateY(${shift}px)` }}
            >
              {canArrange && (
                <button
                  type="button"
                  data-handle={prompt.id}
                  aria-label={`Move ${title}, place ${index + 1} of ${entries.length}`}
                  aria-describedby="how-to-arrange"
                  className="grid size-10 shrink-0 cursor-grab touch-none place-items-center rounded-lg text-quiet hover:bg-hover active:cursor-grabbing"
                  onKeyDown={(event) => onKey(event, index)}
                  {...handle(index)}
                >
                  <GripVertical aria-hidden size={16} />
                </button>
              )}
              <div className="min-w-0 flex-1 py-1">
                <Link
                  href={promptAt(prompt.id)}
                  className="block truncate font-semibold underline-offset-2 hover:underline"
                >
                  <Typed>{title}</Typed>
                </Link>
                <p className="truncate text-xs text-quiet">
                  <Typed>{owner.name}</Typed> · v{version}
                  {visibility === 'public' && ' · public'}
                </p>
              </div>
              {canArrange && (
                <Button
                  look="icon"
                  aria-label={`Take ${title} out of the group`}
                  onClick={() => void removePrompt({ id, promptId: prompt.id, title }, index)}
                >
                  <X aria-hidden size={16} />
                </Button>
              )}
            </li>
          );
        })}
      </ol>
    </>
  );
}
