import type { Variant } from './wire-pair.ts';

/** The servers that are compared, and how many requests each pair is sent. */
export const VARIANTS: { requests: number; variant: Variant }[] = [
  { requests: 2_300, variant: { name: 'the usual options', maxBatchSize: 5 } },
  {
    requests: 1_600,
    variant: {
      name: 'a transformer, ~ in paths and method override',
      transformer: true,
      pathSeparator: '~',
      allowMethodOverride: true,
      maxBatchSize: 5,
    },
  },
  {
    requests: 600,
    variant: {
      name: 'no batches, no subscriptions and no error formatter',
      allowBatching: false,
      sse: false,
      formatter: false,
      maxBatchSize: 5,
    },
  },
  {
    requests: 600,
    variant: {
      name: 'method override and no error formatter',
      allowMethodOverride: true,
      formatter: false,
      maxBatchSize: 3,
    },
  },
];
