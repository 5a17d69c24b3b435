import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { me } from '../../data/own.ts';
import { Typed } from '../../ui/page.tsx';
import { Time } from '../../ui/time.tsx';
import type { AuditEntry } from '../calls.ts';
import { filteredAt } from '../filters.ts';

/** The end of an id tells one from another; its beginning is the time. */
const shortOf = (id: string): string => `…${id.slice(-8)}`;

const link = 'font-mono text-xs underline underline-offset-2';

/** One thing that was done. */
export function AuditRow({ entry, address }: { entry: AuditEntry; address: string }) {
  const { action, actorId, apiKeyId, targetType, targetId, changes, details, ip, requestId, occurredAt } = entry;
  const isMe = useQuery(me()).data?.id === actorId;
  const hasDetails = Object.keys(details).length > 0;
  return (
    <article className="grid gap-1 text-sm">
      <h2 className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <span className="font-semibold wrap-anywhere">{action}</span>
        {changes > 1 && <span className="text-quiet">{changes} times within an hour</span>}
        <span className="ms-auto text-quiet">
          <Time at={occurredAt} />
        </span>
      </h2>
      <p className="flex flex-wrap gap-x-4 gap-y-1 text-quiet">
        <span>
          by{' '}
          {actorId === null ? (
            'nobody who is signed in'
          ) : (
            <Link href={filteredAt(address, { actor: actorId })} title={actorId} className={link}>
              {isMe ? 'you' : shortOf(actorId)}
            </Link>
          )}
          {apiKeyId !== null && <span title={apiKeyId}>, with an API key</span>}
        </span>
        <span>
          {targetType}{' '}
          {targetId !== null && (
            <Link href={filteredAt(address, { target: targetId })} title={targetId} className={link}>
              {shortOf(targetId)}
            </Link>
          )}
        </span>
        {ip !== null && <span>from {ip}</span>}
        {requestId !== null && (
          <span>
            request <code className="font-mono text-xs wrap-anywhere">{requestId}</code>
          </span>
        )}
      </p>
      {hasDetails && (
        <details>
          <summary className="w-fit text-quiet">
            Details<span className="sr-only"> of {action}</span>
          </summary>
          <pre className="mt-1 rounded-lg bg-hover p-3 font-mono text-xs whitespace-pre-wrap wrap-anywhere">
            <Typed>{JSON.stringify(details, null, 2)}</Typed>
          </pre>
        </details>
      )}
    </article>
  );
}
