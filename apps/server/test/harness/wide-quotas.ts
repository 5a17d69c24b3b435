import { defaultQuotas, type Quotas } from '@promptory/api/server';

/** Quotas that nothing in a test comes near, as an administrator may set them. */
export const wideQuotas = Object.fromEntries(
  Object.keys(defaultQuotas).map((name) => [name, 1_000_000_000_000]),
) as unknown as Quotas;
