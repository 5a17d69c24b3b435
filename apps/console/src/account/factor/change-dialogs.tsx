import { useState } from 'react';
import { factorOf } from '../../session/calls.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { faultsOf } from '../../ui/failure.tsx';
import { Field } from '../../ui/field.tsx';
import { useDisable, useRenew } from './calls.ts';
import { CodeForm } from './code-form.tsx';
import { KeepCodes } from './keep-codes.tsx';

/** Other recovery codes, after which the former are good for nothing. */
export function RenewDialog({ close }: { close: () => void }) {
  const renew = useRenew();
  return (
    <Dialog title="Recovery codes" isForm close={close}>
      {renew.data === undefined ? (
        <div className="p-4">
          <CodeForm
            label="Code"
            hint="The six digits that your authenticator shows. The recovery codes that you have are good for nothing from then on."
            does="Make new ones"
            error={renew.error}
            isPending={renew.isPending}
            submit={(code) => renew.mutate(code)}
            close={close}
          />
        </div>
      ) : (
        <KeepCodes codes={renew.data.recoveryCodes} close={close} />
      )}
    </Dialog>
  );
}

export function TurnOffDialog({ close }: { close: () => void }) {
  const disable = useDisable();
  const [currentPassword, setPassword] = useState('');
  const { error } = disable;
  const fault = faultsOf(error).currentPassword?.[0];
  return (
    <Dialog title="Turn the second factor off" isForm close={close}>
      <div className="p-4">
        <CodeForm
          label="Code"
          hint="The six digits that your authenticator shows, or a recovery code."
          does="Turn it off"
          error={fault === undefined ? error : null}
          isPending={disable.isPending}
          submit={(code) => disable.mutate({ currentPassword, ...factorOf(code) }, { onSuccess: close })}
          close={close}
        >
          <Field
            label="Your password"
            type="password"
            autoComplete="current-password"
            value={currentPassword}
            fault={fault}
            onChange={({ target }) => setPassword(target.value)}
          />
        </CodeForm>
      </div>
    </Dialog>
  );
}
