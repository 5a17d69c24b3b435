import { useInfiniteQuery } from '@tanstack/react-query';
import { itemsOf } from '../data/pages.ts';
import { useSettled } from '../data/settled.ts';
import { deviceOf } from '../ui/device-of.ts';
import { Field, SelectField } from '../ui/field.tsx';
import { Typed } from '../ui/page.tsx';
import { Time } from '../ui/time.tsx';
import { AdministrationPage } from './administration-page.tsx';
import { type AuthAttempt, attempts } from './calls.ts';
import { idOf, oneOf, useFilters } from './filters.ts';
import { OnlyOf } from './only-of.tsx';
import { PagedList } from './paged-list.tsx';

const kinds: Readonly<Record<AuthAttempt['kind'], string>> = {
  login: 'Signing in',
  second_factor: 'Second factor',
  register: 'Making an account',
  refresh: 'Staying signed in',
  forgot_password: 'Asking for a reset',
  reset_password: 'Resetting a password',
  verify_email: 'Confirming an address',
  change_password: 'Changing a password',
};
const kindNames = Object.keys(kinds) as AuthAttempt['kind'][];

/** Attempts to sign in, and to change by what one signs in: the newest first. */
export const AttemptsPage = () => (
  <AdministrationPage>
    <Attempts />
  </AdministrationPage>
);

function Attempts() {
  const { filters, filter } = useFilters(['email', 'user', 'kind', 'came']);
  const userId = idOf(filters.user);
  const kind = oneOf(kindNames, filters.kind);
  const came = oneOf(['well', 'badly'], filters.came);
  const email = useSettled(filters.email?.trim() ?? '');
  const list = useInfiniteQuery(
    attempts({
      ...(email !== '' && { email }),
      ...(userId && { userId }),
      ...(kind && { kind }),
      ...(came && { succeeded: came === 'well' }),
    }),
  );
  return (
    <>
      <div className="grid grid-cols-2 gap-3 *:first:col-span-2 sm:grid-cols-[minmax(0,1fr)_13rem_10rem] sm:*:first:col-span-1">
        <Field
          label="E-mail address"
          type="search"
          placeholder="In full"
          aria-keyshortcuts="/"
          autoComplete="off"
          autoCapitalize="none"
          maxLength={254}
          value={filters.email ?? ''}
          onChange={({ target }) => filter({ email: target.value })}
        />
        <SelectField label="Kind" value={kind ?? ''} onChange={({ target }) => filter({ kind: target.value })}>
          <option value="">All kinds</option>
          {kindNames.map((name) => (
            <option key={name} value={name}>
              {kinds[name]}
            </option>
          ))}
        </SelectField>
        <SelectField label="Outcome" value={came ?? ''} onChange={({ target }) => filter({ came: target.value })}>
          <option value="">All</option>
          <option value="well">Succeeded</option>
          <option value="badly">Were refused</option>
        </SelectField>
      </div>
      {userId !== undefined && (
        <div>
          <OnlyOf what="at" id={userId} drop={() => filter({ user: '' })} />
        </div>
      )}
      <PagedList
        of={list}
        label="Attempts"
        items={itemsOf(list.data)}
        waits="Looking for attempts"
        none={{ title: 'Nothing is found', text: 'There was no such attempt, as long as they are kept.' }}
        more="Earlier attempts"
      >
        {(attempt) => <Row attempt={attempt} />}
      </PagedList>
    </>
  );
}

function Row({ attempt }: { attempt: AuthAttempt }) {
  const { kind, succeeded, reason, email, ip, userAgent, occurredAt } = attempt;
  return (
    <article className="grid gap-1 text-sm">
      <h2 className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-semibold">{kinds[kind]}</span>
        <span
          className={`rounded-full px-2 py-0.5 text-xs font-semibold ${succeeded ? 'bg-good-soft' : 'bg-fault-soft text-fault'}`}
        >
          {succeeded ? 'succeeded' : (reason?.replaceAll('_', ' ') ?? 'refused')}
        </span>
        <span className="ms-auto text-quiet">
          <Time at={occurredAt} />
        </span>
      </h2>
      <p className="flex flex-wrap gap-x-4 gap-y-1 text-quiet">
        {email !== null && <Typed>{email}</Typed>}
        {ip !== null && <span>{ip}</span>}
        {userAgent !== null && (
          <span title={userAgent}>
            <Typed>{deviceOf(userAgent)}</Typed>
          </span>
        )}
      </p>
    </article>
  );
}
