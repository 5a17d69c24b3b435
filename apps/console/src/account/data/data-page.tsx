import { useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { FactorOrFailure } from '../../session/factor-form.tsx';
import { Button } from '../../ui/button.tsx';
import { download } from '../../ui/download.ts';
import { Notice } from '../../ui/notice.tsx';
import { AccountPage } from '../account-page.tsx';
import { exportAccount } from './calls.ts';
import { DeleteDialog } from './delete-dialog.tsx';

const FILE = 'promptory-account.jsonl';

/** All that is kept of an account: to have it, and to have it deleted. */
export function DataPage() {
  const [isDeleting, setDeleting] = useState(false);
  return (
    <AccountPage>
      <Export />
      <section aria-labelledby="delete">
        <h2 id="delete" className="mb-2 font-semibold">
          Delete the account
        </h2>
        <p className="mb-3 text-sm text-quiet">
          For good. You see first what becomes of each group and prompt of yours: what is shared passes on where
          somebody can have it, and all else is removed.
        </p>
        <Button look="danger" onClick={() => setDeleting(true)}>
          Delete the account …
        </Button>
        {isDeleting && <DeleteDialog close={() => setDeleting(false)} />}
      </section>
    </AccountPage>
  );
}

function Export() {
  const [count, setCount] = useState(0);
  const leaving = useRef(new AbortController());
  useEffect(() => () => leaving.current.abort(), []);
  const getting = useMutation({
    mutationFn: () => {
      setCount(0);
      leaving.current = new AbortController();
      return exportAccount(leaving.current.signal, setCount);
    },
    onSuccess: (file) => download({ name: FILE, file }),
  });
  return (
    <section aria-labelledby="export">
      <h2 id="export" className="mb-2 font-semibold">
        What is kept of you
      </h2>
      <p className="mb-3 text-sm text-quiet">
        One file with all of it: the account, its devices and keys without their secrets, your prompts with all
        versions, labels and their moves, groups and whom you share them with, favourites, uses, what you did, and
        attempts to sign in. A record of JSON on each line.
      </p>
      <Button disabled={getting.isPending} onClick={() => getting.mutate()}>
        <Download aria-hidden size={16} /> {getting.isPending ? `Getting it … ${count}` : 'Get it as a file'}
      </Button>
      <div className="mt-3 empty:hidden">
        {getting.error !== null && <FactorOrFailure error={getting.error} retry={() => getting.mutate()} />}
        {getting.data !== undefined && (
          <Notice>
            {count} records are in {FILE}.
          </Notice>
        )}
      </div>
    </section>
  );
}
