import type { GroupEntry } from '@promptory/client';
import { X } from 'lucide-react';
import { Link } from 'wouter';
import { promptAt } from '../../addresses.ts';
import { draggedLook, Grip, SaidMove } from '../../ui/arrange/grip.tsx';
import { useArrange } from '../../ui/arrange/use-arrange.ts';
import { Button } from '../../ui/button.tsx';
import { Typed } from '../../ui/page.tsx';
import { removePrompt, showMoved, useReorder } from '../calls.ts';

interface OrderListProps {
  readonly id: string;
  readonly entries: readonly GroupEntry[];
  readonly canArrange: boolean;
}

/** The prompts of a group in their order, which its editors change by dragging or by keys. */
export function OrderList({ id, entries, canArrange }: OrderListProps) {
  const reorder = useReorder(id);
  const { list, said, isDragged, styleOf, handleOf } = useArrange({
    keys: entries.map(({ prompt }) => prompt.id),
    nameOf: (index) => entries[index]?.prompt.title ?? '',
    move: (from, to) => {
      const moving = entries[from]?.prompt;
      const beside = entries[to]?.prompt;
      if (moving === undefined || beside === undefined) return;
      showMoved(id, from, to);
      reorder.mutate({ promptId: moving.id, ...(to < from ? { before: beside.id } : { after: beside.id }) });
    },
  });
  return (
    <>
      <SaidMove>{said}</SaidMove>
      <ol
        ref={list}
        aria-label="Prompts of the group"
        className="divide-y divide-edge rounded-xl border border-edge bg-card"
      >
        {entries.map(({ prompt }, index) => {
          const { title, owner, version, visibility } = prompt;
          return (
            <li
              key={prompt.id}
              className={`flex items-center gap-1 bg-card first:rounded-t-xl last:rounded-b-xl ${canArrange ? 'ps-1' : 'ps-4'} pe-2 py-1.5 ${isDragged(index) ? draggedLook : ''}`}
              style={styleOf(index)}
            >
              {canArrange && (
                <Grip
                  aria-label={`Move ${title}, place ${index + 1} of ${entries.length}`}
                  aria-describedby="how-to-arrange"
                  {...handleOf(index)}
                />
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
