import { useQuery } from '@tanstack/react-query';
import {
  BookOpen,
  Folder,
  Globe,
  LayoutTemplate,
  Library,
  LogOut,
  Rocket,
  Search,
  Settings,
  ShieldCheck,
  Star,
  Trash2,
  User,
  Users,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useSearch } from 'wouter/use-browser-location';
import { addresses, groupAt } from '../addresses.ts';
import { groups, invitations, me } from '../data/own.ts';
import { type LibrarySearch, libraryAt, readLibrarySearch } from '../library/library-search.ts';
import { signOut } from '../session/calls.ts';
import { Typed } from '../ui/page.tsx';

const place =
  'flex min-h-10 items-center gap-2.5 rounded-lg px-2.5 py-1.5 text-sm hover:bg-hover aria-[current=page]:bg-accent-soft aria-[current=page]:font-semibold';

/** Where one can go: the parts of the library, groups, and out. */
export function Places({ went, openPalette }: { went?: () => void; openPalette: () => void }) {
  const shared = useQuery(groups());
  const account = useQuery(me());
  const invited = useQuery(invitations()).data?.items.length ?? 0;
  return (
    <div className="flex min-h-full flex-col gap-5">
      <p className="hidden px-2.5 text-lg font-semibold tracking-tight md:block">Promptory</p>
      <button
        type="button"
        className="flex min-h-10 items-center justify-between rounded-lg border border-edge bg-card px-2.5 text-sm text-quiet hover:bg-hover"
        onClick={openPalette}
      >
        <span className="flex items-center gap-2">
          <Search aria-hidden size={15} /> Jump to
        </span>
        <kbd className="hidden md:inline">{/Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘K' : 'Ctrl K'}</kbd>
      </button>
      <nav aria-label="Library">
        <Place search={{}} icon={<Library aria-hidden size={16} />} {...{ went }}>
          Library
        </Place>
        <Place search={{ scope: 'mine' }} icon={<User aria-hidden size={16} />} {...{ went }}>
          My prompts
        </Place>
        <Place search={{ scope: 'favorites' }} icon={<Star aria-hidden size={16} />} {...{ went }}>
          Favourites
        </Place>
        <Place search={{ scope: 'templates' }} icon={<LayoutTemplate aria-hidden size={16} />} {...{ went }}>
          Templates
        </Place>
        <Place search={{ scope: 'public' }} icon={<Globe aria-hidden size={16} />} {...{ went }}>
          Public
        </Place>
        <Page href={addresses.releases} icon={<Rocket aria-hidden size={16} />} went={went}>
          Releases
        </Page>
        <Page href={addresses.trash} icon={<Trash2 aria-hidden size={16} />} went={went}>
          Trash
        </Page>
      </nav>
      <nav aria-label="Groups">
        <Page href={addresses.groups} icon={<Users aria-hidden size={16} />} went={went}>
          <span className="flex-1">Groups</span>
          {invited > 0 && (
            <span className="rounded-full bg-accent px-1.5 text-xs font-semibold text-on-accent">
              {invited}
              <span className="sr-only"> invitations</span>
            </span>
          )}
        </Page>
        {shared.data?.items.map(({ id, name }) => (
          <Page key={id} href={groupAt(id)} icon={<Folder aria-hidden size={16} className="shrink-0" />} went={went}>
            <span className="min-w-0 truncate">
              <Typed>{name}</Typed>
            </span>
          </Page>
        ))}
      </nav>
      <div className="mt-auto border-t border-edge pt-3">
        <Page href={addresses.account} icon={<Settings aria-hidden size={16} className="shrink-0" />} went={went}>
          <span className="min-w-0 truncate" title={account.data?.email}>
            {account.data === undefined ? (
              'Account'
            ) : (
              <>
                <span className="sr-only">Account </span>
                <Typed>{account.data.name}</Typed>
              </>
            )}
          </span>
        </Page>
        {account.data?.role === 'admin' && (
          <Page href={addresses.users} icon={<ShieldCheck aria-hidden size={16} />} went={went}>
            Administration
          </Page>
        )}
        <a href="/docs" className={place}>
          <BookOpen aria-hidden size={16} /> API
        </a>
        <button type="button" className={`${place} w-full`} onClick={() => void signOut()}>
          <LogOut aria-hidden size={16} /> Sign out
        </button>
      </div>
    </div>
  );
}

interface PageProps {
  readonly href: string;
  readonly icon: ReactNode;
  readonly went: (() => void) | undefined;
  readonly children: ReactNode;
}

function Page({ href, icon, went, children }: PageProps) {
  const [path] = useLocation();
  // Also within it: on who is in a group one is at the group.
  const isHere =
    path === href ||
    (href !== addresses.groups && path.startsWith(`${href}/`)) ||
    (href === addresses.users && path.startsWith('/admin/'));
  return (
    <Link href={href} aria-current={isHere ? 'page' : undefined} className={place} onClick={went}>
      {icon}
      {children}
    </Link>
  );
}

interface PlaceProps extends Omit<PageProps, 'href'> {
  readonly search: LibrarySearch;
}

function Place({ search, icon, went, children }: PlaceProps) {
  const [path] = useLocation();
  const shown = readLibrarySearch(useSearch());
  const isHere = path === addresses.library && search.scope === shown.scope && search.group === shown.group;
  return (
    <Link href={libraryAt(search)} aria-current={isHere ? 'page' : undefined} className={place} onClick={went}>
      {icon}
      {children}
    </Link>
  );
}
