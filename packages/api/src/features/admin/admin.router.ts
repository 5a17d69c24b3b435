import {
  AdminUser,
  AdminUserPage,
  AuditPage,
  AuthAttemptPage,
  JobPage,
  ListAuditInput,
  ListAuthAttemptsInput,
  ListJobsInput,
  ListUsersInput,
  Statistics,
  UpdateUserInput,
} from '@promptory/schemas';
import { z } from 'zod';
import { router, sessionProcedure } from '../../trpc.ts';
import { listAudit, listAuthAttempts, listUsers } from './admin.queries.ts';
import { listJobs } from './jobs.queries.ts';
import { getStatistics } from './statistics.queries.ts';
import { updateUser } from './update-user.ts';

const tags = ['Administration'];

export const adminRouter = router({
  users: router({
    list: sessionProcedure
      .meta({
        can: 'admin.users',
        rest: {
          method: 'GET',
          path: '/admin/users',
          summary: 'List all accounts',
          description: 'The newest first, suspended ones included; `q` finds a part of an address, a name or a handle.',
          tags,
        },
      })
      .input(ListUsersInput.prefault({}))
      .output(AdminUserPage)
      .query(({ ctx, input }) => listUsers(ctx, input)),

    update: sessionProcedure
      .meta({
        can: 'admin.users',
        stepUp: 'always',
        errors: ['user.not_found', 'user.last_admin', 'auth.session_ended'],
        rest: {
          method: 'PUT',
          path: '/admin/users/{id}',
          summary: "Change an account's role, status or quotas",
          description:
            'What is left out stays as it is. Suspending ends every session and stops every API key of the account at once. A quota of null counts as the server has it. The last active administrator can be neither demoted nor suspended.',
          tags,
        },
      })
      .input(UpdateUserInput)
      .output(AdminUser)
      .mutation(({ ctx, input }) => updateUser(ctx, input)),
  }),

  audit: router({
    list: sessionProcedure
      .meta({
        can: 'admin.audit',
        rest: {
          method: 'GET',
          path: '/admin/audit',
          summary: 'List who did what',
          description:
            'The newest first: who changed what, with which key and from where. An entry is written together with its change, and none is ever altered.',
          tags,
        },
      })
      .input(ListAuditInput.prefault({}))
      .output(AuditPage)
      .query(({ ctx, input }) => listAudit(ctx, input)),
  }),

  authAttempts: router({
    list: sessionProcedure
      .meta({
        can: 'admin.audit',
        rest: {
          method: 'GET',
          path: '/admin/auth-attempts',
          summary: 'List attempts to sign in and the like',
          description:
            'The newest first, successful or not, with the reason of a refusal and the address that it came from.',
          tags,
        },
      })
      .input(ListAuthAttemptsInput.prefault({}))
      .output(AuthAttemptPage)
      .query(({ ctx, input }) => listAuthAttempts(ctx, input)),
  }),

  jobs: router({
    list: sessionProcedure
      .meta({
        can: 'admin.stats',
        rest: {
          method: 'GET',
          path: '/admin/jobs',
          summary: 'List what waits in the queue of jobs, runs or failed',
          description:
            'The newest first, with the next try and what failed at the last; a job that is done is gone, and one that failed for good stays for some time. `scheduled` says when the server last did by itself what it does at certain times.',
          tags,
        },
      })
      .input(ListJobsInput.prefault({}))
      .output(JobPage)
      .query(({ ctx, input }) => listJobs(ctx, input)),
  }),

  stats: router({
    get: sessionProcedure
      .meta({
        can: 'admin.stats',
        rest: {
          method: 'GET',
          path: '/admin/stats',
          summary: 'What there is, and what happened within a day',
          description:
            'Nothing is counted for who asks: a job counts what there is every five minutes, which `totals.takenAt` says, and what happens is kept by quarters of an hour. `lastDay` is the last 96 of them with the one that has begun, `dayBefore` the 96 before. `totals` is null until a server has counted for the first time.',
          tags,
        },
      })
      .input(z.strictObject({}).prefault({}))
      .output(Statistics)
      .query(({ ctx }) => getStatistics(ctx)),
  }),
});
