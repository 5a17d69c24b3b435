import type { TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import type { AppRouter } from '../contract/contract.ts';
import type { EventStream, EventsConnection } from './event-stream.ts';

/** What is asked, and where a stream was left. */
interface Asked {
  readonly lastEventId?: string;
}

/**
 * The link that sends subscriptions: each is a stream of events that is opened again wherever it breaks, and goes on where it was, until
 * its caller leaves or the client is closed. It fails only where the server refuses it for good.
 *
 * @param wire the address of the tRPC wire
 */
export function eventsLink(connection: EventsConnection, wire: string): TRPCLink<AppRouter> {
  return () =>
    ({ op, next }) => {
      if (op.type !== 'subscription') return next(op);
      return observable((observer) => {
        const { lastEventId, ...input } = (op.input ?? {}) as Asked;
        const address = new URL(`${wire}/${op.path}`);
        address.searchParams.set('input', JSON.stringify(input));
        const closed = AbortSignal.any([connection.closed, ...(op.signal ? [op.signal] : [])]);
        const says = (state: 'connecting' | 'pending') =>
          observer.next({ result: { type: 'state', state, error: null } } as Parameters<typeof observer.next>[0]);
        const complete = () => observer.complete();
        closed.addEventListener('abort', complete);
        observer.next({ result: { type: 'started' } });
        const fail = (error: unknown) => observer.error(error as Parameters<typeof observer.error>[0]);
        const listener = {
          onEvent: (data: unknown, id: string) => observer.next({ result: { type: 'data', id, data: { id, data } } }),
          onCurrent: () => says('pending'),
          onDown: () => says('connecting'),
          onRefused: fail,
        };
        let stream: EventStream | undefined;
        let isLeft = false;
        // Loaded with the first stream: many pages have none.
        import('./event-stream.ts').then(({ EventStream: Stream }) => {
          if (!isLeft) stream = new Stream({ ...connection, closed }, address, listener, lastEventId);
        }, fail);
        return () => {
          isLeft = true;
          closed.removeEventListener('abort', complete);
          stream?.close();
        };
      });
    };
}
