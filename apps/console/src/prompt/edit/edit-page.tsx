import { isPromptoryError } from '@promptory/client';
import { useLocation, useParams } from 'wouter';
import { promptAt } from '../../addresses.ts';
import { dropDraft } from '../../data/drafts.ts';
import { Button, buttonLook } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Typed } from '../../ui/page.tsx';
import { Time } from '../../ui/time.tsx';
import { type CurrentPrompt, useUpdate } from '../calls.ts';
import { WithPrompt } from '../with-prompt.tsx';
import { type Draft, draftOf, savedDraft } from './draft.ts';
import { Editor } from './editor.tsx';

export function EditPage() {
  const { id = '' } = useParams();
  return (
    <WithPrompt id={id} what="Edit">
      {(prompt) =>
        prompt.permissions.canEdit ? (
          <Editing key={prompt.id} prompt={prompt} />
        ) : (
          <Notice kind="bad">You may read this prompt, and not change it.</Notice>
        )
      }
    </WithPrompt>
  );
}

function Editing({ prompt }: { prompt: CurrentPrompt }) {
  const { id, version } = prompt;
  const update = useUpdate();
  const [, navigate] = useLocation();
  const leave = () => navigate(promptAt(id));
  const save = (draft: Draft, baseVersion: number | null) =>
    update.mutate(
      { id, ...savedDraft(draft), ...(baseVersion === null ? {} : { baseVersion }) },
      {
        onSuccess: () => {
          dropDraft(id);
          leave();
        },
      },
    );
  const { error } = update;
  return (
    <Editor
      name={id}
      saved={draftOf(prompt)}
      baseVersion={version}
      isSaving={update.isPending}
      error={error}
      save={save}
      cancel={leave}
    >
      {(draft) =>
        isPromptoryError(error, 'prompt.version_conflict') ? (
          <Conflict id={id} latest={error.details.latest} overwrite={(latest) => save(draft, latest)} />
        ) : undefined
      }
    </Editor>
  );
}

interface Latest {
  readonly version: number;
  readonly author: { readonly name: string };
  readonly createdAt: string;
}

/** Somebody else has saved meanwhile. What was typed here stays as it is. */
function Conflict({ id, latest, overwrite }: { id: string; latest: Latest; overwrite: (version: number) => void }) {
  const { version, author, createdAt } = latest;
  return (
    <Notice kind="bad">
      <p className="font-semibold">
        <Typed>{author.name}</Typed> saved version {version} meanwhile, <Time at={createdAt} />. Nothing of yours is
        saved or lost.
      </p>
      <div className="mt-3 flex flex-wrap gap-2">
        <a href={promptAt(id, version)} target="_blank" rel="noreferrer" className={buttonLook('quiet')}>
          Read theirs
        </a>
        <Button onClick={() => overwrite(version)}>Save mine over it</Button>
      </div>
    </Notice>
  );
}
