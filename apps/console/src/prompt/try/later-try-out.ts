import { lazy } from 'react';

/** Loaded once it is shown: with it come the requests to makers of models. */
export const TryOut = lazy(() => import('./try-out.tsx').then(({ TryOut: component }) => ({ default: component })));
