import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { addresses } from '../../addresses.ts';
import { me } from '../../data/own.ts';
import { itemsOf } from '../../data/pages.ts';
import { useSettled } from '../../data/settled.ts';
import { Button, buttonLook } from '../../ui/button.tsx';
import { Field, SelectField } from '../../ui/field.tsx';
import { Typed } from '../../ui/page.tsx';
import { Time } from '../../ui/time.tsx';
import { AdministrationPage } from '../administration-page.tsx';
import { type AdminUser, users } from '../calls.ts';
import { filteredAt, oneOf, useFilters } from '../filters.ts';
import { PagedList } from '../paged-list.tsx';
import { ChangeDialog } from './change-dialog.tsx';

/** All accounts of the server, suspended ones included. */
export const UsersPage = () => (
  <AdministrationPage>
    <Users />
  </AdministrationPage>
);

function Users() {
  const { filters, filter } = useFilters(['q', 'role', 'status']);
  const [role, status] = [oneOf(['user', 'admin'], filters.role), oneOf(['active', 'suspended'], filters.status)];
  const q = useSettled(filters.q?.trim() ?? '');
  const list = useInfiniteQuery(
    users({ ...(q === '' ? {} : { q }), ...(role && { role }), ...(status && { status }) }),
  );
  const [changing, setChanging] = useState<AdminUser | null>(null);
  return (
    <>
      <div className="grid grid-cols-2 gap-3 *:first:col-span-2 sm:grid-cols-[minmax(0,1fr)_10rem_10rem] sm:*:first:col-span-1">
        <Field
          label="Find"
          type="search"
          placeholder="Address, name or handle"
          aria-keyshortcuts="/"
          dir="auto"
          autoComplete="off"
          maxLength={200}
          value={filters.q ?? ''}
          onChange={({ target }) => filter({ q: target.value })}
        />
        <SelectField label="Role" value={role ?? ''} onChange={({ target }) => filter({ role: target.value })}>
          <option value="">All</option>
          <option value="admin">Administrators</option>
          <option value="user">Users</option>
        </SelectField>
        <SelectField label="Status" value={status ?? ''} onChange={({ target }) => filter({ status: target.value })}>
          <option value="">All</option>
          <option value="active">Active</option>
          <option value="suspended">Suspended</option>
        </SelectField>
      </div>
      <PagedList
        of={list}
        label="Users"
        items={itemsOf(list.data)}
        waits="Looking for accounts"
        none={{
          title: 'Nobody is found',
          text: 'No account has that address, name or handle, with what is chosen beside.',
        }}
        more="More users"
      >
        {(user) => <Row user={user} change={() => setChanging(user)} />}
      </PagedList>
      {changing !== null && <ChangeDialog user={changing} close={() => setChanging(null)} />}
    </>
  );
}

const chip = 'rounded-full px-2 py-0.5 text-xs font-semibold';

function Row({ user, change }: { user: AdminUser; change: () => void }) {
  const { id, name, handle, email, emailVerified, role, status, quotas, createdAt } = user;
  const isMe = useQuery(me()).data?.id === id;
  const own = Object.keys(quotas).length;
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <div className="min-w-56 flex-1">
        <h2 className="flex flex-wrap items-center gap-x-2 gap-y-1 font-semibold">
          <Typed>{name}</Typed>
          {isMe && <span className="font-normal text-quiet">you</span>}
          {role === 'admin' && <span className={`${chip} bg-accent-soft`}>administrator</span>}
          {status === 'suspended' && <span className={`${chip} bg-fault-soft text-fault`}>suspended</span>}
        </h2>
        <p className="text-sm">
          <Typed>{email}</Typed>
          {!emailVerified && <span className="text-quiet"> · not confirmed</span>}
        </p>
        <p className="text-xs text-quiet">
          @<Typed>{handle}</Typed> · since <Time at={createdAt} />
          {own > 0 && ` · ${own === 1 ? 'one quota' : `${own} quotas`} of its own`}
        </p>
      </div>
      <div className="-ms-3.5 flex flex-wrap sm:ms-0">
        <Link href={filteredAt(addresses.audit, { actor: id })} className={buttonLook('bare')}>
          Log<span className="sr-only"> of what {name} did</span>
        </Link>
        <Link href={filteredAt(addresses.attempts, { user: id })} className={buttonLook('bare')}>
          Attempts<span className="sr-only"> of {name} to sign in</span>
        </Link>
        <Button onClick={change}>
          Change<span className="sr-only"> {name}</span>
        </Button>
      </div>
    </div>
  );
}
