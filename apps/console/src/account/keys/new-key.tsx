import type { Scope } from '@promptory/client';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { groups } from '../../data/own.ts';
import { FactorOrFailure } from '../../session/factor-form.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { faultsOf } from '../../ui/failure.tsx';
import { Field, SelectField } from '../../ui/field.tsx';
import { FormActions } from '../../ui/form-actions.tsx';
import { useCreateKey } from '../calls.ts';
import { endOf, type Life, lives, scopes } from './scopes.ts';
import { ShownOnce } from './shown-once.tsx';

/** Says what a new key may do, makes it, and shows it once. */
export function NewKey({ close }: { close: () => void }) {
  const create = useCreateKey();
  if (create.data !== undefined) {
    return (
      <Dialog title="The new key" isForm close={close}>
        <ShownOnce value={create.data.key} close={close} />
      </Dialog>
    );
  }
  return (
    <Dialog title="New key" isForm close={close}>
      <KeyForm create={create} close={close} />
    </Dialog>
  );
}

function KeyForm({ create, close }: { create: ReturnType<typeof useCreateKey>; close: () => void }) {
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<Scope>>(new Set(['prompts:read']));
  const [life, setLife] = useState<Life>(90);
  const [groupId, setGroup] = useState('');
  const own = useQuery(groups()).data?.items ?? [];
  const { error } = create;
  const faults = faultsOf(error);
  const toggle = (scope: Scope) => {
    const others = new Set(chosen);
    if (!others.delete(scope)) others.add(scope);
    setChosen(others);
  };
  const make = () => {
    const expiresAt = endOf(life, Date.now());
    create.mutate({
      name,
      scopes: [...chosen],
      ...(groupId === '' ? {} : { groupId }),
      ...(expiresAt === null ? {} : { expiresAt }),
    });
  };
  return (
    <div className="grid gap-4 p-4">
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          make();
        }}
      >
        <Field
          label="Name"
          hint="What you recognise it by, also among those who use a prompt."
          dir="auto"
          autoComplete="off"
          maxLength={100}
          value={name}
          fault={faults.name?.[0]}
          onChange={({ target }) => setName(target.value)}
        />
        <fieldset>
          <legend className="mb-1 text-sm font-semibold">It may</legend>
          {scopes.map(([scope, does]) => (
            <label key={scope} className="flex min-h-10 items-center gap-2.5 py-1 text-sm">
              <input
                type="checkbox"
                className="size-5 shrink-0 accent-accent"
                checked={chosen.has(scope)}
                onChange={() => toggle(scope)}
              />
              <span>
                {does} <code className="font-mono text-xs text-quiet">{scope}</code>
              </span>
            </label>
          ))}
        </fieldset>
        <div className="grid gap-4 sm:grid-cols-2">
          <SelectField
            label="Expires"
            value={life ?? ''}
            onChange={({ target }) => setLife(lives.find((one) => String(one ?? '') === target.value) ?? null)}
          >
            {lives.map((days) => (
              <option key={days} value={days ?? ''}>
                {days === null ? 'Never' : days === 365 ? 'In a year' : `In ${days} days`}
              </option>
            ))}
          </SelectField>
          <SelectField label="Only in" value={groupId} onChange={({ target }) => setGroup(target.value)}>
            <option value="">All that you may read</option>
            {own.map((group) => (
              <option key={group.id} value={group.id}>
                {group.name}
              </option>
            ))}
          </SelectField>
        </div>
        <FormActions does="Make the key" isDisabled={create.isPending || chosen.size === 0} close={close} />
      </form>
      {error !== null && faults.name === undefined && <FactorOrFailure error={error} retry={make} />}
    </div>
  );
}
