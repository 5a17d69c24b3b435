import type { Runner } from 'graphile-worker';

/**
 * Settles as the runner does. Rejects where it says that it stops and has not ended `patienceMs` later: a connection that
 * it waits for may never answer.
 */
export async function endOf(
  { events, promise }: Pick<Runner, 'events' | 'promise'>,
  patienceMs: number,
): Promise<void> {
  const stuck = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const onStop = (): void => {
    timer ??= setTimeout(() => stuck.reject(new Error('The runner stopped, and did not end.')), patienceMs);
  };
  events.on('stop', onStop);
  try {
    await Promise.race([promise, stuck.promise]);
  } finally {
    events.off('stop', onStop);
    clearTimeout(timer);
  }
}
