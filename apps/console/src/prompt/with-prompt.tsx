import { isPromptoryError } from '@promptory/client';
import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense } from 'react';
import { Link } from 'wouter';
import { addresses } from '../addresses.ts';
import { buttonLook } from '../ui/button.tsx';
import { Failure } from '../ui/failure.tsx';
import { Notice } from '../ui/notice.tsx';
import { Loading, Title } from '../ui/page.tsx';
import { type CurrentPrompt, promptOf } from './calls.ts';
import { useMoveDialog } from './labels/use-move-dialog.ts';
import { useLivePrompt } from './live/use-live-prompt.ts';
import { PromptHead } from './prompt-head.tsx';

const MoveDialog = lazy(() =>
  import('./labels/move-dialog.tsx').then(({ MoveDialog: component }) => ({ default: component })),
);

/** A page of a prompt, once the prompt is there. */
export function WithPrompt(props: { id: string; what?: string; children: (prompt: CurrentPrompt) => ReactNode }) {
  const { id, what, children } = props;
  const { data, error, refetch } = useQuery(promptOf(id));
  const { asked, ask, close } = useMoveDialog();
  useLivePrompt(id, data);
  if (data === undefined) {
    if (error === null) return <Loading what="Opening the prompt" />;
    return (
      <>
        <Title>No prompt</Title>
        <h1 className="mb-4 text-2xl font-semibold tracking-tight">This prompt is not here</h1>
        <Failure error={error} retry={() => void refetch()}>
          <Link href={addresses.library} className={buttonLook('quiet')}>
            To the library
          </Link>
          <Link href={addresses.trash} className={buttonLook('quiet')}>
            To the trash
          </Link>
        </Failure>
      </>
    );
  }
  return (
    <>
      <Title>{what === undefined ? data.title : `${what}: ${data.title}`}</Title>
      <PromptHead prompt={data} />
      {isPromptoryError(error, 'prompt.not_found') && (
        <div className="mt-4">
          <Notice kind="bad">
            It was deleted meanwhile, or is shared with you no more. What stands here is what it was.
          </Notice>
        </div>
      )}
      <div className="mt-5">{children(data)}</div>
      <Suspense>
        {asked !== null && data.permissions.canEdit && (
          <MoveDialog prompt={data} asked={asked} ask={ask} close={close} />
        )}
      </Suspense>
    </>
  );
}
