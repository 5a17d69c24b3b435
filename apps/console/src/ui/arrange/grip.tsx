import { GripVertical } from 'lucide-react';
import type { ComponentProps } from 'react';

/** By which an item of a list is dragged, or moved by keys. */
export const Grip = (props: ComponentProps<'button'>) => (
  <button
    type="button"
    {...props}
    className="grid size-10 shrink-0 cursor-grab touch-none place-items-center rounded-lg text-quiet hover:bg-hover active:cursor-grabbing"
  >
    <GripVertical aria-hidden size={16} />
  </button>
);

/** Of an item while it is dragged. */
export const draggedLook = 'relative z-10 rounded-xl shadow-lg outline-2 outline-accent';

/** Says a move to who does not see it. */
export const SaidMove = ({ children }: { children: string }) => (
  <p className="sr-only" aria-live="assertive">
    {children}
  </p>
);
