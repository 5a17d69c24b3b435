import type { Session } from '@promptory/client';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { itemsOf } from '../data/pages.ts';
import { FactorOrFailure } from '../session/factor-form.tsx';
import { Button } from '../ui/button.tsx';
import { deviceOf } from '../ui/device-of.ts';
import { Failure, faultsOf } from '../ui/failure.tsx';
import { Field } from '../ui/field.tsx';
import { Loading, Typed } from '../ui/page.tsx';
import { MoreButton } from '../ui/paged.tsx';
import { Time } from '../ui/time.tsx';
import { AccountPage } from './account-page.tsx';
import { endSessions, sessions, usePassword } from './calls.ts';
import { FactorSection } from './factor/factor-section.tsx';

/** The devices that are signed in, the second factor, and the password. */
export function SessionsPage() {
  return (
    <AccountPage>
      <Devices />
      <FactorSection />
      <Password />
    </AccountPage>
  );
}

function Devices() {
  const list = useInfiniteQuery(sessions());
  const items = itemsOf(list.data);
  const others = items.filter(({ current }) => !current).map(({ id }) => id);
  return (
    <section aria-labelledby="devices">
      <div className="mb-2 flex flex-wrap items-center justify-between gap-2">
        <h2 id="devices" className="font-semibold">
          Devices that are signed in
        </h2>
        {others.length > 1 && <Button onClick={() => void endSessions(others)}>Sign all others out</Button>}
      </div>
      {list.error !== null && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isPending ? (
        <Loading what="Looking for them" />
      ) : (
        <ul aria-label="Devices" className="divide-y divide-edge rounded-xl border border-edge bg-card">
          {items.map((session) => (
            <Device key={session.id} session={session} />
          ))}
        </ul>
      )}
      <MoreButton of={list}>More devices</MoreButton>
    </section>
  );
}

function Device({ session: { id, current, ip, userAgent, createdAt, lastUsedAt } }: { session: Session }) {
  const device = deviceOf(userAgent);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2.5">
      <div className="min-w-48 flex-1">
        <p className="font-semibold" title={userAgent ?? undefined}>
          <Typed>{device}</Typed>
          {current && <span className="ms-2 rounded-full bg-good-soft px-2 py-0.5 text-xs">this one</span>}
        </p>
        <p className="text-xs text-quiet">
          {ip !== null && `${ip} · `}last used <Time at={lastUsedAt} /> · signed in <Time at={createdAt} />
        </p>
      </div>
      {!current && (
        <Button onClick={() => void endSessions([id])}>
          Sign out<span className="sr-only"> {device}</span>
        </Button>
      )}
    </li>
  );
}

function Password() {
  const change = usePassword();
  const [currentPassword, setCurrent] = useState('');
  const [newPassword, setNew] = useState('');
  const { error } = change;
  const faults = faultsOf(error);
  const save = () =>
    change.mutate(
      { currentPassword, newPassword },
      {
        onSuccess: () => {
          setCurrent('');
          setNew('');
        },
      },
    );
  return (
    <section aria-labelledby="password" className="grid gap-4">
      <h2 id="password" className="font-semibold">
        Password
      </h2>
      <form
        aria-labelledby="password"
        className="grid max-w-md gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Field
          label="The password that you have"
          type="password"
          autoComplete="current-password"
          value={currentPassword}
          fault={faults.currentPassword?.[0]}
          onChange={({ target }) => setCurrent(target.value)}
        />
        <Field
          label="A new one"
          hint="10 characters or more. All other devices are signed out."
          type="password"
          autoComplete="new-password"
          value={newPassword}
          fault={faults.newPassword?.[0]}
          onChange={({ target }) => setNew(target.value)}
        />
        <Button type="submit" look="first" className="justify-self-start" disabled={change.isPending}>
          Change the password
        </Button>
      </form>
      {error !== null && faults.currentPassword === undefined && faults.newPassword === undefined && (
        <FactorOrFailure error={error} retry={save} />
      )}
    </section>
  );
}
