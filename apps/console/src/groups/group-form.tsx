import { useState } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { Failure, faultsOf } from '../ui/failure.tsx';
import { Field, TextField } from '../ui/field.tsx';
import { FormActions } from '../ui/form-actions.tsx';

interface GroupFormProps {
  readonly title: string;
  readonly does: string;
  readonly name?: string;
  readonly description?: string;
  readonly isPending: boolean;
  readonly error: unknown;
  save(group: { name: string; description: string }): void;
  close(): void;
}

/** What a group is called, and what it is for. */
export function GroupForm({ title, does, isPending, error, save, close, ...given }: GroupFormProps) {
  const [name, setName] = useState(given.name ?? '');
  const [description, setDescription] = useState(given.description ?? '');
  const faults = faultsOf(error);
  return (
    <Dialog title={title} isForm close={close}>
      <form
        className="grid gap-4 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          save({ name, description });
        }}
      >
        {error !== null && faults.name === undefined && faults.description === undefined && <Failure error={error} />}
        <Field
          label="Name"
          dir="auto"
          maxLength={100}
          value={name}
          fault={faults.name?.[0]}
          onChange={({ target }) => setName(target.value)}
        />
        <TextField
          label="Description"
          hint="What it is for."
          required={false}
          dir="auto"
          rows={3}
          maxLength={5000}
          value={description}
          fault={faults.description?.[0]}
          onChange={({ target }) => setDescription(target.value)}
        />
        <FormActions does={does} isDisabled={isPending} close={close} />
      </form>
    </Dialog>
  );
}
