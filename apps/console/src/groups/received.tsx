import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { invitations } from '../data/own.ts';
import { Button } from '../ui/button.tsx';
import { Failure } from '../ui/failure.tsx';
import { Typed } from '../ui/page.tsx';
import { Time } from '../ui/time.tsx';
import { accept, decline } from './calls.ts';

/** The groups that somebody is invited to, until they have answered. */
export function Received() {
  const { data, error, refetch } = useQuery(invitations());
  const [answered, setAnswered] = useState<string | null>(null);
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />;
  if (data === undefined || data.items.length === 0) return null;
  const answer = async (id: string, act: Promise<boolean>) => {
    setAnswered(id);
    await act;
    setAnswered(null);
  };
  return (
    <section aria-labelledby="received" className="mb-6 max-w-4xl">
      <h2 id="received" className="mb-2 font-semibold">
        Invitations
      </h2>
      <ul
        aria-label="Invitations"
        className="divide-y divide-edge rounded-xl border border-accent bg-accent-soft text-sm"
      >
        {data.items.map(({ id, group, role, invitedBy, expiresAt }) => (
          <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
            <p className="min-w-48 flex-1">
              <span className="font-semibold">
                <Typed>{group.name}</Typed>
              </span>
              <br />
              {invitedBy === null ? 'Somebody' : <Typed>{invitedBy.name}</Typed>} invites you as {role}, until{' '}
              <Time at={expiresAt} />
            </p>
            <div className="flex gap-2">
              <Button disabled={answered === id} onClick={() => void answer(id, decline(id, group.name))}>
                Decline<span className="sr-only"> {group.name}</span>
              </Button>
              <Button look="first" disabled={answered === id} onClick={() => void answer(id, accept(id, group.name))}>
                Accept<span className="sr-only"> {group.name}</span>
              </Button>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
