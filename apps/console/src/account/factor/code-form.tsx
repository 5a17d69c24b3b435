import { type ReactNode, useState } from 'react';
import { Failure, faultsOf } from '../../ui/failure.tsx';
import { Field } from '../../ui/field.tsx';
import { FormActions } from '../../ui/form-actions.tsx';

interface CodeFormProps {
  readonly label: string;
  readonly hint: string;
  /** What the button does. */
  readonly does: string;
  readonly error: unknown;
  readonly isPending: boolean;
  /** @param code without the spaces that authenticators show */
  submit(code: string): void;
  close(): void;
  /** Fields above that of the code. */
  readonly children?: ReactNode;
}

/** Asks for a code, and does something with it. */
export function CodeForm({ label, hint, does, error, isPending, submit, close, children }: CodeFormProps) {
  const [code, setCode] = useState('');
  const faults = faultsOf(error);
  const fault = faults.code?.[0] ?? faults.recoveryCode?.[0];
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit(code.replaceAll(' ', ''));
      }}
    >
      {children}
      <Field
        label={label}
        hint={hint}
        autoComplete="one-time-code"
        autoFocus
        maxLength={60}
        value={code}
        fault={fault}
        onChange={({ target }) => setCode(target.value)}
      />
      {error !== null && fault === undefined && <Failure error={error} />}
      <FormActions does={does} isDisabled={isPending} close={close} />
    </form>
  );
}
