import { Lock, LockOpen } from 'lucide-react';
import { Link } from 'wouter';
import { promptAt } from '../../addresses.ts';
import { Button } from '../../ui/button.tsx';
import { Typed } from '../../ui/page.tsx';
import { Time } from '../../ui/time.tsx';
import type { CurrentPrompt } from '../calls.ts';
import { type PromptLabel, protect } from './calls.ts';
import { PRODUCTION } from './move-at.ts';
import { useMoveDialog } from './use-move-dialog.ts';

/** Where each label of a prompt points. */
export function LabelsNow({ prompt, labels }: { prompt: CurrentPrompt; labels: readonly PromptLabel[] }) {
  return (
    <section aria-labelledby="labels-now">
      <h2 id="labels-now" className="mb-2 font-semibold">
        Labels
      </h2>
      {labels.length === 0 ? (
        <p className="text-sm text-quiet">
          None yet. A program fetches the version that a label points at:{' '}
          <code className="font-mono text-xs wrap-anywhere">{prompt.ref}@production</code>.
          {prompt.permissions.canEdit && ' “Label” beside a version points one there.'}
        </p>
      ) : (
        <ul aria-label="Labels" className="divide-y divide-edge rounded-xl border border-edge bg-card">
          {labels.toSorted(productionFirst).map((label) => (
            <Now key={label.label} prompt={prompt} label={label} />
          ))}
        </ul>
      )}
    </section>
  );
}

const productionFirst = (one: PromptLabel, other: PromptLabel): number =>
  Number(other.label === PRODUCTION) - Number(one.label === PRODUCTION);

function Now({
  prompt: { id, permissions, version: latest },
  label: held,
}: {
  prompt: CurrentPrompt;
  label: PromptLabel;
}) {
  const { label, version, isProtected, lastMove } = held;
  const { ask } = useMoveDialog();
  const behind = version === null ? 0 : latest - version;
  return (
    <li className="flex flex-wrap items-center gap-x-2 gap-y-2 px-4 py-2.5">
      <div className="min-w-32 flex-1">
        <p>
          <span className="font-semibold wrap-anywhere">{label}</span>{' '}
          {version === null ? (
            <span className="text-quiet">points at no version</span>
          ) : (
            <>
              <Link href={promptAt(id, version)} className="text-accent underline underline-offset-2">
                version {version}
              </Link>
              <span className="text-sm text-quiet">
                {behind === 0 ? ', the latest' : `, ${behind} behind the latest`}
              </span>
            </>
          )}
        </p>
        {lastMove !== null && (
          <p className="text-sm text-quiet">
            <Typed>{lastMove.movedBy.name}</Typed>, <Time at={lastMove.movedAt} />
          </p>
        )}
      </div>
      {permissions.canDelete ? (
        <Button
          look="icon"
          aria-pressed={isProtected}
          aria-label={`Protect ${label}`}
          title={isProtected ? 'Only you move it. Let editors move it again' : 'Let nobody but you move it'}
          onClick={() => void protect(id, label, !isProtected)}
        >
          {isProtected ? <Lock aria-hidden size={16} /> : <LockOpen aria-hidden size={16} />}
        </Button>
      ) : (
        isProtected && <Lock aria-label="Protected: only the owner moves it" size={16} className="text-quiet" />
      )}
      {permissions.canEdit && (permissions.canDelete || !isProtected) && (
        <Button onClick={() => ask({ label, to: undefined })}>
          Move<span className="sr-only"> {label}</span>
        </Button>
      )}
    </li>
  );
}
