import { defaultQuotas, type Quotas } from '@promptory/api/server';
import { expect, it } from 'vitest';
import { defaultLimits, limitNames, limitVariable, widened } from './limits.ts';
import { quotaSettings, quotasOf, quotaVariable } from './quotas.ts';

const quotaNames = Object.keys(defaultQuotas) as (keyof Quotas)[];

it('names the variable of each bound by the words of the bound', () => {
  expect(['login', 'loginAddress'].map((name) => limitVariable(name as (typeof limitNames)[number]))).toEqual([
    'RATE_LIMIT_LOGIN',
    'RATE_LIMIT_LOGIN_ADDRESS',
  ]);
  expect(quotaVariable('storedBytes')).toBe('QUOTA_STORED_BYTES');
  for (const name of [...limitNames.map(limitVariable), ...quotaNames.map(quotaVariable)]) {
    expect(name).toMatch(/^(?:RATE_LIMIT|QUOTA)(?:_[A-Z0-9]+)+$/);
  }
});

it('widens the calls of each limit, and leaves its window', () => {
  const wide = widened(defaultLimits, 20);
  expect(Object.keys(wide)).toEqual(limitNames);
  for (const name of limitNames) {
    const { calls, seconds } = defaultLimits[name];
    expect(wide[name]).toEqual({ calls: 20 * calls, seconds });
  }
});

it('takes each quota as it is set, and widens only those that are not', () => {
  for (const name of quotaNames) {
    const given = { [quotaVariable(name)]: '7' };
    expect(quotasOf(given, 3)).toEqual({
      ...Object.fromEntries(quotaNames.map((other) => [other, 3 * defaultQuotas[other]])),
      [name]: 7,
    });
    const setting = quotaSettings[quotaVariable(name)];
    expect([setting?.safeParse('1').success, setting?.safeParse('0').success]).toEqual([true, false]);
  }
});
