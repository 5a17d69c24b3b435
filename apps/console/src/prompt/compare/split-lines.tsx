import { type Pair, pairsOf, type Run } from './paired-runs.ts';

const looks = { same: '', removed: 'bg-fault-soft', added: 'bg-good-soft' } as const;

/** A text of two versions, the older on the left, with what differs on one line. */
export const SplitLines = ({ runs }: { runs: readonly Run[] }) => (
  <div className="font-mono text-sm">
    {pairsOf(runs).map((pair) => (
      <Row key={`${pair.old?.oldStart ?? ''} ${pair.now?.newStart ?? ''} ${pair.now?.type}`} pair={pair} />
    ))}
  </div>
);

function Row({ pair: { old, now } }: { pair: Pair }) {
  if (old?.type === 'same' && old.words === null) {
    return (
      <p className="bg-hover px-3 py-0.5 text-center text-xs text-quiet">
        {old.count === 1 ? 'one line' : `${old.count} lines`} as before
      </p>
    );
  }
  return (
    <div className="grid grid-cols-2">
      <Side run={old} is="removed" />
      <Side run={now} is="added" />
    </div>
  );
}

function Side({ run, is }: { run: Run | null; is: 'removed' | 'added' }) {
  const isOther = run !== null && run.type !== 'same';
  return (
    <div
      className={`min-w-0 px-3 py-0.5 whitespace-pre-wrap wrap-anywhere first:border-e first:border-edge ${run === null ? 'bg-hover' : looks[run.type]}`}
    >
      {isOther && <span className="sr-only">{is}: </span>}
      <div dir="auto" className="[unicode-bidi:plaintext]">
        {run?.words?.map((piece, index) => (
          // Words have no name but their place.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <span key={index} className={isOther && piece.type !== 'same' ? 'font-bold' : ''}>
            {piece.text}
          </span>
        ))}
      </div>
    </div>
  );
}
