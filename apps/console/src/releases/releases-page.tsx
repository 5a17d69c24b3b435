import { useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query';
import { Rocket } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { useSearch } from 'wouter/use-browser-location';
import { groups } from '../data/own.ts';
import { itemsOf } from '../data/pages.ts';
import { useSettled } from '../data/settled.ts';
import { labelsOf } from '../prompt/labels/calls.ts';
import { Button } from '../ui/button.tsx';
import { Failure } from '../ui/failure.tsx';
import { Field, SelectField } from '../ui/field.tsx';
import { Empty, Loading, Title } from '../ui/page.tsx';
import { MoreButton } from '../ui/paged.tsx';
import { promptsIn } from './calls.ts';
import { ReleaseDialog } from './make/release-dialog.tsx';
import { isDrifting, type MatrixRow } from './matrix.ts';
import { type MatrixSearch, matrixAt, readMatrixSearch } from './matrix-search.ts';
import { MatrixTable } from './matrix-table.tsx';
import { ReleaseList } from './release-list.tsx';
import { useLiveMatrix } from './use-live-matrix.ts';

/** Prompts of one release. */
const MOST = 100;

/** Where the labels of many prompts point, and moving one on several of them at once. */
export function ReleasesPage() {
  return (
    <>
      <Title>Releases</Title>
      <h1 className="text-2xl font-semibold tracking-tight">Releases</h1>
      <p className="mt-1 mb-4 text-sm text-quiet">
        A release moves one label on several prompts: on all of them, or on none.
      </p>
      <Matrix />
      <ReleaseList />
    </>
  );
}

function Matrix() {
  const search = readMatrixSearch(useSearch());
  const [, navigate] = useLocation();
  const show = (changes: Partial<MatrixSearch>) => navigate(matrixAt({ ...search, ...changes }), { replace: true });
  const prompts = useInfiniteQuery(promptsIn(search.group, useSettled(search.q)));
  const items = itemsOf(prompts.data);
  const labels = useQueries({ queries: items.map(({ id }) => labelsOf(id)) });
  const rows: readonly MatrixRow[] = items.map((prompt, index) => ({ prompt, labels: labels[index]?.data?.items }));
  const shown = search.drift ? rows.filter(isDrifting) : rows;
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  useLiveMatrix(rows);
  /** As they were shown to whoever began: what others move meanwhile does not change what is released. */
  const [releasing, setReleasing] = useState<readonly MatrixRow[] | null>(null);
  // What is not shown any more is not released either.
  const picked = shown.filter(({ prompt }) => chosen.has(prompt.id));
  const error = prompts.error ?? labels.find((one) => one.error !== null)?.error ?? null;
  return (
    <section aria-labelledby="matrix">
      <h2 id="matrix" className="mb-2 font-semibold">
        Where labels point
      </h2>
      <Filters search={search} show={show} />
      {error !== null && <Failure error={error} retry={() => void prompts.refetch()} />}
      {prompts.isPending ? (
        <Loading what="Looking where labels point" />
      ) : shown.length === 0 ? (
        error === null && <Nothing search={search} />
      ) : (
        <MatrixTable rows={shown} chosen={chosen} choose={setChosen} />
      )}
      <div className="mt-3 flex flex-wrap items-center gap-2">
        <Button
          look="first"
          disabled={picked.length === 0 || picked.length > MOST}
          onClick={() => setReleasing(picked)}
        >
          <Rocket aria-hidden size={16} />
          {picked.length === 0 ? 'Choose what to release' : `Release ${picked.length} …`}
        </Button>
        <MoreButton of={prompts} className="">
          More prompts
        </MoreButton>
        {picked.length > MOST && <p className="text-sm text-fault">A release has at most {MOST} prompts.</p>}
      </div>
      {releasing !== null && (
        <ReleaseDialog
          rows={releasing}
          done={() => {
            setReleasing(null);
            setChosen(new Set());
          }}
          close={() => setReleasing(null)}
        />
      )}
    </section>
  );
}

function Filters({ search, show }: { search: MatrixSearch; show: (changes: Partial<MatrixSearch>) => void }) {
  const own = useQuery(groups()).data?.items ?? [];
  return (
    <div className="mb-3 flex flex-wrap items-end gap-3">
      <div className="min-w-48 flex-1 sm:max-w-72">
        <Field
          label="Find"
          type="search"
          dir="auto"
          maxLength={200}
          value={search.q}
          aria-keyshortcuts="/"
          onChange={({ target }) => show({ q: target.value })}
        />
      </div>
      <div className="min-w-48 flex-1 sm:max-w-72">
        <SelectField
          label="Prompts"
          value={search.group ?? ''}
          onChange={({ target }) => show({ group: target.value === '' ? undefined : target.value })}
        >
          <option value="">My prompts</option>
          {own.map(({ id, name }) => (
            <option key={id} value={id}>{`In the group ${name}`}</option>
          ))}
        </SelectField>
      </div>
      <label className="flex min-h-11 items-center gap-2.5 text-sm">
        <input
          type="checkbox"
          className="size-5 shrink-0 accent-accent"
          checked={search.drift}
          onChange={({ target }) => show({ drift: target.checked })}
        />
        Only what is behind
      </label>
    </div>
  );
}

const Nothing = ({ search }: { search: MatrixSearch }) =>
  search.drift || search.q !== '' ? (
    <Empty title="Nothing is found">
      <p>
        {search.drift
          ? 'Each label of these prompts points at the latest version.'
          : 'None of these prompts has those words.'}
      </p>
    </Empty>
  ) : (
    <Empty title="There are no prompts here yet">
      <p>Once there are some, this shows which version each label points at.</p>
    </Empty>
  );
