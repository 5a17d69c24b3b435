import type { Runner } from 'graphile-worker';

/**
 * Settles as the runner does. Rejects where it stops by itself and has not ended `patienceMs` later: a connection that it
 * waits for may never answer. Where it was asked to stop, its jobs take as long as they do.
 */
export async function endOf(
  { events, promise }: Pick<Runner, 'events' | 'promise'>,
  patienceMs: number,
  wasAsked: () => boolean,
): Promise<void> {
  const stuck = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const onStop = (): void => {
    if (wasAsked()) return;
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
