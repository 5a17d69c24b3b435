import type { VersionSummary } from '@promptory/client';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'wouter';
import { promptAt } from '../addresses.ts';
import { Button } from '../ui/button.tsx';
import { Failure } from '../ui/failure.tsx';
import { Notice } from '../ui/notice.tsx';
import { Loading, Typed } from '../ui/page.tsx';
import { Time } from '../ui/time.tsx';
import { type CurrentPrompt, useRestore, versionsOf } from './calls.ts';
import { Changes } from './changes.tsx';
import { WithPrompt } from './with-prompt.tsx';

export function VersionsPage() {
  const { id = '' } = useParams();
  return (
    <WithPrompt id={id} what="Versions">
      {(prompt) => <Versions prompt={prompt} />}
    </WithPrompt>
  );
}

function Versions({ prompt }: { prompt: CurrentPrompt }) {
  const { id } = prompt;
  const versions = useInfiniteQuery(versionsOf(id));
  const restore = useRestore();
  const items = versions.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="grid max-w-4xl gap-3">
      {restore.error !== null && <Failure error={restore.error} />}
      {restore.data !== undefined && (
        <Notice>
          Version {restore.variables?.version} is the latest again, as version {restore.data.version}.
        </Notice>
      )}
      {versions.isPending && <Loading what="Reading the history" />}
      <ol aria-label="Versions" className="overflow-hidden rounded-xl border border-edge bg-card">
        {items.map((version) => (
          <Version
            key={version.version}
            id={id}
            version={version}
            restore={
              version.isLatest || !prompt.permissions.canEdit
                ? null
                : () => restore.mutate({ id, version: version.version, baseVersion: prompt.version })
            }
          />
        ))}
      </ol>
      {versions.error !== null && <Failure error={versions.error} retry={() => void versions.refetch()} />}
      {versions.hasNextPage && (
        <Button
          className="justify-self-start"
          disabled={versions.isFetching}
          onClick={() => void versions.fetchNextPage()}
        >
          Earlier versions
        </Button>
      )}
    </div>
  );
}

function Version(props: { id: string; version: VersionSummary; restore: (() => void) | null }) {
  const { id, restore } = props;
  const { version, title, author, createdAt, changeNote, isLatest } = props.version;
  const [isOpen, setOpen] = useState(false);
  return (
    <li className="border-b border-edge p-4 last:border-b-0">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-48 flex-1">
          <h2 className="font-semibold">
            <Link href={promptAt(id, version)} className="text-accent underline underline-offset-2">
              Version {version}
            </Link>
            {isLatest && <span className="ms-2 rounded-full bg-good-soft px-2 py-0.5 text-xs">latest</span>}
          </h2>
          <p className="text-sm">
            <Typed>{changeNote ?? title}</Typed>
          </p>
          <p className="text-sm text-quiet">
            <Typed>{author.name}</Typed>, <Time at={createdAt} />
          </p>
        </div>
        {version > 1 && (
          <Button aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            What changed<span className="sr-only"> in version {version}</span>
          </Button>
        )}
        {restore !== null && (
          <Button onClick={restore}>
            Restore<span className="sr-only"> version {version}</span>
          </Button>
        )}
      </div>
      {isOpen && <Changes id={id} from={version - 1} to={version} />}
    </li>
  );
}
