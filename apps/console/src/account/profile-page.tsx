import type { RouterOutputs } from '@promptory/client';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { me } from '../data/own.ts';
import { FactorOrFailure } from '../session/factor-form.tsx';
import { Button } from '../ui/button.tsx';
import { Failure, faultsOf } from '../ui/failure.tsx';
import { Field } from '../ui/field.tsx';
import { Notice } from '../ui/notice.tsx';
import { Loading, Typed } from '../ui/page.tsx';
import { AccountPage } from './account-page.tsx';
import { useUpdateMe } from './calls.ts';

/** Who somebody is to others. */
export function ProfilePage() {
  const { data, error, refetch } = useQuery(me());
  return (
    <AccountPage>
      {data !== undefined ? (
        <ProfileForm key={data.revision} account={data} />
      ) : error === null ? (
        <Loading what="Opening your account" />
      ) : (
        <Failure error={error} retry={() => void refetch()} />
      )}
    </AccountPage>
  );
}

const FIELDS = ['name', 'handle', 'avatarUrl', 'email', 'currentPassword'];

function ProfileForm({ account }: { account: RouterOutputs['me']['get'] }) {
  const update = useUpdateMe();
  const [name, setName] = useState(account.name);
  const [handle, setHandle] = useState(account.handle);
  const [avatarUrl, setAvatarUrl] = useState(account.avatarUrl ?? '');
  const [email, setEmail] = useState(account.email);
  const [currentPassword, setPassword] = useState('');
  const isMoving = email !== account.email;
  const { error } = update;
  const faults = faultsOf(error);
  const changes = {
    ...(name === account.name ? {} : { name }),
    ...(handle === account.handle ? {} : { handle }),
    ...(avatarUrl === (account.avatarUrl ?? '') ? {} : { avatarUrl: avatarUrl === '' ? null : avatarUrl }),
    ...(isMoving ? { email, currentPassword } : {}),
  };
  const save = () => update.mutate(changes);
  return (
    <div className="grid gap-4">
      <form
        aria-label="Profile"
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Field
          label="Name"
          hint="Those see it with whom you share something."
          autoComplete="name"
          dir="auto"
          maxLength={100}
          value={name}
          fault={faults.name?.[0]}
          onChange={({ target }) => setName(target.value)}
        />
        <Field
          label="Handle"
          hint={
            handle === account.handle
              ? 'Programs name your prompts by it.'
              : `Programs that fetch ${account.handle}/… have to ask for ${handle}/… from then on.`
          }
          autoComplete="off"
          autoCapitalize="none"
          maxLength={39}
          value={handle}
          fault={faults.handle?.[0]}
          onChange={({ target }) => setHandle(target.value)}
        />
        <Field
          label="Picture"
          hint="The address of one, which begins with https://. Others’ pages may show it."
          required={false}
          type="url"
          autoComplete="photo"
          maxLength={2048}
          value={avatarUrl}
          fault={faults.avatarUrl?.[0]}
          onChange={({ target }) => setAvatarUrl(target.value)}
        />
        <Field
          label="E-mail address"
          type="email"
          autoComplete="email"
          maxLength={254}
          value={email}
          fault={faults.email?.[0]}
          onChange={({ target }) => setEmail(target.value)}
        />
        {account.pendingEmail !== null && (
          <Notice>
            It becomes <Typed>{account.pendingEmail}</Typed> once you open the link that we have mailed there.
          </Notice>
        )}
        {isMoving && (
          <Field
            label="Your password"
            hint="For a new address. It takes effect once you open the link that is mailed there."
            type="password"
            autoComplete="current-password"
            value={currentPassword}
            fault={faults.currentPassword?.[0]}
            onChange={({ target }) => setPassword(target.value)}
          />
        )}
        <Button
          type="submit"
          look="first"
          className="justify-self-start"
          disabled={update.isPending || Object.keys(changes).length === 0}
        >
          Save
        </Button>
      </form>
      {error !== null && !FIELDS.some((field) => field in faults) && <FactorOrFailure error={error} retry={save} />}
    </div>
  );
}
