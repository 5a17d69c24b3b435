import type { VersionSummary } from '@promptory/client';
import { useState } from 'react';
import { Link } from 'wouter';
import { compareAt, promptAt } from '../../addresses.ts';
import { Button, buttonLook } from '../../ui/button.tsx';
import { Typed } from '../../ui/page.tsx';
import { Time } from '../../ui/time.tsx';
import type { CurrentPrompt } from '../calls.ts';
import type { PromptLabel } from '../labels/calls.ts';
import { LabelChip } from '../labels/label-chip.tsx';
import { LATEST, PRODUCTION } from '../labels/move-at.ts';
import { useMoveDialog } from '../labels/use-move-dialog.ts';
import { Changes } from './changes.tsx';
import { RestoreButton } from './restore-button.tsx';

interface VersionEntryProps {
  readonly prompt: CurrentPrompt;
  readonly version: VersionSummary;
  /** Those that point at it now. */
  readonly labels: readonly PromptLabel[];
}

/** One version in the history, and what can be done with it. */
export function VersionEntry({ prompt, labels, ...props }: VersionEntryProps) {
  const { id, permissions } = prompt;
  const { version, title, author, createdAt, changeNote, isLatest } = props.version;
  const [isOpen, setOpen] = useState(false);
  const { ask } = useMoveDialog();
  return (
    <li className="relative py-3 ps-11 pe-4 before:absolute before:inset-y-0 before:start-6 before:w-px before:bg-line first:before:top-6 last:before:bottom-auto last:before:h-6 after:absolute after:start-4.5 after:top-5 after:size-3 after:rounded-full after:border-2 after:border-accent after:bg-card">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-48 flex-1">
          <h2 className="flex flex-wrap items-center gap-2 font-semibold">
            <Link href={promptAt(id, version)} className="text-accent underline underline-offset-2">
              Version {version}
            </Link>
            {isLatest && <LabelChip>latest</LabelChip>}
            {labels.map(({ label, isProtected }) => (
              <LabelChip key={label} isProtected={isProtected}>
                {label}
              </LabelChip>
            ))}
          </h2>
          <p className="text-sm">
            <Typed>{changeNote ?? title}</Typed>
          </p>
          <p className="text-sm text-quiet">
            <Typed>{author.name}</Typed>, <Time at={createdAt} />
          </p>
        </div>
        <div className="-ms-3.5 flex flex-wrap sm:ms-0">
          {version > 1 && (
            <Button look="bare" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              What changed<span className="sr-only"> in version {version}</span>
            </Button>
          )}
          {permissions.canEdit && (
            <Button look="bare" onClick={() => ask({ label: PRODUCTION, to: version })}>
              Label<span className="sr-only"> version {version}</span>
            </Button>
          )}
          {!isLatest && (
            <Link href={compareAt(id, version, LATEST)} className={buttonLook('bare')}>
              Compare<span className="sr-only"> version {version} with the latest</span>
            </Link>
          )}
          {permissions.canEdit && !isLatest && <RestoreButton prompt={prompt} version={version} look="bare" />}
        </div>
      </div>
      {isOpen && <Changes id={id} from={version - 1} to={version} />}
    </li>
  );
}
