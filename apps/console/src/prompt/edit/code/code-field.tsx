import { lazy, type ReactNode, type RefObject, Suspense, useId, useRef, useState } from 'react';
import { useCheck } from '../../language/use-check.ts';
import type { Known } from './completions.ts';

const CodeMirror = lazy(() => import('./code-mirror.tsx'));

/** A finger writes better in what the system knows: keyboards on glass correct and complete by themselves. */
const hasFinger = (): boolean => window.matchMedia('(pointer: coarse)').matches;

interface Chosen {
  readonly from: number;
  readonly to: number;
}

/** As the editor takes the place of a text area in which somebody writes already: it goes on where they are. */
function Taking(props: { area: RefObject<HTMLTextAreaElement | null>; children: (begun: Chosen | null) => ReactNode }) {
  const { area, children } = props;
  const [begun] = useState(() => {
    const { current } = area;
    if (current === null || document.activeElement !== current) return null;
    return { from: current.selectionStart, to: current.selectionEnd };
  });
  return children(begun);
}

interface CodeFieldProps {
  readonly label: string;
  /** Not shown, where something else says it. */
  readonly isNamedElsewhere?: boolean;
  /** One of several, which has less room. */
  readonly isLow?: boolean;
  /** What it is called for who does not see what it belongs to; its label where that is not said. */
  readonly name?: string;
  readonly hint?: string;
  /** What the server says is wrong with it. */
  readonly fault?: string | undefined;
  readonly value: string;
  /** Inputs that are known beside those of the text itself. */
  readonly inputs: readonly string[];
  change(value: string): void;
}

const TAB = 'Tab writes two spaces while you type; Escape, then Tab goes on.';

/** A text in the prompt language: an editor with colours and completion where there is a keyboard, and its faults everywhere. */
export function CodeField(props: CodeFieldProps) {
  const { label, isNamedElsewhere = false, isLow = isNamedElsewhere, name = label } = props;
  const { hint, fault, value, inputs, change } = props;
  const id = useId();
  const [isPlain] = useState(hasFinger);
  const checked = useCheck(value);
  // While somebody types, and where it is no template for the moment, what was known last is offered.
  const last = useRef<Known>({ inputs: [], filters: [] });
  if (checked !== null) {
    last.current = { inputs: checked.fault === null ? checked.inputs : last.current.inputs, filters: checked.filters };
  }
  const known: Known = { inputs: [...new Set([...inputs, ...last.current.inputs])], filters: last.current.filters };
  const area = useRef<HTMLTextAreaElement>(null);
  const plain = (
    <textarea
      ref={area}
      aria-label={name}
      aria-describedby={`${id}-about`}
      aria-invalid={fault === undefined ? undefined : true}
      dir="auto"
      spellCheck={false}
      value={value}
      onChange={({ target }) => change(target.value)}
      className={`block field-sizing-content w-full bg-card px-3 py-2 font-mono text-sm leading-relaxed ${isLow ? 'max-h-96 min-h-28' : 'max-h-[70vh] min-h-60'} ${isNamedElsewhere ? 'rounded-b-xl' : 'rounded-lg'}`}
    />
  );
  const found = checked?.fault;
  return (
    <div className="min-w-0">
      {!isNamedElsewhere && (
        <p aria-hidden className="mb-1 text-sm font-semibold">
          {label}
        </p>
      )}
      {hint !== undefined && <p className="mb-1.5 text-sm text-quiet">{hint}</p>}
      <div
        className={
          isNamedElsewhere
            ? 'rounded-b-xl focus-within:outline-2 focus-within:outline-accent'
            : 'rounded-lg border border-line focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent'
        }
      >
        {isPlain ? (
          plain
        ) : (
          <Suspense fallback={plain}>
            <Taking area={area}>
              {(begun) => (
                <CodeMirror
                  label={name}
                  describedBy={`${id}-about`}
                  isInvalid={fault !== undefined || found != null}
                  isLow={isLow}
                  value={value}
                  fault={found ?? null}
                  known={known}
                  begun={begun}
                  change={change}
                />
              )}
            </Taking>
          </Suspense>
        )}
      </div>
      <div id={`${id}-about`} className={isNamedElsewhere ? 'px-3 text-sm *:last:pb-2' : 'mt-1 text-sm'}>
        {!isPlain && <p className={isNamedElsewhere ? 'sr-only' : 'text-quiet'}>{TAB}</p>}
        {fault !== undefined && <p className="text-fault">{fault}</p>}
        <p role="status" className="text-fault empty:hidden">
          {found != null && `Line ${found.line}, column ${found.column}: ${found.message}`}
        </p>
      </div>
    </div>
  );
}
