import { isPromptoryError } from '@promptory/client';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { itemsOf } from '../../data/pages.ts';
import { FactorOrFailure } from '../../session/factor-form.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Failure, faultsOf } from '../../ui/failure.tsx';
import { Field } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Loading } from '../../ui/page.tsx';
import { deletionPlan, useDelete } from './calls.ts';
import { Plan } from './plan.tsx';

/** Shows what becomes of all that somebody owns, and deletes the account once they have given their password. */
export function DeleteDialog({ close }: { close: () => void }) {
  const plan = useInfiniteQuery(deletionPlan());
  const first = plan.data?.pages[0];
  return (
    <Dialog title="Delete the account" isWide isForm close={close}>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4 p-4">
        {plan.error !== null && <Failure error={plan.error} retry={() => void plan.refetch()} />}
        {first === undefined ? (
          plan.error === null && <Loading what="Looking what becomes of what is yours" />
        ) : first.isLastAdmin ? (
          <Notice kind="bad">
            You are the last administrator of this server. Make somebody else one first: without one it could not be
            run.
          </Notice>
        ) : (
          <>
            <Plan totals={first.totals} items={itemsOf(plan.data)} pages={plan} />
            <DeleteForm revision={first.revision} seeAgain={() => void plan.refetch()} close={close} />
          </>
        )}
      </div>
    </Dialog>
  );
}

interface FormProps {
  readonly revision: string;
  /** Somebody else has changed what becomes of it meanwhile. */
  seeAgain(): void;
  close(): void;
}

function DeleteForm({ revision, seeAgain, close }: FormProps) {
  const remove = useDelete();
  const [currentPassword, setPassword] = useState('');
  const { error } = remove;
  const fault = faultsOf(error).currentPassword?.[0];
  const isOther = isPromptoryError(error, 'request.precondition_failed');
  const run = () =>
    remove.mutate(
      { currentPassword, revision },
      { onError: (cause) => isPromptoryError(cause, 'request.precondition_failed') && seeAgain() },
    );
  return (
    <div className="grid gap-4">
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        <Field
          label="Your password"
          hint="Nobody can take it back: you are signed out everywhere, and every key stops."
          type="password"
          autoComplete="current-password"
          value={currentPassword}
          fault={fault}
          onChange={({ target }) => setPassword(target.value)}
        />
        {isOther && <Notice kind="bad">That has changed meanwhile. What stands above is how it is now.</Notice>}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" look="danger" disabled={remove.isPending}>
            {remove.isPending ? 'Deleting …' : 'Delete it for good'}
          </Button>
        </div>
      </form>
      {error !== null && fault === undefined && !isOther && <FactorOrFailure error={error} retry={run} />}
    </div>
  );
}
