import { expect, it } from 'vitest';
import { dailySummaryMail } from './summary-text.ts';

const counted = (kinds: number) =>
  Object.fromEntries(Array.from({ length: kinds }, (_, at) => [`kind_${at + 1}`, at + 1]));

const happened = (kinds: number) => ({
  ...{
    registrations: 1,
    signIns: 2,
    promptsCreated: 3,
    versionsCreated: 4,
    labelMoves: 5,
    uses: 6,
    mailsSent: 7,
    mailsFailed: 8,
  },
  ...{ signInFailures: counted(kinds), jobFailures: {}, limitRefusals: {} },
});

const failures = (kinds: number, before: number | null): string | undefined =>
  dailySummaryMail(
    {
      day: '2026-01-31',
      totals: { users: {}, prompts: {}, queue: {} } as never,
      happened: happened(kinds) as never,
      before: before === null ? null : (happened(before) as never),
      backupMadeAt: null,
    },
    'https://promptory.example/choice',
  )
    .text.split('\n')
    .find((line) => line.includes('sign-ins that failed'))
    ?.trim();

it.each([
  [0, null, 'sign-ins that failed: 0'],
  [2, null, 'sign-ins that failed: 3: kind_2 2, kind_1 1'],
  [2, 3, 'sign-ins that failed: 3 (6): kind_2 2, kind_1 1'],
])('counts what happened by its kinds, the most frequent first: %i kinds, %j before', (kinds, before, line) => {
  expect(failures(kinds, before)).toBe(line);
});

it('names ten kinds, and says how many more there are', () => {
  expect(failures(10, null)).toMatch(/: kind_10 10, .*, kind_1 1$/);
  expect(failures(11, null)).toMatch(/: kind_11 11, .*, kind_2 2, and 1 more$/);
});
