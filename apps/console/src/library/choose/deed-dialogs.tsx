import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { countedPrompts } from '../../data/counted.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Failure } from '../../ui/failure.tsx';
import { Field, SelectField } from '../../ui/field.tsx';
import { FormActions } from '../../ui/form-actions.tsx';
import { Loading } from '../../ui/page.tsx';
import { groups, tags } from '../calls.ts';

interface DeedProps {
  readonly count: number;
  close(): void;
}

/** Asks for one tag that all get. */
export function TagDialog({ count, tag, close }: DeedProps & { tag(tag: string): void }) {
  const [typed, setTyped] = useState('');
  const known = useQuery(tags()).data?.items ?? [];
  const name = typed.trim();
  return (
    <Dialog title="Tag" isForm close={close}>
      <form
        className="grid gap-4 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (name !== '') tag(name);
        }}
      >
        <Field
          label="Tag"
          hint="Beside the tags that they have."
          maxLength={50}
          autoComplete="off"
          list="known-tags"
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
        <datalist id="known-tags">
          {known.map((one) => (
            <option key={one.name} value={one.name} />
          ))}
        </datalist>
        <FormActions does={`Tag ${countedPrompts(count)}`} isDisabled={name === ''} close={close} />
      </form>
    </Dialog>
  );
}

/** Asks for the group that all are put into. */
export function GroupDialog({ count, add, close }: DeedProps & { add(id: string, name: string): void }) {
  const { data, error, refetch } = useQuery(groups());
  const own = data?.items.filter(({ role }) => role !== 'viewer') ?? [];
  const [chosen, setChosen] = useState<string | undefined>();
  const group = own.find(({ id }) => id === chosen) ?? own[0];
  return (
    <Dialog title="Into a group" isForm close={close}>
      {error !== null ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : data === undefined ? (
        <Loading what="Looking for groups" />
      ) : (
        <form
          className="grid gap-4 p-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (group !== undefined) add(group.id, group.name);
          }}
        >
          {group === undefined ? (
            <p>There is no group that you may put prompts into. Make one under “Groups”.</p>
          ) : (
            <SelectField
              label="Group"
              hint="Its members read your own prompts from then on, and its editors change them."
              value={group.id}
              onChange={({ target }) => setChosen(target.value)}
            >
              {own.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </SelectField>
          )}
          <FormActions does={`Put ${countedPrompts(count)} into it`} isDisabled={group === undefined} close={close} />
        </form>
      )}
    </Dialog>
  );
}
