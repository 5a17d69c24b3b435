import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Failure } from '../ui/failure.tsx';
import { Notice } from '../ui/notice.tsx';
import { Loading } from '../ui/page.tsx';
import { Time } from '../ui/time.tsx';
import { AdministrationPage } from './administration-page.tsx';
import { type Statistics, statistics } from './calls.ts';

/** What there is on the server, and what happened within two days. */
export const StatisticsPage = () => (
  <AdministrationPage>
    <Shown />
  </AdministrationPage>
);

function Shown() {
  const { data, error, refetch } = useQuery(statistics());
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Loading what="Getting the statistics" />;
  const { totals, lastDay, dayBefore, backup, migration } = data;
  return (
    <>
      <p className="text-sm">
        {backup === null ? (
          'No server knows of a backup.'
        ) : (
          <>
            The newest backup was made <Time at={backup.madeAt} />.
          </>
        )}{' '}
        <span className="text-quiet">The database is at {migration}.</span>
      </p>
      {totals === null ? (
        <Notice>
          Nothing is counted yet: a job does that every few minutes, and adds what has happened until then.
        </Notice>
      ) : (
        <Totals of={totals} />
      )}
      <Days lastDay={lastDay} dayBefore={dayBefore} />
    </>
  );
}

const number = new Intl.NumberFormat('en');
const size = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

function Totals({ of }: { of: NonNullable<Statistics['totals']> }) {
  const { users, prompts, versions, groups, storedBytes, apiKeys, sessions, queue, takenAt } = of;
  const more = (count: number, what: string): string => (count === 0 ? '' : `${number.format(count)} ${what}`);
  return (
    <section aria-labelledby="totals">
      <h2 id="totals" className="mb-2 font-semibold">
        What there is <span className="font-normal text-quiet">· counted</span>{' '}
        <span className="font-normal text-quiet">
          <Time at={takenAt} />
        </span>
      </h2>
      <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4">
        <Total name="Users" count={users.active}>
          {[more(users.administrators, 'of them administrators'), more(users.suspended, 'suspended')]
            .filter((text) => text !== '')
            .join(', ')}
        </Total>
        <Total name="Prompts" count={prompts.live}>
          {more(prompts.trash, 'in the trash')}
        </Total>
        <Total name="Versions" count={versions}>
          {size.format(storedBytes)} bytes of text
        </Total>
        <Total name="Groups" count={groups} />
        <Total name="API keys" count={apiKeys} />
        <Total name="Devices signed in" count={sessions} />
        <Total name="Jobs that wait" count={queue.jobs}>
          {more(queue.mails, 'of them mails')}
        </Total>
        <Total name="Jobs given up" count={queue.givenUp}>
          in thirty days
        </Total>
      </dl>
    </section>
  );
}

const Total = ({ name, count, children }: { name: string; count: number; children?: ReactNode }) => (
  <div className="rounded-xl border border-edge bg-card px-4 py-3">
    <dt className="text-sm text-quiet">{name}</dt>
    <dd className="text-2xl font-semibold tabular-nums">
      {number.format(count)}
      <span className="block text-xs font-normal text-quiet">{children}</span>
    </dd>
  </div>
);

type Day = Omit<Statistics['lastDay'], 'since' | 'until'>;

const counted: readonly (readonly [name: keyof Day, title: string])[] = [
  ['registrations', 'Accounts made'],
  ['signIns', 'Signed in'],
  ['signInFailures', 'Attempts to sign in that failed'],
  ['promptsCreated', 'Prompts made'],
  ['versionsCreated', 'Versions made'],
  ['labelMoves', 'Labels moved'],
  ['uses', 'Uses of prompts'],
  ['mailsSent', 'Mails sent'],
  ['mailsFailed', 'Mails refused'],
  ['jobFailures', 'Jobs that failed'],
  ['limitRefusals', 'Refused by a limit'],
];

const sumOf = (value: Day[keyof Day]): number =>
  typeof value === 'number' ? value : Object.values(value).reduce((sum, count) => sum + count, 0);

/** Each of what has a name, the most frequent first. */
const partsOf = (value: Day[keyof Day]): string =>
  typeof value === 'number'
    ? ''
    : Object.entries(value)
        .sort(([, one], [, other]) => other - one)
        .map(([name, count]) => `${name.replaceAll('_', ' ')} ${number.format(count)}`)
        .join(', ');

const end = 'px-4 py-2 text-end align-top tabular-nums';

function Days({ lastDay, dayBefore }: { lastDay: Day; dayBefore: Day }) {
  return (
    <section aria-labelledby="days">
      <h2 id="days" className="mb-2 font-semibold">
        What happened
      </h2>
      <div className="overflow-hidden rounded-xl border border-edge bg-card">
        <table className="w-full text-sm">
          <thead>
            <tr className="border-b border-edge text-xs text-quiet">
              <th scope="col" className="px-4 py-2 text-start font-semibold">
                What
              </th>
              <th scope="col" className={`${end} font-semibold`}>
                Last 24 hours
              </th>
              <th scope="col" className={`${end} font-semibold`}>
                The 24 before
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-edge">
            {counted.map(([name, title]) => (
              <tr key={name}>
                <th scope="row" className="px-4 py-2 text-start font-normal wrap-anywhere">
                  {title}
                  <span className="block text-xs text-quiet">{partsOf(lastDay[name])}</span>
                </th>
                <td className={end}>{number.format(sumOf(lastDay[name]))}</td>
                <td className={`${end} text-quiet`}>{number.format(sumOf(dayBefore[name]))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
