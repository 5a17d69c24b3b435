import { defaultQuotas, type Quotas } from '@promptory/api/server';
import { wholeNumber } from '../forms/whole-number.ts';

type QuotaName = keyof Quotas;

const quotaNames = Object.keys(defaultQuotas) as QuotaName[];

/** The variable that sets a quota: `storedBytes` → `QUOTA_STORED_BYTES`. */
export const quotaVariable = (name: QuotaName): string =>
  `QUOTA_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

const Amount = wholeNumber(1, Number.MAX_SAFE_INTEGER);

/** The settings `QUOTA_…`, by variable. */
export const quotaSettings = Object.fromEntries(quotaNames.map((name) => [quotaVariable(name), Amount.optional()]));

/** What an account may hold: what is set, else the defaults, times `factor`. */
export function quotasOf(given: Readonly<Record<string, unknown>>, factor: number): Quotas {
  const entries = quotaNames.map((name) => {
    const set = Amount.safeParse(given[quotaVariable(name)]);
    return [name, set.success ? set.data : defaultQuotas[name] * factor];
  });
  return Object.fromEntries(entries) as Quotas;
}
