import { useQuery } from '@tanstack/react-query';
import { createPortal } from 'react-dom';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { FormActions } from '../../ui/form-actions.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Loading, Typed } from '../../ui/page.tsx';
import type { CurrentPrompt } from '../calls.ts';
import { InputChanges } from '../compare/input-changes.tsx';
import type { Draft } from '../edit/draft.ts';
import { IncludedList } from '../include/included-list.tsx';
import { Breaks } from '../labels/breaks.tsx';
import { labelsOf } from '../labels/calls.ts';
import { PRODUCTION } from '../labels/move-at.ts';
import { Users } from '../labels/users.tsx';
import { Differing } from '../versions/changes.tsx';
import { type Known, useReview } from './use-review.ts';

interface ReviewProps {
  readonly prompt: CurrentPrompt;
  readonly draft: Draft;
  readonly isSaving: boolean;
  note(changeNote: string): void;
  save(): void;
  close(): void;
}

/** What saving makes of a prompt, before it is saved: whom it breaks, what programs give otherwise, and its words. */
export function ReviewDialog({ prompt, draft, isSaving, note, save, close }: ReviewProps) {
  const { version } = prompt;
  const { data, error } = useReview(prompt, draft);
  // Not within the form of the editor, of which it is no field; events of the page go up through what shows it all the same.
  return createPortal(
    <Dialog title={`Save version ${version + 1}?`} isWide isForm close={close}>
      <form
        className="grid grid-cols-[minmax(0,1fr)] gap-5 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation();
          save();
        }}
      >
        <Field
          label="What this version changes"
          hint="For whoever reads its history."
          required={false}
          dir="auto"
          maxLength={500}
          value={draft.changeNote}
          onChange={({ target }) => note(target.value)}
        />
        {data !== undefined ? (
          <Review reviewed={data} prompt={prompt} />
        ) : error === null ? (
          <Loading what="Comparing" />
        ) : (
          <Notice>What it changes cannot be shown. The server says so, if something is wrong with it.</Notice>
        )}
        <FormActions
          does={isSaving ? 'Saving …' : `Save version ${version + 1}`}
          isDisabled={isSaving}
          isSticky
          close={close}
        />
      </form>
    </Dialog>,
    document.body,
  );
}

function Review({ reviewed, prompt }: { reviewed: Known; prompt: CurrentPrompt }) {
  const { diff, before, after, breaks, inclusions } = reviewed;
  const { version } = prompt;
  return (
    <>
      {after.fault !== null && (
        <Notice kind="bad">
          Programs cannot render it: <Typed>{after.fault}</Typed>
        </Notice>
      )}
      {breaks !== null && (
        <Breaks
          check={{
            ...{ from: version, to: version + 1, isCompatible: breaks.length === 0 },
            ...{ breaks: breaks.slice(0, MOST), breakCount: breaks.length },
          }}
        />
      )}
      <Reach prompt={prompt} />
      <IncludedList inclusions={inclusions} isDraft />
      <InputChanges from={before.inputs ?? undefined} to={after.inputs ?? undefined} />
      <section aria-label="What differs">
        <h3 className="text-sm font-semibold">What differs</h3>
        <Differing diff={diff} />
      </section>
    </>
  );
}

/** Breaks that are listed. */
const MOST = 50;

/** Who gets the version as it is saved: by which label programs ask decides on that. */
function Reach({ prompt }: { prompt: CurrentPrompt }) {
  const { data } = useQuery(labelsOf(prompt.id));
  if (data === undefined) return null;
  const served = data.items.find(({ label }) => label === PRODUCTION)?.version ?? null;
  if (served !== null) {
    return (
      <p className="text-sm">
        Programs go on with version {served}, at which {PRODUCTION} points, until you move that.
      </p>
    );
  }
  return (
    <>
      <p className="text-sm">Programs get it at once: no version is in {PRODUCTION}, so that they follow the latest.</p>
      <Users prompt={prompt} version={prompt.version} />
    </>
  );
}
