import { Notice } from '../../ui/notice.tsx';
import { Typed } from '../../ui/page.tsx';
import type { LabelCheck } from './calls.ts';

type Checked = Pick<LabelCheck, 'from' | 'to' | 'isCompatible' | 'breakCount'> & {
  readonly breaks: readonly Pick<LabelCheck['breaks'][number], 'side' | 'path' | 'kind' | 'message' | 'decided'>[];
};

/** What of a version the callers of another one cannot do with. */
export function Breaks({ check: { from, to, isCompatible, breaks, breakCount } }: { check: Checked }) {
  if (from === null) return <Notice>It never pointed at a version: there is nobody whom it could break.</Notice>;
  if (isCompatible)
    return (
      <Notice>
        Whoever calls version {from} can call version {to} as it is.
      </Notice>
    );
  return (
    <Notice kind="bad">
      <p className="font-semibold">It breaks programs that call version {from}:</p>
      <ul className="mt-1.5 grid list-disc gap-1 ps-5">
        {breaks.map(({ side, path, kind, message, decided }) => (
          <li key={`${side} ${path} ${kind}`}>
            {side === 'input' ? 'The input ' : 'The answer '}
            {path !== '' && (
              <code className="font-mono">
                <Typed>{path}</Typed>
              </code>
            )}{' '}
            <Typed>{message}</Typed>
            {!decided && ' (perhaps: this cannot be decided)'}
          </li>
        ))}
        {breakCount > breaks.length && <li>and {breakCount - breaks.length} more</li>}
      </ul>
    </Notice>
  );
}
