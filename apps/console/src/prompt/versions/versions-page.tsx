import { useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query';
import { useParams } from 'wouter';
import { itemsOf } from '../../data/pages.ts';
import { Failure } from '../../ui/failure.tsx';
import { Loading } from '../../ui/page.tsx';
import { MoreButton } from '../../ui/paged.tsx';
import { type CurrentPrompt, versionsOf } from '../calls.ts';
import { historyOf, labelsOf, type PromptLabel, type Release, releasesOf } from '../labels/calls.ts';
import { LabelsNow } from '../labels/labels-now.tsx';
import { PRODUCTION } from '../labels/move-at.ts';
import { WithPrompt } from '../with-prompt.tsx';
import { MoveEntry } from './move-entry.tsx';
import { timelineOf } from './timeline.ts';
import { VersionEntry } from './version-entry.tsx';

/** Labels whose moves are shown: each is a call. */
const MOST_LABELS = 20;

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
  const labels = useQuery(labelsOf(id));
  const releases = useQuery(releasesOf(id));
  const held = labels.data?.items ?? [];
  const moves = useMoves(id, held, releases.data?.items ?? []);
  const items = itemsOf(versions.data);
  const error = versions.error ?? labels.error ?? moves.error;
  const entries = timelineOf(items, moves.items, !versions.hasNextPage);
  return (
    <div className="grid max-w-4xl grid-cols-[minmax(0,1fr)] gap-5">
      <LabelsNow prompt={prompt} labels={held} />
      {versions.isPending ? (
        <Loading what="Reading the history" />
      ) : (
        <ol aria-label="Versions" className="rounded-xl border border-edge bg-card py-1">
          {entries.map((entry) =>
            entry.type === 'version' ? (
              <VersionEntry
                key={entry.version.version}
                prompt={prompt}
                version={entry.version}
                labels={held.filter(({ version }) => version === entry.version.version)}
              />
            ) : (
              <MoveEntry
                key={entry.move.id}
                prompt={prompt}
                move={entry.move}
                isLast={entry.isLast}
                release={releases.data?.items.find((release) => release.id === entry.move.releaseId)}
              />
            ),
          )}
        </ol>
      )}
      {error !== null && <Failure error={error} retry={() => void versions.refetch()} />}
      <MoreButton of={versions} className="justify-self-start">
        Earlier versions
      </MoreButton>
      {moves.isCut && <p className="text-sm text-quiet">There are more moves of labels than are shown here.</p>}
    </div>
  );
}

/** The moves of each label: of those that there are, and of those that a release has moved. */
function useMoves(id: string, held: readonly PromptLabel[], releases: readonly Release[]) {
  const names = [...new Set([PRODUCTION, ...[...held, ...releases].map(({ label }) => label)])];
  return useQueries({
    queries: names.slice(0, MOST_LABELS).map((label) => historyOf(id, label)),
    combine: (histories) => ({
      items: histories.map(({ data }) => data?.items ?? []),
      error: histories.find(({ error }) => error !== null)?.error ?? null,
      isCut: names.length > MOST_LABELS || histories.some(({ data }) => (data?.nextCursor ?? null) !== null),
    }),
  });
}
