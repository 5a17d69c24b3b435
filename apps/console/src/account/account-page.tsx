import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { addresses } from '../addresses.ts';
import { Title } from '../ui/page.tsx';

const parts = [
  [addresses.account, 'Profile'],
  [addresses.preferences, 'Preferences'],
  [addresses.sessions, 'Sign-in'],
  [addresses.keys, 'API keys'],
] as const;

/** What stands above each page of the account. */
export function AccountPage({ children }: { children: ReactNode }) {
  const [path] = useLocation();
  const [, name = ''] = parts.find(([address]) => address === path) ?? [];
  return (
    <>
      <Title>{`${name}, account`}</Title>
      <h1 className="text-2xl font-semibold tracking-tight">Account</h1>
      <nav aria-label="Account" className="mt-3 mb-5 flex gap-3 overflow-x-auto border-b border-edge sm:gap-5">
        {parts.map(([address, title]) => (
          <Link
            key={address}
            href={address}
            aria-current={address === path ? 'page' : undefined}
            className="border-b-2 border-transparent px-1 py-2.5 text-sm font-semibold whitespace-nowrap text-quiet hover:text-text aria-[current=page]:border-accent aria-[current=page]:text-text"
          >
            {title}
          </Link>
        ))}
      </nav>
      <div className="grid max-w-3xl grid-cols-[minmax(0,1fr)] gap-8">{children}</div>
    </>
  );
}
