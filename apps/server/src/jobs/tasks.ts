import {
  acceptInvitations,
  addUpNameCounts,
  countStatistics,
  countWhatWasMissed,
  DELETION_TASK,
  deleteDeadImports,
  deleteOldAnswers,
  deleteOldInvitations,
  deleteOldRows,
  finishDeletion,
  forgetChanges,
  INVITATIONS_TASK,
  MAIL_TASK,
  type MailServices,
  OWNERS_TASK,
  parseDeletionJob,
  parseInvitationsJob,
  parseMailJob,
  parseOwnersJob,
  purgeTrash,
  type Services,
  sendMail,
  summarizeDay,
  tellOwners,
} from '@promptory/api/server';
import {
  deleteExpiredEmailTokens,
  deleteExpiredSessions,
  deleteOldAttempts,
  resealSecondFactors,
} from '@promptory/auth';
import { storeMissedWords } from '@promptory/db';
import type { TaskList } from 'graphile-worker';
import { loggedError } from '../observability/logger.ts';
import type { Backups } from './backups.ts';

// Minute, hour, day, month, weekday (UTC); a day that was missed is made up for within its time. What may take long is of one queue, so
// that it has one place at a time, and others are left for mails.
export const CRONTAB = `
12 0 * * * summarize_day ?fill=12h&queue=nightly
37 1 * * * make_backup ?fill=12h&queue=nightly
17 2 * * * ensure_usage_partitions ?fill=12h
37 2 * * * purge_trash ?fill=12h&queue=nightly
57 2 * * * delete_expired ?fill=12h&queue=nightly
37 3 * * * delete_old_rows ?fill=12h&queue=nightly
17 3 * * * count_what_was_missed ?fill=12h&queue=nightly
* * * * * add_up_name_counts
7 * * * * delete_old_answers
*/5 * * * * store_missed_words
*/5 * * * * count_statistics
27 * * * * reseal_second_factors
47 * * * * forget_changes
`;

/** How far back prompts without words are looked for. */
const MISSED_MS = 24 * 60 * 60 * 1_000;

export interface TaskServices {
  readonly services: MailServices & Pick<Services, 'secretBox'>;
  /** Makes the partitions of this month and the next ones. */
  ensurePartitions(): Promise<unknown>;
  /** Null where the server makes no backups. */
  readonly backups?: Backups | null;
}

/** What the queue can do: a name here is a name in the database. */
export function tasksOf({ services, ensurePartitions, backups }: TaskServices): TaskList {
  const { db, clock, log, secretBox } = services;
  const count = async (): Promise<void> => {
    const [madeAt, storedAt] = [await backups?.newestMadeAt(), await backups?.newestStoredAt?.()];
    await countStatistics(db, clock.now(), { madeAt: madeAt ?? null, storedAt: storedAt ?? null });
  };
  return {
    [MAIL_TASK]: (payload) => withoutQuotes(() => sendMail(services, parseMailJob(payload))),
    [OWNERS_TASK]: (payload) => tellOwners(services, parseOwnersJob(payload)),
    async [INVITATIONS_TASK](payload) {
      const entered = await acceptInvitations(services, parseInvitationsJob(payload));
      if (entered > 0) log.info({ entered }, 'groups entered by invitation');
    },
    async [DELETION_TASK](payload) {
      const finished = await finishDeletion(services, parseDeletionJob(payload));
      if (finished !== null) log.info(finished, 'the deletion of an account is finished');
    },
    async make_backup() {
      await backups?.make();
    },
    async ensure_usage_partitions() {
      await ensurePartitions();
    },
    async purge_trash() {
      const purged = await purgeTrash(db, clock.now());
      log.info({ purged }, 'trash purged');
    },
    async delete_expired() {
      const sessions = await deleteExpiredSessions(db, clock.now());
      const tokens = await deleteExpiredEmailTokens(db, clock.now());
      const attempts = await deleteOldAttempts(db, clock.now());
      const imports = await deleteDeadImports(db, clock.now());
      const invitations = await deleteOldInvitations(db, clock.now());
      log.info({ sessions, tokens, attempts, imports, invitations }, 'what has expired was deleted');
    },
    async delete_old_rows() {
      log.info(await deleteOldRows(db, clock.now()), 'old uses, keys, failed jobs and audit entries deleted');
    },
    async count_what_was_missed() {
      const counted = await countWhatWasMissed(db);
      if (counted > 0) log.info({ counted }, 'prompts and groups counted that a migration had found locked');
    },
    async add_up_name_counts() {
      await addUpNameCounts(db);
    },
    count_statistics: count,
    async summarize_day() {
      await count();
      const mailed = await summarizeDay(db, clock.now());
      log.info({ mailed }, 'the day before was summed up');
    },
    async store_missed_words() {
      const prompts = await storeMissedWords(db, new Date(clock.now().getTime() - MISSED_MS));
      if (prompts > 0) log.info({ prompts }, 'words stored of prompts that another release has written');
    },
    async delete_old_answers() {
      const answers = await deleteOldAnswers(db, clock.now());
      log.info({ answers }, 'old answers of creating calls deleted');
    },
    async forget_changes() {
      const changes = await forgetChanges(db);
      log.info({ changes }, 'what was told of changes was forgotten');
    },
    async reseal_second_factors() {
      const { resealed, unreadable } = await resealSecondFactors(db, secretBox);
      if (resealed > 0) log.info({ resealed }, 'second factors sealed under the first secret');
      if (unreadable > 0) log.error({ unreadable }, 'second factors are sealed under a secret that is not there');
    },
  };
}

/**
 * Why a job failed is kept in the queue's table, and a mail server may quote the mail that it refuses: no link that opens
 * an account is to rest there.
 */
async function withoutQuotes(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { type, message, stack } = loggedError(error);
    throw Object.assign(new Error(message), { name: type, stack });
  }
}
