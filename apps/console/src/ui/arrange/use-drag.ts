import { type PointerEvent, useRef, useState } from 'react';
import { placeAt } from './moved-to.ts';

/** Pixels from the edge of the window within which it scrolls along. */
const EDGE_PX = 70;
const STEP_PX = 14;

interface Row {
  readonly top: number;
  readonly bottom: number;
}

interface Drag {
  readonly from: number;
  readonly to: number;
  /** How far from where it was taken, in pixels. */
  readonly y: number;
  /** Where the rows stood then, in pixels of the page. */
  readonly rows: readonly Row[];
}

/** By how many pixels a row stands elsewhere while another one is dragged: there is a gap where that would be dropped. */
function shiftOf(drag: Drag | null, index: number): number {
  if (drag === null) return 0;
  const { from, to, y, rows } = drag;
  if (index === from) return y;
  const room = roomOf(rows, from);
  if (index > from && index <= to) return -room;
  return index < from && index >= to ? room : 0;
}

/** How far apart a row holds its neighbours, with what lies between rows. */
function roomOf(rows: readonly Row[], index: number): number {
  const [row, next, before] = [rows[index], rows[index + 1], rows[index - 1]];
  if (row === undefined) return 0;
  if (next !== undefined) return next.top - row.top;
  return before === undefined ? row.bottom - row.top : row.bottom - before.bottom;
}

/**
 * Drags rows by a handle, with a mouse, a pen or a finger: by pointer events, as the browser's own dragging knows no fingers.
 *
 * @param drop is given where a row stood and where it is to stand
 */
export function useDrag(drop: (from: number, to: number) => void) {
  const list = useRef<HTMLOListElement>(null);
  const start = useRef(0);
  const [drag, setDrag] = useState<Drag | null>(null);

  const handle = (index: number) => ({
    onPointerDown(event: PointerEvent<HTMLElement>) {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      start.current = event.clientY + window.scrollY;
      const rows = [...(list.current?.children ?? [])].map((row) => {
        const { top, bottom } = row.getBoundingClientRect();
        return { top: top + window.scrollY, bottom: bottom + window.scrollY };
      });
      setDrag({ from: index, to: index, y: 0, rows });
    },
    onPointerMove({ clientY }: PointerEvent) {
      if (drag === null) return;
      if (clientY < EDGE_PX) window.scrollBy(0, -STEP_PX);
      else if (clientY > window.innerHeight - EDGE_PX) window.scrollBy(0, STEP_PX);
      const at = clientY + window.scrollY;
      setDrag({ ...drag, y: at - start.current, to: placeAt(at, drag.rows) });
    },
    onPointerUp() {
      if (drag !== null && drag.from !== drag.to) drop(drag.from, drag.to);
      setDrag(null);
    },
    onPointerCancel: () => setDrag(null),
  });
  return {
    list,
    dragged: drag?.from ?? null,
    shiftOf: (index: number) => shiftOf(drag, index),
    handle,
    /** What is dragged goes back to where it was. */
    cancel: () => setDrag(null),
  };
}
