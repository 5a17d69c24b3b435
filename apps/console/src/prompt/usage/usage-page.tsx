import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'wouter';
import { promptAt } from '../../addresses.ts';
import { itemsOf } from '../../data/pages.ts';
import { Failure } from '../../ui/failure.tsx';
import { SelectField } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Empty, Loading, Typed } from '../../ui/page.tsx';
import { MoreButton } from '../../ui/paged.tsx';
import { Time } from '../../ui/time.tsx';
import { WithPrompt } from '../with-prompt.tsx';
import { type UsageRow, usageOf, usersOf } from './calls.ts';
import { byVersion, daysOf } from './days.ts';
import { UsageChart } from './usage-chart.tsx';

/** How often a prompt is used, and by whom: for who owns it. */
export function UsagePage() {
  const { id = '' } = useParams();
  return (
    <WithPrompt id={id} what="Usage">
      {(prompt) =>
        prompt.permissions.canDelete ? (
          <Usage id={prompt.id} />
        ) : (
          <Notice kind="bad">Only the owner of the prompt sees how it is used.</Notice>
        )
      }
    </WithPrompt>
  );
}

function Usage({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(usageOf(id));
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Loading what="Counting the uses" />;
  return (
    <div className="grid max-w-4xl grid-cols-[minmax(0,1fr)] gap-6">
      <Days rows={data.items} isWhole={data.isWhole} />
      <Users id={id} />
    </div>
  );
}

function Days({ rows, isWhole }: { rows: readonly UsageRow[]; isWhole: boolean }) {
  const [version, setVersion] = useState('');
  const versions = byVersion(rows);
  const shown = version === '' ? rows : rows.filter((row) => String(row.version) === version);
  const today = new Date().toISOString().slice(0, 10);
  return (
    <section aria-labelledby="days" className="grid gap-3">
      <h2 id="days" className="font-semibold">
        The last thirty days
      </h2>
      {rows.length === 0 ? (
        <p className="text-sm text-quiet">Nobody has used it.</p>
      ) : (
        <>
          <div className="max-w-xs">
            <SelectField label="Version" value={version} onChange={({ target }) => setVersion(target.value)}>
              <option value="">All versions</option>
              {versions.map(([number, uses]) => (
                <option
                  key={number}
                  value={number}
                >{`Version ${number}: ${uses} ${uses === 1 ? 'use' : 'uses'}`}</option>
              ))}
            </SelectField>
          </div>
          <UsageChart days={daysOf(shown, today)} />
          {!isWhole && <p className="text-sm text-quiet">There are more uses than are counted here.</p>}
        </>
      )}
    </section>
  );
}

function Users({ id }: { id: string }) {
  const list = useInfiniteQuery(usersOf(id));
  const items = itemsOf(list.data);
  if (list.error !== null) return <Failure error={list.error} retry={() => void list.refetch()} />;
  if (list.isPending) return <Loading what="Looking who uses it" />;
  if (items.length === 0) {
    return (
      <Empty title="No program uses it yet">
        <p>Who fetches or renders it appears here, by version, for 400 days.</p>
      </Empty>
    );
  }
  return (
    <section aria-labelledby="users">
      <h2 id="users" className="mb-2 font-semibold">
        Who uses what
      </h2>
      <div className="overflow-hidden rounded-xl border border-edge bg-card">
        <table className="w-full text-sm">
          <thead>
            <tr className="border-b border-edge text-xs text-quiet">
              {['Program', 'Version', 'Uses', 'The last'].map((name, index) => (
                <th
                  key={name}
                  scope="col"
                  className={`px-4 py-2 font-semibold ${index === 0 ? 'text-start' : 'text-end'}`}
                >
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-edge">
            {items.map(({ consumer, version, uses, lastUsedAt }) => (
              <tr key={`${consumer} ${version}`}>
                <th scope="row" className="px-4 py-2 text-start font-normal">
                  <Typed>{consumer}</Typed>
                </th>
                <td className="px-4 py-2 text-end">
                  <Link href={promptAt(id, version)} className="underline underline-offset-2">
                    v{version}
                  </Link>
                </td>
                <td className="px-4 py-2 text-end tabular-nums">{uses}</td>
                <td className="px-4 py-2 text-end whitespace-nowrap">
                  <Time at={lastUsedAt} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <MoreButton of={list}>More programs</MoreButton>
    </section>
  );
}
