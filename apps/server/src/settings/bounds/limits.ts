import type { LimitName } from '@promptory/api/server';

/** So many calls within a window that starts with the first of them. */
export interface Limit {
  readonly calls: number;
  readonly seconds: number;
}

export type Limits = Readonly<Record<LimitName, Limit>>;

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The limits of staging and production unless set otherwise; each is settable as `RATE_LIMIT_<NAME>=calls/seconds`. */
export const defaultLimits: Limits = {
  anonymous: { calls: 60, seconds: MINUTE },
  user: { calls: 600, seconds: MINUTE },
  key: { calls: 300, seconds: MINUTE },
  login: { calls: 10, seconds: 15 * MINUTE },
  loginAddress: { calls: 30, seconds: 15 * MINUTE },
  register: { calls: 5, seconds: HOUR },
  mail: { calls: 3, seconds: HOUR },
  mailSender: { calls: 50, seconds: HOUR },
  mailSenderDay: { calls: 150, seconds: DAY },
  mailNewSender: { calls: 20, seconds: DAY },
  mailAddress: { calls: 20, seconds: HOUR },
  mailAddressDay: { calls: 100, seconds: DAY },
  refresh: { calls: 30, seconds: 5 * MINUTE },
  verify: { calls: 10, seconds: 15 * MINUTE },
  search: { calls: 30, seconds: MINUTE },
  export: { calls: 30, seconds: MINUTE },
  credential: { calls: 60, seconds: MINUTE },
};

export const limitNames = Object.keys(defaultLimits) as LimitName[];

/** The variable that sets a limit: `loginAddress` → `RATE_LIMIT_LOGIN_ADDRESS`. */
export const limitVariable = (name: LimitName): string =>
  `RATE_LIMIT_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

/** Every limit times `factor`, windows as they are. */
export function widened(limits: Limits, factor: number): Limits {
  const entries = limitNames.map((name) => [
    name,
    { calls: limits[name].calls * factor, seconds: limits[name].seconds },
  ]);
  return Object.fromEntries(entries) as Limits;
}
