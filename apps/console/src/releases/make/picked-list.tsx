import { ArrowRight } from 'lucide-react';
import { Breaks } from '../../prompt/labels/breaks.tsx';
import type { LabelCheck } from '../../prompt/labels/calls.ts';
import { namedVersion } from '../../prompt/labels/move-at.ts';
import { Failure } from '../../ui/failure.tsx';
import { Typed } from '../../ui/page.tsx';
import type { Picked } from '../matrix.ts';

interface Refusal {
  readonly promptId: string | null;
  readonly index: number;
  readonly message: string;
}

interface ListProps {
  readonly picked: readonly Picked[];
  /** Of each, in the same order. */
  readonly checks: readonly { readonly data: LabelCheck | undefined; readonly error: unknown }[];
  readonly refusals: readonly Refusal[];
  change(id: string, version: number): void;
}

/** Each prompt of a release: from which version to which, whom that breaks, and why it was refused. */
export const PickedList = ({ picked, checks, refusals, change }: ListProps) => (
  <ul aria-label="Prompts of the release" className="divide-y divide-edge rounded-xl border border-edge">
    {picked.map((one, index) => (
      <Entry
        key={one.prompt.id}
        picked={one}
        check={checks[index]}
        refusal={refusals.find((refusal) => refusal.index === index)}
        change={(version) => change(one.prompt.id, version)}
      />
    ))}
  </ul>
);

interface EntryProps {
  readonly picked: Picked;
  readonly check: ListProps['checks'][number] | undefined;
  readonly refusal: Refusal | undefined;
  change(version: number): void;
}

/** Versions that can be chosen of a prompt. */
const MOST = 100;

function versionsUpTo(latest: number, chosen: number): readonly number[] {
  const numbers = Array.from({ length: Math.min(latest, MOST) }, (_, at) => latest - at);
  return numbers.includes(chosen) ? numbers : [...numbers, chosen];
}

function Entry({ picked: { prompt, version, from }, check, refusal, change }: EntryProps) {
  return (
    <li className="grid grid-cols-[minmax(0,1fr)] gap-2 px-4 py-3 text-sm">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h3 className="min-w-40 flex-1 font-semibold">
          <Typed>{prompt.title}</Typed>
        </h3>
        <p className="inline-flex items-center gap-2">
          <span className="text-quiet">{namedVersion(from)}</span>
          <ArrowRight aria-label="to" size={14} className="text-quiet" />
          <select
            aria-label={`Version of ${prompt.title}`}
            value={version}
            onChange={({ target }) => change(Number(target.value))}
            className="min-h-9 rounded-lg border border-line bg-card px-2"
          >
            {versionsUpTo(prompt.version, version).map((one) => (
              <option key={one} value={one}>{`version ${one}`}</option>
            ))}
          </select>
        </p>
      </div>
      {from === version ? (
        <p className="text-quiet">It points there already.</p>
      ) : check?.error != null ? (
        <Failure error={check.error} />
      ) : check?.data === undefined ? (
        <p className="text-quiet">Looking whom it breaks …</p>
      ) : check.data.isCompatible ? (
        <p className="text-quiet">
          {check.data.from === null ? 'There is nobody whom it could break.' : 'Breaks nobody.'}
        </p>
      ) : (
        <Breaks check={check.data} />
      )}
      {refusal !== undefined && (
        <p role="alert" className="text-fault">
          Refused: <Typed>{refusal.message}</Typed>
        </p>
      )}
    </li>
  );
}
