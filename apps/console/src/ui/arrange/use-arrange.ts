import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react';
import { placeByKey } from './moved-to.ts';
import { useDrag } from './use-drag.ts';

interface ArrangeProps {
  /** Of the items, in their order: each names one, wherever it stands. */
  readonly keys: readonly string[];
  /** What an item is called, as its move is said. */
  nameOf(index: number): string;
  move(from: number, to: number): void;
}

/** Which control of which item has the focus again once that stands at its new place. */
interface Focused {
  readonly key: string;
  readonly control: string;
  readonly to: number;
}

const HANDLE = 'handle';

/**
 * A list that people put in order: by dragging, by the arrow keys, Home and End on a handle, and by buttons. Each move is said, and
 * the focus stays with what moved.
 */
export function useArrange({ keys, nameOf, move }: ArrangeProps) {
  const [said, say] = useState('');
  const focused = useRef<Focused | null>(null);
  const arrange = (from: number, to: number, control: string) => {
    const key = keys[from];
    if (key === undefined || keys[to] === undefined || from === to) return;
    focused.current = { key, control, to };
    say(`${nameOf(from)}: place ${to + 1} of ${keys.length}`);
    move(from, to);
  };
  const { list, dragged, shiftOf, handle, cancel } = useDrag((from, to) => arrange(from, to, HANDLE));
  // What is dragged has no focus in some browsers.
  useLayoutEffect(() => {
    const { current } = focused;
    if (current === null || keys[current.to] !== current.key) return;
    list.current?.querySelector<HTMLElement>(`[data-arranges="${current.key} ${current.control}"]`)?.focus();
    focused.current = null;
  });
  const named = (index: number, control: string) => ({ 'data-arranges': `${keys[index]} ${control}` });
  return {
    list,
    /** For a live region. */
    said,
    isDragged: (index: number) => dragged === index,
    /** Of an item: that it shows where it would be dropped. */
    styleOf(index: number) {
      const shift = shiftOf(index);
      return shift === 0 ? undefined : { transform: `translateY(${shift}px)` };
    },
    /** Of the button that an item is dragged by. */
    handleOf: (index: number) => ({
      ...named(index, HANDLE),
      ...handle(index),
      onKeyDown(event: KeyboardEvent) {
        if (event.key === 'Escape' && dragged !== null) return cancel();
        const to = placeByKey(event.key, index, keys.length);
        if (to === null || event.altKey || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        arrange(index, to, HANDLE);
      },
    }),
    /** Of a button that moves an item by one place. */
    stepOf: (index: number, by: -1 | 1) => ({
      ...named(index, String(by)),
      disabled: keys[index + by] === undefined,
      onClick: () => arrange(index, index + by, String(by)),
    }),
  };
}

export type Arranged = ReturnType<typeof useArrange>;
