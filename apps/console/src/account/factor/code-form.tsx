import { PromptoryError } from '@promptory/client';
import { type ReactNode, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Failure } from '../../ui/failure.tsx';
import { Field } from '../../ui/field.tsx';

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
  const faults = error instanceof PromptoryError ? error.fieldErrors : {};
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
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" look="first" disabled={isPending}>
          {does}
        </Button>
      </div>
    </form>
  );
}
