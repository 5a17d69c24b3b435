import { useSyncExternalStore } from 'react';

const subscribe = (changed: () => void) => {
  document.addEventListener('visibilitychange', changed);
  return () => document.removeEventListener('visibilitychange', changed);
};

/** Whether somebody can see the page: a browser has few connections to a server, and a page behind others needs none. */
export const useSeen = (): boolean => useSyncExternalStore(subscribe, () => document.visibilityState === 'visible');
