import { X } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Failure } from '../../ui/failure.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Typed } from '../../ui/page.tsx';
import type { ImportRow, ImportSummary } from '../calls.ts';
import { RowEntry } from './row-entry.tsx';
import { choiceIn, choiceOf, isNew, RowsNotFound, type Source, sourceName } from './source.ts';
import type { useImport } from './use-import.ts';

/** Rows that are shown at first, and with each click more. */
const ROWS = 100;

interface ListProps {
  readonly transfer: ReturnType<typeof useImport>;
  readonly isDone: boolean;
}

export const SourceList = ({ transfer, isDone }: ListProps) =>
  transfer.sources.map((source) => (
    <SourceEntry
      key={source.key}
      source={source}
      isDone={isDone}
      leave={(left) => transfer.leave(source.key, left)}
      drop={() => transfer.drop(source.key)}
    />
  ));

interface SourceProps {
  readonly source: Source;
  readonly isDone: boolean;
  leave(left: ReadonlySet<string>): void;
  drop(): void;
}

function SourceEntry({ source, isDone, leave, drop }: SourceProps) {
  const { rows, state, summary, progress, error, left } = source;
  const name = sourceName(source);
  const choices = [...new Set(rows.filter(isNew).map((row) => choiceOf(source, row)))];
  const isWhole = choices.every((choice) => !left.has(choice));
  const canChoose = state === 'checked' && choices.length > 0;
  return (
    <section aria-label={name} className="min-w-0 rounded-xl border border-edge bg-card">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-edge py-2 ps-4 pe-2">
        {canChoose && (
          <input
            type="checkbox"
            aria-label={`Import ${name}`}
            className="size-5 shrink-0 accent-accent"
            checked={isWhole}
            ref={(box) => {
              if (box !== null) box.indeterminate = !isWhole && choices.some((choice) => !left.has(choice));
            }}
            onChange={() => leave(new Set(isWhole ? choices : []))}
          />
        )}
        <h2 className="min-w-0 flex-1 font-semibold">
          <Typed>{name}</Typed>
          {summary !== null && <span className="font-normal text-quiet"> · {formatOf(summary)}</span>}
        </h2>
        {(state === 'checked' || isDone) && (
          <Button look="icon" aria-label={`Close ${name}`} onClick={drop}>
            <X aria-hidden size={16} />
          </Button>
        )}
      </header>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3 p-4">
        {(state === 'checking' || state === 'importing') && (
          <Progress what={state === 'checking' ? 'Looking at it' : 'Importing'} {...{ progress }} />
        )}
        {error !== null &&
          (error instanceof RowsNotFound ? (
            <Notice kind="bad">The rows of this file cannot be told apart here: import all of it, or none.</Notice>
          ) : (
            <Failure error={error} />
          ))}
        {summary !== null && <Counts summary={summary} />}
        {summary !== null && summary.file.leftOut.length > 0 && (
          <p className="text-sm text-quiet">
            Left out, as it means nothing here: <Typed>{summary.file.leftOut.join(', ')}</Typed>
          </p>
        )}
        {canChoose && choiceIn(source) === 'all' && rows.length > 1 && (
          <p className="text-sm text-quiet">Prompts of such a file are imported all or not at all.</p>
        )}
        <Rows source={source} canChoose={canChoose && choiceIn(source) !== 'all'} leave={leave} />
      </div>
    </section>
  );
}

const names = { files: 'Files of several formats', csv: 'CSV', json: 'JSON' } as const;
const delimited = { comma: 'by commas', semicolon: 'by semicolons', tab: 'by tabs' } as const;

function formatOf({ file: { format, delimiter } }: ImportSummary): string {
  const name = format === 'files' || format === 'csv' || format === 'json' ? names[format] : format;
  return delimiter === null ? name : `${name} ${delimited[delimiter]}`;
}

function Progress({ what, progress }: { what: string; progress: Source['progress'] }) {
  const total = progress?.totalBytes ?? null;
  return (
    <p role="status" className="text-sm text-quiet">
      {what} …{' '}
      {progress !== null && total !== null && (
        <>
          <progress aria-label={what} value={progress.bytes} max={total} className="mx-2 w-40 align-middle" />
          {progress.rows} rows
        </>
      )}
    </p>
  );
}

const Counts = ({ summary: { dryRun, created, updated, unchanged, failed } }: { summary: ImportSummary }) => (
  <ul aria-label="Verdict" className="flex flex-wrap gap-x-5 gap-y-1 text-sm">
    <li>
      <span className="font-semibold tabular-nums">{created}</span> {dryRun ? 'new' : 'made'}
    </li>
    <li>
      <span className="font-semibold tabular-nums">{updated}</span> {dryRun ? 'to change' : 'changed'}
    </li>
    <li className="text-quiet">
      <span className="font-semibold tabular-nums">{unchanged}</span> as they are
    </li>
    <li className={failed > 0 ? 'text-fault' : 'text-quiet'}>
      <span className="font-semibold tabular-nums">{failed}</span> refused
    </li>
  </ul>
);

/** What is refused first: that wants to be seen. */
const refusedFirst = (one: ImportRow, other: ImportRow): number =>
  Number(other.outcome === 'failed') - Number(one.outcome === 'failed');

function Rows({ source, canChoose, leave }: { source: Source; canChoose: boolean; leave: SourceProps['leave'] }) {
  const { rows, left } = source;
  const [most, setMost] = useState(ROWS);
  const toggle = (choice: string) => {
    const next = new Set(left);
    if (!next.delete(choice)) next.add(choice);
    leave(next);
  };
  if (rows.length === 0) return null;
  return (
    <>
      <ul
        aria-label={`Prompts of ${sourceName(source)}`}
        className="-mx-4 divide-y divide-edge border-t border-edge last:-mb-4"
      >
        {rows
          .toSorted(refusedFirst)
          .slice(0, most)
          .map((row) => {
            const choice = choiceOf(source, row);
            return (
              <RowEntry
                key={`${row.file} ${row.row}`}
                row={row}
                isDryRun={source.state !== 'imported'}
                choice={canChoose && isNew(row) ? { isChosen: !left.has(choice), toggle: () => toggle(choice) } : null}
              />
            );
          })}
      </ul>
      {rows.length > most && (
        <Button className="justify-self-start" onClick={() => setMost(most + 5 * ROWS)}>
          {`Show more of ${rows.length}`}
        </Button>
      )}
    </>
  );
}
