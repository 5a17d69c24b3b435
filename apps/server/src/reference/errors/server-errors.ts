import type { ErrorGuide } from './error-guide.ts';

/** What is no fault of the caller's. */
export const serverErrors = {
  'server.busy': {
    happened:
      'The server has more to do than it can at the moment: too many passwords wait to be checked, others hold what the call needs, or the call took longer than it may.',
    remedy:
      'Wait for the seconds in `Retry-After` and call again, a little later each time. Send an `Idempotency-Key` with what creates something: a call that took too long may have been done.',
  },
  'server.unavailable': {
    happened:
      'Something that the server needs is away, most likely its database, for a restart or a failure; or the server is not ready to serve yet.',
    remedy:
      'Call again after the seconds in `Retry-After`. If it goes on, tell the operator: `/health/ready` says whether the server can serve.',
  },
  'server.storage_full': {
    happened:
      'The disk of the database is full. Nothing of the call was written, and until there is room again the server says at `/health/ready` that it cannot serve.',
    remedy:
      'Tell the operator, who has to make room or give the database a larger disk; the server goes on by itself then. Call again after the seconds in `Retry-After`, with the same `Idempotency-Key` where there was one.',
  },
  'server.internal': {
    happened: 'Something went wrong that nobody foresaw. The answer says nothing of its cause; the server’s log does.',
    remedy: 'Tell the operator the `requestId`, by which the log finds it. The same call will most likely fail again.',
  },
} as const satisfies Record<string, ErrorGuide>;
