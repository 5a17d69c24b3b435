import type { ServerCount } from '@promptory/api/server';
import { expect, it } from 'vitest';
import { createKeptCounts } from './kept-counts.ts';

const [FIRST, SECOND] = ['2026-11-30T10:00:00.000Z', '2026-11-30T10:15:00.000Z'];

function given(options: { failures?: number; most?: number } = {}) {
  let { failures = 0 } = options;
  let now = FIRST;
  const written: string[][] = [];
  const warnings: string[] = [];
  const counts = createKeptCounts({
    write: async (some: readonly ServerCount[]) => {
      failures -= 1;
      if (failures >= 0) throw new Error('away');
      written.push(some.map(({ since, kind, detail, amount }) => `${since.toISOString()} ${kind} ${detail} ${amount}`));
    },
    now: () => new Date(now),
    log: {
      warn(_, message) {
        warnings.push(message);
      },
    },
    most: options.most,
  });
  return {
    counts,
    written,
    warnings,
    at(time: string) {
      now = time;
    },
  };
}

it('adds up what is the same within a quarter of an hour, and writes it once', async () => {
  const { counts, written, at } = given();
  counts.add('used', 'read');
  at('2026-11-30T10:14:59.999Z');
  counts.add('used', 'read', 2);
  counts.add('used', 'render');
  counts.add('mail_sent');
  at(SECOND);
  counts.add('used', 'read');
  await counts.close();
  await counts.close();
  expect(written).toEqual([
    [`${FIRST} used read 3`, `${FIRST} used render 1`, `${FIRST} mail_sent  1`, `${SECOND} used read 1`],
  ]);
});

it('keeps what could not be written, and adds what happened meanwhile', async () => {
  const { counts, written, warnings } = given({ failures: 1 });
  counts.add('limit_refused', 'login');
  await counts.close();
  expect([written, warnings.length]).toEqual([[], 1]);
  counts.add('limit_refused', 'login');
  await counts.close();
  expect(written).toEqual([[`${FIRST} limit_refused login 2`]]);
});

it('holds no more than it may while the database is away', async () => {
  const { counts, written } = given({ most: 2 });
  for (const task of ['a', 'b', 'c', 'a']) counts.add('job_failed', task);
  await counts.close();
  expect(written).toEqual([[`${FIRST} job_failed a 2`, `${FIRST} job_failed b 1`]]);
});
