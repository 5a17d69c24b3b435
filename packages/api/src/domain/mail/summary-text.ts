import type { StatisticsOf, StatisticsTotals } from '@promptory/schemas';
import { type MailText, mail, turnedOffHere } from './mail-form.ts';

/** A day of a server, that is over. */
export interface DaySummary {
  /** `2026-01-31`, of UTC. */
  readonly day: string;
  readonly totals: StatisticsTotals;
  readonly happened: StatisticsOf;
  /** What happened on the day before; null where that was not summed up. */
  readonly before: StatisticsOf | null;
  /** ISO 8601; null where no server knows of a backup. */
  readonly backupMadeAt: string | null;
}

/** Counts of one kind that are shown by name; of more it is said how many there are. */
const MOST_NAMES = 10;

type Counted = number | Readonly<Record<string, number>>;

const sumOf = (counted: Counted): number =>
  typeof counted === 'number' ? counted : Object.values(counted).reduce((sum, amount) => sum + amount, 0);

/** `: wrong_password 3, limit.exceeded 1`, the most frequent first. */
function namesIn(counted: Counted): string {
  if (typeof counted === 'number') return '';
  const sorted = Object.entries(counted).toSorted(([, one], [, other]) => other - one);
  if (sorted.length === 0) return '';
  const shown = sorted.slice(0, MOST_NAMES).map(([name, amount]) => `${name} ${amount}`);
  const others = sorted.length - shown.length;
  return `: ${shown.join(', ')}${others > 0 ? `, and ${others} more` : ''}`;
}

/** All of it is ours: names of reasons, jobs and limits, and numbers. */
export function dailySummaryMail(
  { day, totals, happened, before, backupMadeAt }: DaySummary,
  choiceLink: string,
): MailText {
  const line = (what: string, of: (day: StatisticsOf) => Counted): string => {
    const counted = of(happened);
    const then = before === null ? '' : ` (${sumOf(of(before))})`;
    return `    ${what}: ${sumOf(counted)}${then}${namesIn(counted)}`;
  };
  const { users, prompts, queue } = totals;
  return mail(
    `What happened on ${day}`,
    `on ${day} (UTC) this happened at your Promptory${before === null ? '' : ', and in brackets on the day before'}:`,
    [
      line('accounts made', (of) => of.registrations),
      line('sign-ins', (of) => of.signIns),
      line('sign-ins that failed', (of) => of.signInFailures),
      line('prompts created', (of) => of.promptsCreated),
      line('versions created', (of) => of.versionsCreated),
      line('labels moved', (of) => of.labelMoves),
      line('uses of prompts', (of) => of.uses),
      line('runs of jobs that failed', (of) => of.jobFailures),
      line('mails sent', (of) => of.mailsSent),
      line('mails that failed', (of) => of.mailsFailed),
      line('refused by limits', (of) => of.limitRefusals),
    ].join('\n'),
    'At the end of the day there were:',
    [
      `    accounts: ${users.active} active, ${users.suspended} suspended, ${users.administrators} of administrators`,
      `    prompts: ${prompts.live}, and ${prompts.trash} in the trash, of ${totals.versions} versions and ${totals.storedBytes} bytes`,
      `    groups: ${totals.groups}`,
      `    API keys: ${totals.apiKeys}, sessions: ${totals.sessions}`,
      `    jobs that wait: ${queue.jobs}, of them mails: ${queue.mails}; given up: ${queue.givenUp}`,
    ].join('\n'),
    backupMadeAt === null
      ? 'No server knows of a backup.'
      : `The newest backup is of ${backupMadeAt.slice(0, 10)}, ${backupMadeAt.slice(11, 16)} UTC.`,
    ...turnedOffHere(choiceLink),
  );
}
