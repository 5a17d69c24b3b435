import { useInfiniteQuery } from '@tanstack/react-query';
import { itemsOf } from '../data/pages.ts';
import { Button } from '../ui/button.tsx';
import { Typed } from '../ui/page.tsx';
import { Time } from '../ui/time.tsx';
import { AdministrationPage } from './administration-page.tsx';
import { type Job, jobs } from './calls.ts';
import { PagedList } from './paged-list.tsx';

/** What the server does beside its answers: what waits, runs or failed, and what it does by itself. */
export const JobsPage = () => (
  <AdministrationPage>
    <Jobs />
  </AdministrationPage>
);

const looks: Readonly<Record<Job['state'], string>> = {
  waiting: 'bg-hover',
  running: 'bg-good-soft',
  failed: 'bg-fault-soft text-fault',
};

/** `send_mail` as people read it. */
const named = (task: string): string => task.charAt(0).toUpperCase() + task.slice(1).replaceAll('_', ' ');

function Jobs() {
  const list = useInfiniteQuery(jobs());
  const scheduled = list.data?.pages[0]?.scheduled ?? [];
  return (
    <>
      <div className="flex items-center justify-between gap-3">
        <p className="text-sm text-quiet">The newest first. What is done is not here any more.</p>
        <Button onClick={() => void list.refetch()}>Look again</Button>
      </div>
      <PagedList
        of={list}
        label="Jobs"
        items={itemsOf(list.data)}
        waits="Looking for jobs"
        none={{ title: 'Nothing waits', text: 'All that the server had to do is done.' }}
        more="Earlier jobs"
      >
        {(job) => <Row job={job} />}
      </PagedList>
      {scheduled.length > 0 && (
        <section aria-label="By itself">
          <h2 className="mb-2 font-semibold">What it does by itself</h2>
          <ul aria-label="Scheduled" className="divide-y divide-edge rounded-xl border border-edge bg-card text-sm">
            {scheduled.map(({ task, lastRunAt }) => (
              <li key={task} className="flex flex-wrap justify-between gap-x-4 px-4 py-2">
                <Typed>{named(task)}</Typed>
                <span className="text-quiet">{lastRunAt === null ? 'not yet' : <Time at={lastRunAt} />}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Row({ job }: { job: Job }) {
  const { task, state, attempts, maxAttempts, createdAt, nextTryAt, startedAt, lastError } = job;
  return (
    <article className="grid gap-1 text-sm">
      <h2 className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-semibold">
          <Typed>{named(task)}</Typed>
        </span>
        <span className={`rounded-full px-2 py-0.5 text-xs font-semibold ${looks[state]}`}>{state}</span>
        <span className="ms-auto text-quiet">
          <Time at={createdAt} />
        </span>
      </h2>
      <p className="flex flex-wrap gap-x-4 gap-y-1 text-quiet">
        <span>
          {attempts} of {maxAttempts} tries
        </span>
        {nextTryAt !== null && (
          <span>
            Next try: <Time at={nextTryAt} />
          </span>
        )}
        {startedAt !== null && (
          <span>
            Started: <Time at={startedAt} />
          </span>
        )}
      </p>
      {lastError !== null && (
        <p className="text-fault">
          <Typed>{lastError}</Typed>
        </p>
      )}
    </article>
  );
}
