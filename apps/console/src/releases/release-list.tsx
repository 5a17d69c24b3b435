import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { ArrowRight } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { compareAt, promptAt } from '../addresses.ts';
import { countedPrompts } from '../data/counted.ts';
import { itemsOf } from '../data/pages.ts';
import { undoRelease } from '../prompt/labels/calls.ts';
import { namedVersion } from '../prompt/labels/move-at.ts';
import { Button } from '../ui/button.tsx';
import { Failure } from '../ui/failure.tsx';
import { Typed } from '../ui/page.tsx';
import { MoreButton } from '../ui/paged.tsx';
import { Time } from '../ui/time.tsx';
import { type Release, releaseOf, releases, titleOf } from './calls.ts';

/** The releases that somebody has made, each of which can be taken back as a whole. */
export function ReleaseList() {
  const list = useInfiniteQuery(releases());
  const items = itemsOf(list.data);
  return (
    <section aria-labelledby="released" className="mt-8 max-w-4xl">
      <h2 id="released" className="mb-2 font-semibold">
        Your releases
      </h2>
      {list.error !== null && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.data !== undefined && items.length === 0 ? (
        <p className="text-sm text-quiet">None yet. Choose prompts above, and release them together.</p>
      ) : (
        <ul aria-label="Releases" className="divide-y divide-edge rounded-xl border border-edge bg-card empty:hidden">
          {items.map((release) => (
            <Entry key={release.id} release={release} />
          ))}
        </ul>
      )}
      <MoreButton of={list}>Earlier releases</MoreButton>
    </section>
  );
}

function Entry({ release }: { release: Release }) {
  const { id, label, reason, byProgram, releasedAt, promptCount, undoes, undoneBy } = release;
  const [isOpen, setOpen] = useState(false);
  const [isPending, setPending] = useState(false);
  const undo = async () => {
    setPending(true);
    await undoRelease(release);
    setPending(false);
  };
  return (
    <li className="px-4 py-3 text-sm">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-48 flex-1">
          <h3 className="font-semibold">
            {label} on {countedPrompts(promptCount)}
            {undoneBy !== null && (
              <span className="ms-2 rounded-full bg-hover px-2 py-0.5 text-xs text-quiet">taken back</span>
            )}
          </h3>
          {reason !== null && (
            <p>
              “<Typed>{reason}</Typed>”
            </p>
          )}
          <p className="text-quiet">
            <Time at={releasedAt} />
            {byProgram && ', by a key'}
            {undoes !== null && ', took one before back'}
          </p>
        </div>
        <div className="-ms-3.5 flex flex-wrap sm:ms-0">
          <Button look="bare" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            What moved
          </Button>
          {undoneBy === null && (
            <Button look="bare" disabled={isPending} onClick={() => void undo()}>
              Undo<span className="sr-only"> the release of {label}</span>
            </Button>
          )}
        </div>
      </div>
      {isOpen && <Moves id={id} />}
    </li>
  );
}

function Moves({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(releaseOf(id));
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />;
  if (data === undefined) return <p className="mt-2 text-quiet">Looking …</p>;
  return (
    <ul aria-label="Moves" className="mt-2 grid gap-1.5">
      {data.moves.map(({ id: moveId, promptId, from, to, isBreaking }) => (
        <li key={moveId} className="flex flex-wrap items-center gap-x-2">
          <Name id={promptId} />
          <Link
            href={from === null || to === null ? promptAt(promptId) : compareAt(promptId, from, to)}
            className="inline-flex items-center gap-2 underline underline-offset-2"
          >
            {namedVersion(from)} <ArrowRight aria-label="to" size={14} className="text-quiet" /> {namedVersion(to)}
          </Link>
          {isBreaking && (
            <span className="rounded-full bg-fault-soft px-2 py-0.5 text-xs text-fault">broke its callers</span>
          )}
        </li>
      ))}
    </ul>
  );
}

function Name({ id }: { id: string }) {
  const { data } = useQuery(titleOf(id));
  return (
    <Link href={promptAt(id)} className="min-w-0 font-semibold">
      <Typed>{data?.title ?? 'A prompt'}</Typed>
    </Link>
  );
}
