import type { StatisticsOf } from '@promptory/schemas';
import { type RawBuilder, sql } from 'kysely';

/** What servers count themselves, as it leaves no rows. */
export type ServerEvent = 'used' | 'job_failed' | 'mail_sent' | 'mail_failed' | 'limit_refused';
/** What is counted of rows, by a job. */
export type StoredEvent =
  | 'registered'
  | 'signed_in'
  | 'sign_in_failed'
  | 'prompt_created'
  | 'version_created'
  | 'label_moved';

export const QUARTER_MS = 15 * 60 * 1_000;

/** The beginning of the quarter of an hour that a moment is in. */
export const quarterOf = (moment: Date): Date => new Date(Math.floor(moment.getTime() / QUARTER_MS) * QUARTER_MS);

/** The same in SQL. */
export const quarterOfColumn = (column: RawBuilder<unknown>): RawBuilder<string> =>
  sql`date_bin('15 minutes', ${column}, timestamptz 'epoch')`;

/** Some kind of event, and how often it happened. */
export interface CountedEvent {
  readonly kind: StoredEvent | ServerEvent;
  readonly detail: string;
  readonly amount: number;
}

/** What happened within some time, as it is shown. */
export function happenedOf(events: readonly CountedEvent[]): StatisticsOf {
  const sum = (kind: CountedEvent['kind']): number =>
    events.reduce((total, event) => (event.kind === kind ? total + event.amount : total), 0);
  const byDetail = (kind: CountedEvent['kind']): Record<string, number> =>
    Object.fromEntries(
      events.filter((event) => event.kind === kind && event.amount > 0).map(({ detail, amount }) => [detail, amount]),
    );
  return {
    registrations: sum('registered'),
    signIns: sum('signed_in'),
    signInFailures: byDetail('sign_in_failed'),
    promptsCreated: sum('prompt_created'),
    versionsCreated: sum('version_created'),
    labelMoves: sum('label_moved'),
    uses: byDetail('used'),
    jobFailures: byDetail('job_failed'),
    mailsSent: sum('mail_sent'),
    mailsFailed: sum('mail_failed'),
    limitRefusals: byDetail('limit_refused'),
  };
}
