import type { TotpStatus } from '@promptory/client';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Failure } from '../../ui/failure.tsx';
import { Time } from '../../ui/time.tsx';
import { factor } from './calls.ts';
import { RenewDialog, TurnOffDialog } from './change-dialogs.tsx';

// With it comes what draws a QR code.
const SetUpDialog = lazy(() => import('./set-up-dialog.tsx').then(({ SetUpDialog: dialog }) => ({ default: dialog })));

type Open = 'set up' | 'renew' | 'turn off' | null;

/** Whether signing in asks for a code too. */
export function FactorSection() {
  const { data, error, refetch } = useQuery(factor());
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  return (
    <section aria-labelledby="factor">
      <h2 id="factor" className="mb-2 font-semibold">
        Second factor
      </h2>
      {error !== null && <Failure error={error} retry={() => void refetch()} />}
      {data !== undefined && <Status status={data} ask={setOpen} />}
      <Suspense>{open === 'set up' && <SetUpDialog close={close} />}</Suspense>
      {open === 'renew' && <RenewDialog close={close} />}
      {open === 'turn off' && <TurnOffDialog close={close} />}
    </section>
  );
}

function Status({ status, ask }: { status: TotpStatus; ask: (open: Open) => void }) {
  const { enabled, since, recoveryCodesLeft } = status;
  if (!enabled) {
    return (
      <>
        <p className="mb-3 text-sm text-quiet">
          With one, who has your password cannot sign in: a code of an app on your phone is asked for too.
        </p>
        <Button onClick={() => ask('set up')}>Set it up</Button>
      </>
    );
  }
  return (
    <>
      <p className="text-sm">
        It is on
        {since !== null && (
          <>
            , set up <Time at={since} />
          </>
        )}
        .{' '}
        <span className={recoveryCodesLeft < 3 ? 'font-semibold text-fault' : 'text-quiet'}>
          {recoveryCodesLeft === 1 ? 'One recovery code is' : `${recoveryCodesLeft} recovery codes are`} left.
        </span>
      </p>
      <div className="mt-3 flex flex-wrap gap-2">
        <Button onClick={() => ask('renew')}>New recovery codes</Button>
        <Button onClick={() => ask('turn off')}>Turn it off</Button>
      </div>
    </>
  );
}
