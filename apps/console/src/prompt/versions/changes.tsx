import type { VersionDiff } from '@promptory/client';
import { useQuery } from '@tanstack/react-query';
import { Failure } from '../../ui/failure.tsx';
import { Loading } from '../../ui/page.tsx';
import { diffOf } from '../calls.ts';

type TextDiff = VersionDiff['content'];

const looks = {
  same: { line: '', word: '', sign: ' ' },
  removed: { line: 'bg-fault-soft', word: 'font-bold', sign: '−' },
  added: { line: 'bg-good-soft', word: 'font-bold', sign: '+' },
} as const;

/** What differs between two versions, line by line. */
export function Changes({ id, from, to }: { id: string; from: number; to: number }) {
  const { data, error, refetch } = useQuery(diffOf(id, from, to));
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Loading what="Comparing" />;
  return <Differing diff={data} />;
}

/** All that differs, its texts line by line. */
export function Differing({ diff }: { diff: Omit<VersionDiff, 'from' | 'to'> }) {
  const texts = (['title', 'description', 'content'] as const).filter((name) => diff[name].changed);
  const others = (['messages', 'config', 'inputSchema', 'outputSchema'] as const).filter(
    // What messages say stands in the content, line by line.
    (name) => diff[name].changes.length > 0 && !(name === 'messages' && diff.content.changed),
  );
  return (
    <div className="mt-3 grid gap-3">
      {texts.length + others.length === 0 && <p className="text-sm text-quiet">Nothing differs.</p>}
      {texts.map((name) => (
        <section key={name} aria-label={`Changes of ${name}`} className="overflow-x-auto rounded-lg border border-edge">
          <h3 className="border-b border-edge px-3 py-1 text-xs font-semibold text-quiet">{name}</h3>
          <Lines diff={diff[name]} />
        </section>
      ))}
      {others.length > 0 && (
        <p className="text-sm text-quiet">
          Also:{' '}
          {others
            .map((name) => `${name} at ${diff[name].changes.map(({ path }) => path || '/').join(', ')}`)
            .join(' · ')}
        </p>
      )}
    </div>
  );
}

/** A text of two versions, one below the other. */
export const Lines = ({ diff }: { diff: TextDiff }) => (
  <div className="font-mono text-sm">
    {diff.runs.map(({ type, oldStart, newStart, count, words }) => {
      const { line, word, sign } = looks[type];
      return (
        <div key={`${type} ${oldStart} ${newStart}`} className={`flex gap-2 px-3 py-0.5 ${line}`}>
          <span aria-hidden className="w-[1ch] shrink-0 text-quiet select-none">
            {sign}
          </span>
          {type !== 'same' && <span className="sr-only">{type}:</span>}
          {words === null ? (
            <span className="text-quiet">{count === 1 ? 'one line' : `${count} lines`} as before</span>
          ) : (
            <div dir="auto" className="min-w-0 flex-1 whitespace-pre-wrap wrap-anywhere [unicode-bidi:plaintext]">
              {words.map((piece, index) => (
                // Words have no name but their place.
                // biome-ignore lint/suspicious/noArrayIndexKey: see above
                <span key={index} className={piece.type === 'same' ? '' : word}>
                  {piece.text}
                </span>
              ))}
            </div>
          )}
        </div>
      );
    })}
  </div>
);
