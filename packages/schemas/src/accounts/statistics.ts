import { z } from 'zod';
import { Timestamp } from '../values/ids.ts';

const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
/** How often each of what has a name. */
const counts = z.record(z.string().max(100), count);

/** What happened within some time. */
export const StatisticsOf = z
  .strictObject({
    registrations: count.describe('Accounts that were made.'),
    signIns: count.describe('Log-ins that let somebody in.'),
    signInFailures: counts.describe('Those that let nobody in, by the reason.'),
    promptsCreated: count,
    versionsCreated: count.describe('Versions of prompts, the first of each included.'),
    labelMoves: count,
    uses: counts.describe('Uses of prompts, by how: `read`, `copy`, `render`, `resolve`.'),
    jobFailures: counts.describe('Runs of jobs that failed, by the job; most are tried again.'),
    mailsSent: count.describe('Mails that the mail server took.'),
    mailsFailed: count.describe('Mails that it did not take; they are tried again for about a day.'),
    limitRefusals: counts.describe('Calls and mails that a limit refused, by the limit.'),
  })
  .meta({ id: 'StatisticsOf' });
export type StatisticsOf = z.infer<typeof StatisticsOf>;

const Span = z
  .strictObject({ since: Timestamp, until: Timestamp, ...StatisticsOf.shape })
  .meta({ id: 'StatisticsOfSpan' });

/** What there is. */
export const StatisticsTotals = z
  .strictObject({
    users: z.strictObject({
      active: count,
      suspended: count,
      administrators: count.describe('Those among them who administer the server.'),
    }),
    prompts: z.strictObject({ live: count, trash: count.describe('Deleted ones that can be restored.') }),
    versions: count.describe('Of all prompts, those in the trash too.'),
    groups: count,
    storedBytes: count.describe('Of the text of all versions.'),
    apiKeys: count.describe('Those that work: neither revoked nor expired.'),
    sessions: count.describe('Those that have not ended.'),
    queue: z.strictObject({
      jobs: count.describe('Jobs that wait; of more than 20,000 the first.'),
      mails: count.describe('Those among them that are mails.'),
      givenUp: count.describe('Jobs that were tried as often as they may be, within the last thirty days.'),
    }),
  })
  .meta({ id: 'StatisticsTotals' });
export type StatisticsTotals = z.infer<typeof StatisticsTotals>;

/** What administrators are shown of the server as a whole. */
export const Statistics = z
  .strictObject({
    totals: z.strictObject({ takenAt: Timestamp, ...StatisticsTotals.shape }).nullable(),
    lastDay: Span,
    dayBefore: Span,
    backup: z
      .strictObject({
        madeAt: Timestamp.describe('When the newest backup was made.'),
        ageSeconds: count,
        storedAt: Timestamp.nullable().describe(
          'When the newest was made that a bucket holds; null where none is known.',
        ),
      })
      .nullable()
      .describe('Null where no server knows of one: each knows those that are in its own folder.'),
    migration: z.string().max(200).describe('The migration that the database stands at.'),
  })
  .meta({ id: 'Statistics' });
export type Statistics = z.infer<typeof Statistics>;
