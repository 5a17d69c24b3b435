import { isPromptoryError } from '@promptory/client';
import { useState } from 'react';
import { FactorOrFailure } from '../../session/factor-form.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { SelectField } from '../../ui/field.tsx';
import { FormActions } from '../../ui/form-actions.tsx';
import { Notice } from '../../ui/notice.tsx';
import { type AdminUser, useChange } from '../calls.ts';
import { QuotaFields, quotaChanges, typedQuotas } from './quota-fields.tsx';

/** What an administrator changes of an account. */
export function ChangeDialog({ user, close }: { user: AdminUser; close: () => void }) {
  const update = useChange();
  const [role, setRole] = useState(user.role);
  const [status, setStatus] = useState(user.status);
  const [typed, setTyped] = useState(typedQuotas(user.quotas));
  const quotas = quotaChanges(user.quotas, typed);
  const change = {
    ...(role === user.role ? {} : { role }),
    ...(status === user.status ? {} : { status }),
    ...(Object.keys(quotas).length === 0 ? {} : { quotas }),
  };
  const save = () => update.mutate({ user, change }, { onSuccess: close });
  const { error } = update;
  return (
    <Dialog title={`Change ${user.name}`} isForm isWide close={close}>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4 p-4">
        <form
          id="change-user"
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            save();
          }}
        >
          <div className="grid gap-4 sm:grid-cols-2">
            <SelectField
              label="Role"
              value={role}
              onChange={({ target }) => setRole(target.value === 'admin' ? 'admin' : 'user')}
            >
              <option value="user">User</option>
              <option value="admin">Administrator: changes accounts, and reads all prompts</option>
            </SelectField>
            <SelectField
              label="Status"
              value={status}
              onChange={({ target }) => setStatus(target.value === 'suspended' ? 'suspended' : 'active')}
            >
              <option value="active">Active</option>
              <option value="suspended">Suspended: may not sign in</option>
            </SelectField>
          </div>
          {change.status === 'suspended' && (
            <Notice kind="bad">
              Every device of theirs is signed out at once, and every API key stops: programs that use one are refused.
            </Notice>
          )}
          <QuotaFields typed={typed} change={setTyped} />
          {isPromptoryError(error, 'user.last_admin') && (
            <Notice kind="bad">This is the last administrator: the server would be without one.</Notice>
          )}
          <FormActions
            does={update.isPending ? 'Saving …' : 'Save'}
            isDisabled={update.isPending || Object.keys(change).length === 0}
            isSticky
            close={close}
          />
        </form>
        {error !== null && !isPromptoryError(error, 'user.last_admin') && (
          <FactorOrFailure error={error} retry={save} />
        )}
      </div>
    </Dialog>
  );
}
