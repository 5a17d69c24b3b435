import type { ApiKey } from '@promptory/client';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { groups } from '../../data/own.ts';
import { itemsOf } from '../../data/pages.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Empty, Typed } from '../../ui/page.tsx';
import { Paged } from '../../ui/paged.tsx';
import { Time } from '../../ui/time.tsx';
import { AccountPage } from '../account-page.tsx';
import { keys, revokeKey } from '../calls.ts';
import { NewKey } from './new-key.tsx';

/** The keys by which programs act for somebody. */
export function KeysPage() {
  const list = useInfiniteQuery(keys());
  const [isMaking, setMaking] = useState(false);
  const [revoked, setRevoked] = useState<ApiKey | null>(null);
  const items = itemsOf(list.data);
  return (
    <AccountPage>
      <section aria-label="API keys">
        <div className="mb-3 flex flex-wrap items-center justify-between gap-3">
          <p className="text-sm text-quiet">
            By a key a program acts as you, as far as its scopes go.{' '}
            <a href="/docs" className="underline underline-offset-2">
              What programs can do
            </a>
          </p>
          <Button look="first" onClick={() => setMaking(true)}>
            <Plus aria-hidden size={16} /> New key
          </Button>
        </div>
        <Paged
          of={list}
          waits="Looking for keys"
          isEmpty={items.length === 0}
          none={
            <Empty title="There are no keys yet">
              <p>A program needs one to fetch your prompts.</p>
            </Empty>
          }
          more="Older keys"
        >
          <ul aria-label="Keys" className="divide-y divide-edge rounded-xl border border-edge bg-card">
            {items.map((key) => (
              <Row key={key.id} apiKey={key} revoke={() => setRevoked(key)} />
            ))}
          </ul>
        </Paged>
      </section>
      {isMaking && <NewKey close={() => setMaking(false)} />}
      {revoked !== null && (
        <Confirm
          title="Revoke the key"
          does="Revoke it"
          confirm={() => {
            setRevoked(null);
            void revokeKey(revoked);
          }}
          close={() => setRevoked(null)}
        >
          <p>
            Programs that have “<Typed>{revoked.name}</Typed>” are refused with their next call. Nobody can take that
            back.
            {revoked.lastUsedAt !== null && (
              <>
                {' '}
                It was last used <Time at={revoked.lastUsedAt} />.
              </>
            )}
          </p>
        </Confirm>
      )}
    </AccountPage>
  );
}

function Row({ apiKey, revoke }: { apiKey: ApiKey; revoke: () => void }) {
  const { name, hint, scopes, groupId, createdAt, expiresAt, lastUsedAt } = apiKey;
  const group = useQuery(groups()).data?.items.find(({ id }) => id === groupId);
  const isOver = expiresAt !== null && Date.parse(expiresAt) < Date.now();
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-48 flex-1">
        <h2 className="flex flex-wrap items-baseline gap-x-2 font-semibold">
          <Typed>{name}</Typed>
          <code className="font-mono text-xs font-normal text-quiet">{hint}</code>
          {isOver && <span className="rounded-full bg-fault-soft px-2 py-0.5 text-xs text-fault">expired</span>}
        </h2>
        <p className="text-sm">
          {scopes.join(', ')}
          {groupId !== null && (
            <>
              {' · only in '}
              {group === undefined ? 'one group' : <Typed>{group.name}</Typed>}
            </>
          )}
        </p>
        <p className="text-xs text-quiet">
          made <Time at={createdAt} /> ·{' '}
          {lastUsedAt === null ? (
            'never used'
          ) : (
            <>
              last used <Time at={lastUsedAt} />
            </>
          )}{' '}
          ·{' '}
          {expiresAt === null ? (
            'does not expire'
          ) : (
            <>
              {isOver ? 'expired' : 'expires'} <Time at={expiresAt} />
            </>
          )}
        </p>
      </div>
      <Button onClick={revoke}>
        Revoke<span className="sr-only"> {name}</span>
      </Button>
    </li>
  );
}
