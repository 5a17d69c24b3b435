import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { createPortal } from 'react-dom';
import { Button } from '../../ui/button.tsx';
import { Failure } from '../../ui/failure.tsx';
import { toasts } from '../../ui/toasts.ts';
import { type CurrentPrompt, versionOf } from '../calls.ts';
import { type Draft, draftOfVersion } from '../edit/draft.ts';

// With it comes what compares texts.
const ThreeWay = lazy(() => import('./three-way.tsx').then(({ ThreeWay: component }) => ({ default: component })));

/** What an editor has, and how it gets another draft, which builds on a newer version. */
export interface Edited {
  readonly draft: Draft;
  /** What the draft began with, and the version that this is of. */
  readonly saved: Draft;
  readonly base: number;
  take(draft: Draft, start: { readonly saved: Draft; readonly base: number | null }): void;
}

interface PutTogetherProps {
  readonly prompt: CurrentPrompt;
  readonly edited: Edited;
  /** The version that somebody else has saved meanwhile. */
  readonly latest: number;
}

/** Opens what was typed beside what somebody else has saved. What somebody decides there can be taken back. */
export function PutTogether({ prompt, edited, latest }: PutTogetherProps) {
  const [isOpen, setOpen] = useState(false);
  const before = useQuery({ ...versionOf(prompt.id, edited.base), enabled: isOpen });
  const now = useQuery({ ...versionOf(prompt.id, latest), enabled: isOpen });
  const error = before.error ?? now.error;
  const { draft, saved, base, take } = edited;
  const close = () => setOpen(false);
  const dialog = () => {
    if (before.data === undefined || now.data === undefined) return null;
    const theirs = draftOfVersion(prompt, now.data);
    // What a prompt is filed under belongs to no version: what was there when somebody began is the nearest to it.
    const { category, tags } = saved;
    return (
      <ThreeWay
        author={now.data.author.name}
        base={{ ...draftOfVersion(prompt, before.data), category, tags }}
        theirs={theirs}
        mine={draft}
        take={(next) => {
          close();
          take(next, { saved: theirs, base: latest });
          const undo = () => take(draft, { saved, base });
          toasts.show({ text: 'Both are in the editor, and not saved yet', act: { name: 'Undo', run: undo } });
        }}
        close={close}
      />
    );
  };
  return (
    <>
      <Button onClick={() => setOpen(true)}>Put both together</Button>
      {isOpen && error !== null && <Failure error={error} />}
      {/* Not within the form of the editor: what is sent in it is none of that. */}
      {isOpen && createPortal(<Suspense>{dialog()}</Suspense>, document.body)}
    </>
  );
}
