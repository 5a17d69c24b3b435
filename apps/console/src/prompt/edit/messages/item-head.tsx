import { ArrowDown, ArrowUp, Trash2 } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { Grip } from '../../../ui/arrange/grip.tsx';
import type { Arranged } from '../../../ui/arrange/use-arrange.ts';
import { Button } from '../../../ui/button.tsx';

/** Of the text that says how items are put in order. */
export const HOW_TO_MOVE = 'how-to-move';

interface HeadProps {
  readonly name: string;
  readonly index: number;
  readonly arranged: Arranged;
  readonly isOnly: boolean;
  remove(): void;
  /** What it is. */
  readonly children: ReactNode;
}

/** Above an item of a list that is put in order: its handle, what it is, and what is done with it. */
export const ItemHead = ({ name, index, arranged, isOnly, remove, children }: HeadProps) => (
  <div className="flex items-center border-b border-edge p-1">
    <Grip aria-label={`Move ${name}`} aria-describedby={HOW_TO_MOVE} {...arranged.handleOf(index)} />
    <span className="min-w-0 flex-1 px-1">{children}</span>
    <Button look="icon" aria-label={`${name}: up`} {...arranged.stepOf(index, -1)}>
      <ArrowUp aria-hidden size={16} />
    </Button>
    <Button look="icon" aria-label={`${name}: down`} {...arranged.stepOf(index, 1)}>
      <ArrowDown aria-hidden size={16} />
    </Button>
    <Button look="icon" aria-label={`${name}: remove`} disabled={isOnly} onClick={remove}>
      <Trash2 aria-hidden size={16} />
    </Button>
  </div>
);

/** What no form shows, just as it is. */
export const JsonArea = (props: { name: string; value: string; change: (value: string) => void }) => (
  <textarea
    aria-label={props.name}
    dir="ltr"
    rows={4}
    spellCheck={false}
    value={props.value}
    onChange={({ target }) => props.change(target.value)}
    className="block field-sizing-content max-h-96 w-full rounded-b-xl bg-card px-3 py-2 font-mono text-sm leading-relaxed"
  />
);

/** What else may be made of an item. */
export const SmallButton = (props: ComponentProps<typeof Button>) => (
  <Button look="bare" {...props} className="min-h-9 px-2 py-1 text-start text-xs whitespace-normal" />
);
