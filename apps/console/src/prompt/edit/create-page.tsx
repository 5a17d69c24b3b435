import { useQuery } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { addresses, promptAt } from '../../addresses.ts';
import { dropDraft } from '../../data/drafts.ts';
import { Loading, Title } from '../../ui/page.tsx';
import { preferencesForNew, useCreate } from '../calls.ts';
import { emptyDraft, savedDraft } from './draft.ts';
import { Editor } from './editor.tsx';

const NEW = 'new';

export function CreatePage() {
  const create = useCreate();
  const [, navigate] = useLocation();
  const chosen = useQuery(preferencesForNew());
  // Without an answer somebody writes as well.
  if (chosen.isPending) return <Loading what="Opening the editor" />;
  return (
    <>
      <Title>New prompt</Title>
      <h1 className="mb-5 text-2xl font-semibold tracking-tight">New prompt</h1>
      <Editor
        name={NEW}
        saved={{
          ...emptyDraft,
          category: chosen.data?.defaultCategory ?? '',
          visibility: chosen.data?.defaultVisibility ?? 'private',
        }}
        baseVersion={null}
        isOwn
        reference={null}
        owner={null}
        isSaving={create.isPending}
        error={create.error}
        save={({ draft }) =>
          create.mutate(savedDraft(draft, null), {
            onSuccess: ({ id }) => {
              dropDraft(NEW);
              navigate(promptAt(id));
            },
          })
        }
        cancel={() => navigate(addresses.library)}
      />
    </>
  );
}
