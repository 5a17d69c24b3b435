import type { ErrorGuide } from './error-guide.ts';

/** What is no fault of the caller's. */
export const serverErrors = {
  'server.busy': {
    happened:
      'The server has more to do than it can at the moment: too many passwords wait to be checked, others hold what the call needs, or the calls before it in its batch took so long that it was not begun. Nothing of the call was done.',
    remedy:
      'Wait for the seconds in `Retry-After` and call again, a little later each time. The TypeScript client does so by itself.',
  },
  'server.unavailable': {
    happened:
      'Something that the server needs is away, most likely its database, for a restart or a failure; or the server is not ready to serve yet. Or the call took longer than it may, fifteen seconds; of a batch those that were done by then are answered.',
    remedy:
      'Call again after the seconds in `Retry-After`. What took too long may have been done: send an `Idempotency-Key` with what creates something, and look before you repeat another change. If it goes on, tell the operator: `/health/ready` says whether the server can serve.',
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
