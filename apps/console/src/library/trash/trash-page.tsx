import type { ListedPrompt } from '@promptory/client';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { addresses } from '../../addresses.ts';
import { itemsOf } from '../../data/pages.ts';
import { FactorOrFailure } from '../../session/factor-form.tsx';
import { Button, buttonLook } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Failure } from '../../ui/failure.tsx';
import { Empty, Loading, Title, Typed } from '../../ui/page.tsx';
import { MoreButton } from '../../ui/paged.tsx';
import { Time } from '../../ui/time.tsx';
import { restore, trashed, useEmptyTrash, usePurge } from './calls.ts';

/** How long a prompt stays in the trash. */
const DAYS = 30;

type Asked = { readonly what: 'one'; readonly prompt: ListedPrompt } | { readonly what: 'all' } | null;

/** What was deleted, as long as it can be taken out again. */
export function TrashPage() {
  const trash = useInfiniteQuery(trashed());
  const [asked, ask] = useState<Asked>(null);
  const items = itemsOf(trash.data);
  return (
    <>
      <Title>Trash</Title>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-2xl font-semibold tracking-tight">Trash</h1>
        {items.length > 0 && <Button onClick={() => ask({ what: 'all' })}>Empty the trash</Button>}
      </div>
      <p className="mt-1 mb-4 text-sm text-quiet">
        What you have deleted stays here for {DAYS} days, with all its versions. Nobody else sees it.
      </p>
      {trash.error !== null && <Failure error={trash.error} retry={() => void trash.refetch()} />}
      {trash.isPending ? (
        <Loading what="Looking into the trash" />
      ) : items.length === 0 ? (
        trash.error === null && <Nothing />
      ) : (
        <ul aria-label="Trash" className="max-w-4xl divide-y divide-edge rounded-xl border border-edge bg-card">
          {items.map((prompt) => (
            <Trashed key={prompt.id} prompt={prompt} purge={() => ask({ what: 'one', prompt })} />
          ))}
        </ul>
      )}
      <MoreButton of={trash}>What was deleted before</MoreButton>
      {asked?.what === 'one' && <PurgeOne prompt={asked.prompt} close={() => ask(null)} />}
      {asked?.what === 'all' && <PurgeAll close={() => ask(null)} />}
    </>
  );
}

const Nothing = () => (
  <Empty title="The trash is empty">
    <p>A prompt that you delete comes here, and can be taken out again.</p>
    <Link href={addresses.library} className={`${buttonLook('quiet')} mt-4`}>
      To the library
    </Link>
  </Empty>
);

function Trashed({ prompt, purge }: { prompt: ListedPrompt; purge: () => void }) {
  const { title, description, content, version, trashedAt } = prompt;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-48 flex-1">
        <h2 className="font-semibold">
          <Typed>{title}</Typed>
        </h2>
        <p className="truncate text-sm text-quiet">
          <Typed>{(description === '' ? content : description).slice(0, 200)}</Typed>
        </p>
        {trashedAt !== null && (
          <p className="text-xs text-quiet">
            v{version} · deleted <Time at={trashedAt} /> · gone for good <Time at={endOf(trashedAt)} />
          </p>
        )}
      </div>
      <div className="-ms-3.5 flex flex-wrap gap-2 sm:ms-0">
        <Button look="bare" onClick={purge}>
          Remove for good<span className="sr-only"> “{title}”</span>
        </Button>
        <Button onClick={() => void restore(prompt)}>
          Restore<span className="sr-only"> “{title}”</span>
        </Button>
      </div>
    </li>
  );
}

const endOf = (trashedAt: string): string => new Date(Date.parse(trashedAt) + DAYS * 86_400_000).toISOString();

function PurgeOne({ prompt, close }: { prompt: ListedPrompt; close: () => void }) {
  const purge = usePurge();
  const run = () => purge.mutate(prompt, { onSuccess: close });
  return (
    <Confirm title="Remove for good" does="Remove for good" isPending={purge.isPending} confirm={run} close={close}>
      <p>
        “<Typed>{prompt.title}</Typed>” goes with all its versions, labels and their history. Nobody can take it back.
      </p>
      {purge.error !== null && <FactorOrFailure error={purge.error} retry={run} />}
    </Confirm>
  );
}

function PurgeAll({ close }: { close: () => void }) {
  const empty = useEmptyTrash();
  const run = () => empty.mutate(undefined, { onSuccess: close });
  return (
    <Confirm
      title="Empty the trash"
      does={empty.isPending ? 'Removing …' : 'Remove all of it for good'}
      isPending={empty.isPending}
      confirm={run}
      close={close}
    >
      <p>All that is in your trash goes, with all versions. Nobody can take it back.</p>
      {empty.error !== null && <FactorOrFailure error={empty.error} retry={run} />}
    </Confirm>
  );
}
