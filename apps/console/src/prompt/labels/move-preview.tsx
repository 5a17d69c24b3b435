import { isPromptoryError } from '@promptory/client';
import { useQuery } from '@tanstack/react-query';
import { ArrowRight } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Failure } from '../../ui/failure.tsx';
import { FormActions } from '../../ui/form-actions.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Loading } from '../../ui/page.tsx';
import type { CurrentPrompt } from '../calls.ts';
import { Changes } from '../versions/changes.tsx';
import { Breaks } from './breaks.tsx';
import { checkOf, type PromptLabel, useMove, useRemove } from './calls.ts';
import { namedVersion } from './move-at.ts';
import { AcceptBreaking, ReasonField, sentReason } from './move-form.tsx';
import { Users } from './users.tsx';

const OF_REASON = 'For the history, and for the owner of the prompt.';

interface Target {
  readonly prompt: CurrentPrompt;
  readonly label: string;
  close(): void;
}

/** What a move does: from where to where, whom it breaks, who is concerned, and what differs. */
export function MovePreview({ to, held, ...target }: Target & { to: number | null; held: PromptLabel | undefined }) {
  const { prompt, label } = target;
  const from = held?.version ?? null;
  if (held?.isProtected === true && !prompt.permissions.canDelete)
    return <Notice kind="bad">Only the owner of the prompt moves {label}: it is protected.</Notice>;
  return (
    <>
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-xl bg-hover px-4 py-3" aria-live="polite">
        <span className="font-semibold wrap-anywhere">{label}</span>
        <span className="text-quiet">{namedVersion(from)}</span>
        <span className="inline-flex items-center gap-3">
          <ArrowRight aria-label="to" size={18} className="shrink-0 text-quiet" />
          <span className="font-semibold">{namedVersion(to)}</span>
        </span>
      </p>
      {from === to ? (
        <Notice>
          {from === null ? 'There is no such label: there is nothing to take away.' : 'It points there already.'}
        </Notice>
      ) : to === null ? (
        <Removal {...target} from={from} />
      ) : (
        <Move {...target} to={to} from={from} />
      )}
    </>
  );
}

function Move({ prompt, label, from, to, close }: Target & { from: number | null; to: number }) {
  const { id } = prompt;
  const check = useQuery(checkOf(id, label, to));
  const move = useMove();
  const { shown, isMoved, showNow } = useShown(from);
  const [reason, setReason] = useState('');
  const [isAccepted, setAccepted] = useState(false);
  const isBreaking = check.data?.isCompatible === false;
  /** Where it pointed last, where it points nowhere now. */
  const served = check.data?.from ?? from;
  return (
    <form
      className="grid grid-cols-[minmax(0,1fr)] gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        // Not as a callback of `mutate`: the page may hear of the move first, and then shows that there is nothing to move.
        move
          .mutateAsync({
            ...{ id, label, version: to, expectedVersion: shown },
            ...sentReason(reason),
            ...(isBreaking && isAccepted ? { acceptBreaking: true } : {}),
          })
          .then(close, () => void check.refetch());
      }}
    >
      {check.error !== null ? (
        <Failure error={check.error} retry={() => void check.refetch()} />
      ) : check.data === undefined ? (
        <Loading what="Looking whom it breaks" />
      ) : (
        <Breaks check={check.data} />
      )}
      {served !== null && (
        <>
          <Users prompt={prompt} version={served} />
          <Part title="What differs">
            <Changes id={id} from={served} to={to} />
          </Part>
        </>
      )}
      {isBreaking && <AcceptBreaking does="Move it" value={isAccepted} write={setAccepted} />}
      <ReasonField hint={OF_REASON} isNeeded={isBreaking} value={reason} write={setReason} />
      {isMoved ? (
        <Moved
          to={from}
          goOn={() => {
            showNow();
            move.reset();
            void check.refetch();
          }}
        />
      ) : (
        move.error !== null && <Refused error={move.error} />
      )}
      <FormActions
        does={move.isPending ? 'Moving …' : `Move ${label} to version ${to}`}
        isDisabled={check.data === undefined || move.isPending || isMoved}
        isSticky
        close={close}
      />
    </form>
  );
}

function Removal({ prompt, label, from, close }: Target & { from: number | null }) {
  const remove = useRemove();
  const { shown, isMoved, showNow } = useShown(from);
  const [reason, setReason] = useState('');
  return (
    <form
      className="grid grid-cols-[minmax(0,1fr)] gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        remove
          .mutateAsync({
            ...{ id: prompt.id, label },
            ...(shown === null ? {} : { expectedVersion: shown }),
            ...sentReason(reason),
          })
          .then(close, () => undefined);
      }}
    >
      <Notice kind="bad">Programs that fetch the prompt by this label are refused from then on.</Notice>
      {from !== null && <Users prompt={prompt} version={from} />}
      <ReasonField hint={OF_REASON} isNeeded={false} value={reason} write={setReason} />
      {isMoved ? (
        <Moved
          to={from}
          goOn={() => {
            showNow();
            remove.reset();
          }}
        />
      ) : (
        remove.error !== null && <Refused error={remove.error} />
      )}
      <FormActions
        does={remove.isPending ? 'Taking it away …' : `Take ${label} away`}
        isDisabled={remove.isPending || isMoved}
        isSticky
        close={close}
      />
    </form>
  );
}

/** From where somebody was shown that the label moves. A page that follows others would change that under their hand. */
function useShown(from: number | null) {
  const [shown, setShown] = useState(from);
  return { shown, isMoved: from !== shown, showNow: () => setShown(from) };
}

interface MovedProps {
  readonly to: number | null;
  /** Not there until the page has heard of it itself. */
  readonly goOn?: () => void;
}

/** That the label points elsewhere than where somebody was shown. */
const Moved = ({ to, goOn }: MovedProps) => (
  <Notice kind="bad">
    <p>
      Somebody has moved it meanwhile: it points at {namedVersion(to)} now. What stands above is of that; nothing was
      moved here.
    </p>
    {goOn !== undefined && (
      <Button className="mt-3" onClick={goOn}>
        Go on from there
      </Button>
    )}
  </Notice>
);

/** What is wrong, in the words of who wanted to move it. */
const Refused = ({ error }: { error: unknown }) =>
  isPromptoryError(error, 'label.moved_since') ? (
    <Moved to={error.details.current.version} />
  ) : (
    <Failure error={error} />
  );

const Part = ({ title, children }: { title: string; children: ReactNode }) => (
  <section aria-label={title}>
    <h3 className="text-sm font-semibold">{title}</h3>
    {children}
  </section>
);
