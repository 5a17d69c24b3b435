import { isPromptoryError } from '@promptory/client';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation, useParams } from 'wouter';
import { useSearch } from 'wouter/use-browser-location';
import { promptAt } from '../../addresses.ts';
import { dropDraft } from '../../data/drafts.ts';
import { Failure } from '../../ui/failure.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Loading } from '../../ui/page.tsx';
import { type CurrentPrompt, useUpdate, versionOf } from '../calls.ts';
import { Conflict } from '../conflict/conflict.tsx';
import { type Edited, PutTogether } from '../conflict/put-together.tsx';
import { NewerVersion } from '../live/newer-version.tsx';
import { readVersion } from '../read/read-version.ts';
import { ReviewDialog } from '../review/review-dialog.tsx';
import { WithPrompt } from '../with-prompt.tsx';
import { contentOf, type Draft, draftOf, draftOfVersion, isSameVersion, savedDraft } from './draft.ts';
import { Editor } from './editor.tsx';

export function EditPage() {
  const { id = '' } = useParams();
  const version = readVersion(useSearch());
  return (
    <WithPrompt id={id} what="Edit">
      {(prompt) =>
        prompt.permissions.canEdit ? (
          <EditingFrom key={`${prompt.id} ${version}`} prompt={prompt} version={version ?? prompt.version} />
        ) : (
          <Notice kind="bad">You may read this prompt, and not change it.</Notice>
        )
      }
    </WithPrompt>
  );
}

/** Begins with the latest version, or with an earlier one. */
function EditingFrom({ prompt, version }: { prompt: CurrentPrompt; version: number }) {
  // As it was opened: what is the latest later on is no other beginning.
  const [isLatest] = useState(version === prompt.version);
  const { data, error, refetch } = useQuery({ ...versionOf(prompt.id, version), enabled: !isLatest });
  if (isLatest) return <Editing prompt={prompt} saved={draftOf(prompt)} />;
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Loading what={`Opening version ${version}`} />;
  return (
    <>
      <div className="mb-5 max-w-4xl">
        <Notice>
          This begins with version {version}. Saved, it is the latest: what was changed since then is not in it.
        </Notice>
      </div>
      <Editing prompt={prompt} saved={draftOfVersion(prompt, data)} />
    </>
  );
}

function Editing({ prompt, saved }: { prompt: CurrentPrompt; saved: Draft }) {
  const { id, version, permissions } = prompt;
  const [opened] = useState(version);
  const [isReviewed, setReviewed] = useState(false);
  const update = useUpdate();
  const [, navigate] = useLocation();
  const leave = () => navigate(promptAt(id));
  const latest = draftOf(prompt);
  const save = (draft: Draft, baseVersion: number | null) =>
    update.mutate(
      { id, ...savedDraft(draft, latest), ...(baseVersion === null ? {} : { baseVersion }) },
      {
        onSuccess: () => {
          dropDraft(id);
          leave();
        },
        // What is wrong stands in the editor.
        onError: () => setReviewed(false),
      },
    );
  const { error } = update;
  return (
    <Editor
      name={id}
      saved={saved}
      baseVersion={version}
      isOwn={permissions.canDelete}
      reference={prompt.ref}
      owner={prompt.owner.handle}
      inputs={Object.keys(prompt.signature?.inputs.properties ?? {})}
      isSaving={update.isPending}
      error={error}
      save={({ draft, base }) => {
        // Refused here already where it is no JSON; and of what somebody else has saved meanwhile the server tells.
        contentOf(draft);
        if (isSameVersion(draft, latest) || base !== version) save(draft, base);
        else setReviewed(true);
      }}
      cancel={leave}
      above={(state) => {
        const { draft, base, isTyped, change } = state;
        const before = isTyped ? (base ?? version) : opened;
        return (
          <>
            {version > before && (
              <NewerVersion prompt={prompt} base={before} isTyped={isTyped}>
                {isTyped && <PutTogether prompt={prompt} edited={{ ...state, base: before }} latest={version} />}
              </NewerVersion>
            )}
            {isReviewed && (
              <ReviewDialog
                prompt={prompt}
                draft={draft}
                isSaving={update.isPending}
                note={(changeNote) => change({ changeNote })}
                save={() => save(draft, base)}
                close={() => setReviewed(false)}
              />
            )}
          </>
        );
      }}
    >
      {(state) => {
        const { draft, base, take } = state;
        if (!isPromptoryError(error, 'prompt.version_conflict')) return undefined;
        const { latest } = error.details;
        if (base === null || base >= latest.version) return null;
        const edited: Edited = {
          ...state,
          base,
          take: (next, start) => {
            take(next, start);
            update.reset();
          },
        };
        return (
          <Conflict id={id} base={base} latest={latest} overwrite={(version) => save(draft, version)}>
            <PutTogether prompt={prompt} edited={edited} latest={latest.version} />
          </Conflict>
        );
      }}
    </Editor>
  );
}
