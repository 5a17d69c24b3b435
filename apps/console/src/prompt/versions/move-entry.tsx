import { ArrowRight } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { Typed } from '../../ui/page.tsx';
import { Time } from '../../ui/time.tsx';
import type { CurrentPrompt } from '../calls.ts';
import { type LabelMove, type Release, undoMove, undoRelease } from '../labels/calls.ts';
import { namedVersion } from '../labels/move-at.ts';

interface MoveEntryProps {
  readonly prompt: CurrentPrompt;
  readonly move: LabelMove;
  /** Whether the label has not moved since. */
  readonly isLast: boolean;
  /** Of which it was a part. */
  readonly release: Release | undefined;
}

/** One move of a label in the history; the last one can be taken back. */
export function MoveEntry({ prompt: { id, permissions }, move, isLast, release }: MoveEntryProps) {
  const { label, from, to, movedBy, byProgram, movedAt, reason, isBreaking, undoes } = move;
  const others = (release?.promptCount ?? 1) - 1;
  return (
    <li className="relative flex flex-wrap items-start gap-x-4 gap-y-1 py-2 ps-11 pe-4 text-sm before:absolute before:inset-y-0 before:start-6 before:w-px before:bg-line first:before:top-4 after:absolute after:start-5.25 after:top-4 after:size-1.5 after:rounded-full after:bg-quiet">
      <div className="min-w-48 flex-1">
        <p className="flex flex-wrap items-center gap-x-2">
          <span className="font-semibold wrap-anywhere">{label}</span>
          <span>{namedVersion(from)}</span>
          <span className="inline-flex items-center gap-2">
            <ArrowRight aria-label="to" size={14} className="text-quiet" />
            <span className="font-semibold">{namedVersion(to)}</span>
          </span>
          {isBreaking && (
            <span className="rounded-full bg-fault-soft px-2 py-0.5 text-xs text-fault">broke its callers</span>
          )}
        </p>
        {reason !== null && (
          <p>
            “<Typed>{reason}</Typed>”
          </p>
        )}
        <p className="text-quiet">
          <Typed>{movedBy.name}</Typed>
          {byProgram && ' by a key'}
          {undoes !== null && ' took the move before back'}, <Time at={movedAt} />
          {others > 0 && `, released with ${others} other ${others === 1 ? 'prompt' : 'prompts'}`}
        </p>
      </div>
      {permissions.canEdit && isLast && (
        <div className="-ms-3.5 flex flex-wrap sm:ms-0">
          {release !== undefined && release.undoneBy === null && others > 0 && (
            <Button look="bare" onClick={() => void undoRelease(release)}>
              Undo the release<span className="sr-only"> of {label}</span>
            </Button>
          )}
          <Button look="bare" onClick={() => void undoMove({ id, label, moveId: move.id })}>
            Undo{others > 0 && ' here'}
            <span className="sr-only"> the move of {label}</span>
          </Button>
        </div>
      )}
    </li>
  );
}
