import type { TotpSetup } from '@promptory/client';
import qrcode from 'qrcode-generator';
import { useState } from 'react';
import { Dialog } from '../../ui/dialog.tsx';
import { Failure, faultsOf } from '../../ui/failure.tsx';
import { Field } from '../../ui/field.tsx';
import { FormActions } from '../../ui/form-actions.tsx';
import { useConfirm, useStart } from './calls.ts';
import { CodeForm } from './code-form.tsx';
import { KeepCodes } from './keep-codes.tsx';

/** Password, then the key for an authenticator and its first code, then the recovery codes. */
export function SetUpDialog({ close }: { close: () => void }) {
  const start = useStart();
  const confirm = useConfirm();
  if (confirm.data !== undefined) {
    return (
      <Dialog title="Recovery codes" isForm close={close}>
        <KeepCodes codes={confirm.data.recoveryCodes} close={close} />
      </Dialog>
    );
  }
  return (
    <Dialog title="Set up a second factor" isForm close={close}>
      {start.data === undefined ? (
        <PasswordForm start={start} close={close} />
      ) : (
        <div className="grid gap-4 p-4">
          <SetupKey setup={start.data} />
          <CodeForm
            label="The code that it shows now"
            does="Turn it on"
            hint="Your other devices are signed out."
            error={confirm.error}
            isPending={confirm.isPending}
            submit={(code) => confirm.mutate(code)}
            close={close}
          />
        </div>
      )}
    </Dialog>
  );
}

function PasswordForm({ start, close }: { start: ReturnType<typeof useStart>; close: () => void }) {
  const [password, setPassword] = useState('');
  const { error } = start;
  const fault = faultsOf(error).currentPassword?.[0];
  return (
    <form
      className="grid gap-4 p-4"
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate(password);
      }}
    >
      <Field
        label="Your password"
        type="password"
        autoComplete="current-password"
        value={password}
        fault={fault}
        onChange={({ target }) => setPassword(target.value)}
      />
      {error !== null && fault === undefined && <Failure error={error} />}
      <FormActions does="Go on" isDisabled={start.isPending} close={close} />
    </form>
  );
}

function SetupKey({ setup: { setupKey, uri } }: { setup: TotpSetup }) {
  return (
    <>
      <p className="text-sm">
        Open your authenticator app and let it read this, or give it the key. It is good for a quarter of an hour.
      </p>
      <QrCode text={uri} />
      <div>
        <p className="text-sm font-semibold">Key</p>
        <code className="font-mono text-sm break-all">{setupKey.replaceAll(/(.{4})(?=.)/g, '$1 ')}</code>
      </div>
    </>
  );
}

/** Light squares that a reader wants around it. */
const QUIET = 4;

function QrCode({ text }: { text: string }) {
  const code = qrcode(0, 'M');
  code.addData(text);
  code.make();
  const size = code.getModuleCount();
  const places = Array.from({ length: size * size }, (_, at) => [Math.floor(at / size), at % size] as const);
  const dark = places.filter(([row, column]) => code.isDark(row, column));
  return (
    <svg
      role="img"
      aria-label="The key as a QR code"
      viewBox={`${-QUIET} ${-QUIET} ${size + 2 * QUIET} ${size + 2 * QUIET}`}
      className="mx-auto w-56 max-w-full rounded-lg bg-white"
      shapeRendering="crispEdges"
    >
      <path fill="#000" d={dark.map(([row, column]) => `M${column} ${row}h1v1h-1z`).join('')} />
    </svg>
  );
}
