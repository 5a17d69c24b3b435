import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useSyncExternalStore } from 'react';
import { forgetDrafts } from '../data/drafts.ts';
import { promptory, queryClient } from '../data/promptory.ts';
import { Loading } from '../ui/page.tsx';
import { toasts } from '../ui/toasts.ts';

const Entrance = lazy(() => import('./entrance.tsx').then(({ Entrance: component }) => ({ default: component })));

// What one person has seen or typed is not for the next.
promptory.$onSession(({ type }) => {
  if (type === 'began') {
    void queryClient.resetQueries();
    return;
  }
  queryClient.clear();
  forgetDrafts();
  toasts.clear();
});

/** Shows the console to who is signed in, and at the same address to all others how to become that. */
export function WithSession({ children }: { children: ReactNode }) {
  const session = useSyncExternalStore(promptory.$onSession, () => promptory.$session);
  // Takes up the session of the cookie, where there is one, and asks again until the server answers.
  const isUnknown = session === 'unknown';
  const restoring = useQuery({
    queryKey: ['session'],
    queryFn: () => promptory.$restore(),
    enabled: isUnknown,
    retry: true,
  });
  if (isUnknown)
    return <Loading what={restoring.failureReason === null ? 'Opening' : 'The server does not answer yet'} />;
  if (session === 'signed_in') return children;
  return (
    <Suspense fallback={<Loading what="Opening" />}>
      <Entrance />
    </Suspense>
  );
}
