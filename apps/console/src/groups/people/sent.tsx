import type { GroupInvitation } from '@promptory/client';
import { useInfiniteQuery } from '@tanstack/react-query';
import { itemsOf } from '../../data/pages.ts';
import { Button } from '../../ui/button.tsx';
import { Failure } from '../../ui/failure.tsx';
import { Typed } from '../../ui/page.tsx';
import { MoreButton } from '../../ui/paged.tsx';
import { Time } from '../../ui/time.tsx';
import { sentOf, withdraw } from '../calls.ts';

/** Addresses that were invited to a group, and what became of it. */
export function Sent({ id }: { id: string }) {
  const sent = useInfiniteQuery(sentOf(id));
  const items = itemsOf(sent.data);
  if (sent.error !== null) return <Failure error={sent.error} retry={() => void sent.refetch()} />;
  if (items.length === 0) return null;
  return (
    <section aria-labelledby="sent">
      <h2 id="sent" className="mb-2 font-semibold">
        Invited
      </h2>
      <ul aria-label="Invited" className="divide-y divide-edge rounded-xl border border-edge bg-card">
        {items.map((invitation) => (
          <Row key={invitation.id} id={id} invitation={invitation} />
        ))}
      </ul>
      <MoreButton of={sent}>Earlier ones</MoreButton>
    </section>
  );
}

function Row({ id, invitation }: { id: string; invitation: GroupInvitation }) {
  const { email, role, state, createdAt, expiresAt, answeredAt } = invitation;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5 text-sm">
      <div className="min-w-40 flex-1">
        <p className="font-semibold">
          <Typed>{email}</Typed>
        </p>
        <p className="text-xs text-quiet">
          as {role}, <Time at={createdAt} /> ·{' '}
          {state === 'pending' ? (
            <>
              expires <Time at={expiresAt} />
            </>
          ) : (
            <>
              {state} {answeredAt !== null && <Time at={answeredAt} />}
            </>
          )}
        </p>
      </div>
      {state === 'pending' && (
        <Button look="bare" onClick={() => void withdraw(id, invitation.id, email)}>
          Withdraw<span className="sr-only"> the invitation of {email}</span>
        </Button>
      )}
    </li>
  );
}
