import { Link } from 'wouter';
import { promptAt } from '../../addresses.ts';
import { Typed } from '../../ui/page.tsx';
import type { ImportRow } from '../calls.ts';

const verdicts = {
  created: { will: 'new', is: 'made', look: 'bg-good-soft' },
  updated: { will: 'changes', is: 'changed', look: 'bg-accent-soft' },
  unchanged: { will: 'as it is', is: 'as it was', look: 'bg-hover text-quiet' },
  failed: { will: 'refused', is: 'refused', look: 'bg-fault-soft text-fault' },
} as const;

interface RowProps {
  readonly row: ImportRow;
  readonly isDryRun: boolean;
  /** Null where there is nothing to choose. */
  readonly choice: { readonly isChosen: boolean; toggle(): void } | null;
}

/** What becomes of one prompt of a file, and why. */
export function RowEntry({
  row: { row, title, outcome, promptId, reason, file, warnings },
  isDryRun,
  choice,
}: RowProps) {
  const { will, is, look } = verdicts[outcome];
  const name = title === '' ? `Row ${row}` : title;
  return (
    <li className="flex items-start gap-3 px-4 py-2 text-sm">
      {choice === null ? (
        <span aria-hidden className={isDryRun ? 'size-5 shrink-0' : 'hidden'} />
      ) : (
        <input
          type="checkbox"
          aria-label={`Import ${name}`}
          className="mt-0.5 size-5 shrink-0 accent-accent"
          checked={choice.isChosen}
          onChange={choice.toggle}
        />
      )}
      <div className="min-w-0 flex-1">
        <p className="font-semibold">
          {!isDryRun && promptId !== null && outcome !== 'failed' ? (
            <Link href={promptAt(promptId)} className="text-accent underline underline-offset-2">
              <Typed>{name}</Typed>
            </Link>
          ) : (
            <Typed>{name}</Typed>
          )}
          {file !== null && (
            <span className="ms-2 font-mono text-xs font-normal text-quiet">
              <Typed>{file}</Typed>
            </span>
          )}
        </p>
        {reason !== null && (
          <p className={outcome === 'failed' ? 'text-fault' : 'text-quiet'}>
            <Typed>{reason}</Typed>
          </p>
        )}
        {warnings.length > 0 && (
          <ul className="list-disc ps-4 text-quiet">
            {warnings.map(({ message, within, line, column }) => (
              <li key={`${line} ${column} ${within} ${message}`}>
                <Typed>{message}</Typed> ({within !== null && <Typed>{`${within}, `}</Typed>}line {line})
              </li>
            ))}
          </ul>
        )}
      </div>
      <span className={`shrink-0 rounded-full px-2 py-0.5 text-xs font-semibold ${look}`}>{isDryRun ? will : is}</span>
    </li>
  );
}
