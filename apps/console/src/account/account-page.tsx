import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { addresses } from '../addresses.ts';
import { Title } from '../ui/page.tsx';
import { Tabs } from '../ui/tabs.tsx';

const parts = [
  [addresses.account, 'Profile'],
  [addresses.preferences, 'Preferences'],
  [addresses.sessions, 'Sign-in'],
  [addresses.keys, 'API keys'],
  [addresses.history, 'History'],
  [addresses.data, 'Your data'],
] as const;

/** What stands above each page of the account. */
export function AccountPage({ children }: { children: ReactNode }) {
  const [path] = useLocation();
  const [, name = ''] = parts.find(([address]) => address === path) ?? [];
  return (
    <>
      <Title>{`${name}, account`}</Title>
      <h1 className="text-2xl font-semibold tracking-tight">Account</h1>
      <Tabs label="Account" parts={parts} />
      <div className="grid max-w-3xl grid-cols-[minmax(0,1fr)] gap-8">{children}</div>
    </>
  );
}
