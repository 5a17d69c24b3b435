import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { addresses } from '../addresses.ts';
import { me } from '../data/own.ts';
import { Failure } from '../ui/failure.tsx';
import { Notice } from '../ui/notice.tsx';
import { Loading, Title } from '../ui/page.tsx';
import { Tabs } from '../ui/tabs.tsx';

const parts = [
  [addresses.users, 'Users'],
  [addresses.audit, 'Audit log'],
  [addresses.attempts, 'Attempts to sign in'],
  [addresses.jobs, 'Jobs'],
  [addresses.statistics, 'Statistics'],
] as const;

/** What stands above each page of the administration, for administrators. */
export function AdministrationPage({ children }: { children: ReactNode }) {
  const [path] = useLocation();
  const { data, error, refetch } = useQuery(me());
  const [, name = ''] = parts.find(([address]) => address === path) ?? [];
  return (
    <>
      <Title>{`${name}, administration`}</Title>
      <h1 className="text-2xl font-semibold tracking-tight">Administration</h1>
      {error !== null ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : data === undefined ? (
        <Loading what="Opening" />
      ) : data.role !== 'admin' ? (
        <div className="mt-4 max-w-3xl">
          <Notice kind="bad">Only administrators of this server see this.</Notice>
        </div>
      ) : (
        <>
          <Tabs label="Administration" parts={parts} />
          <div className="grid max-w-5xl grid-cols-[minmax(0,1fr)] gap-4">{children}</div>
        </>
      )}
    </>
  );
}
