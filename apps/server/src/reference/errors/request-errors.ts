import { fault, MAX_IMPORT_BYTES, MAX_IMPORT_ROWS } from '@promptory/schemas';
import type { ErrorGuide } from './error-guide.ts';

const MEBIBYTE = 1_048_576;
const rows = MAX_IMPORT_ROWS.toLocaleString('en');

/** What is wrong with a request before, or whatever, its procedure does. */
export const requestErrors = {
  'request.invalid': {
    happened:
      'The input breaks a rule: a field is missing, not known, too long, or of another type, or the procedure refuses its value. Nothing was changed.',
    remedy:
      'Read `errors`: each entry names a field by its `path`, such as `tags.0`, and says what is wrong there, by `code` and `params` for programs and translations and by `message` for people; at most 100 are listed. Correct the fields and call again. The same input is refused again.',
    example: { errors: [{ path: 'tags.0', ...fault('too_small', { minimum: 1, unit: 'characters' }) }] },
  },
  'request.malformed': {
    happened:
      'The request cannot be read: its body is not JSON in UTF-8, nests deeper than 64 levels, or holds what cannot be kept as it stands (a number that would be rounded, a name that stands twice, `__proto__`), its query or address is not valid, its `Idempotency-Key` is not 1 to 255 visible characters, its headers are too long (then the status is 431), or it took too long to arrive (408).',
    remedy:
      '`detail` says which, and `errors` where. Correct the request before you send it again. An API key that was sent in an address may by now stand in the logs of proxies: revoke it, and send the next one in a header.',
  },
  'request.too_large': {
    happened: `A JSON body is larger than 1 MiB or has more than 50,000 values or 20,000 names of members, or an import is larger than ${MAX_IMPORT_BYTES / MEBIBYTE} MiB or longer than ${rows} rows. Rows of an import that were read before the limit are imported and stay.`,
    remedy:
      'Divide what you send. Rows of an import that are there already are counted as unchanged, so that an import may be repeated.',
  },
  'request.unsupported_media_type': {
    happened:
      'The `Content-Type` names another format than this call reads, or another encoding than UTF-8 (of an import: or UTF-16). Calls read `application/json`; an import reads CSV and JSON, by the types that `detail` and the header `Accept` list. Or a call that streams, such as an export, was made over tRPC without a link that reads streams.',
    remedy:
      'Send the body in the format that `detail` names, and say so in `Content-Type`; or make the call through `httpBatchStreamLink`, as our client does.',
  },
  'request.method_not_allowed': {
    happened: 'There is such an address, but it does not answer this method.',
    remedy: 'Use one of the methods in the `Allow` header. tRPC is called by GET for queries and POST for mutations.',
  },
  'request.not_acceptable': {
    happened: 'The `Accept` header takes none of the formats that this call can answer in. Nothing was done.',
    remedy: 'Leave `Accept` out, or name one of the formats that `detail` lists.',
  },
  'request.precondition_failed': {
    happened:
      'Something of what `If-Match` or `revision` names has changed since it was read, or the header is no list of strong ETags. Nothing was changed.',
    remedy:
      'Read it again, see what others have changed, and send your change with the new `ETag`, its quotes included, or the new `revision`. A weak ETag (`W/"…"`), as a group of several pages has, matches nothing: send its `revision`.',
  },
  'request.cross_site': {
    happened:
      'A page of another origin tried to act with a session cookie, or to be given one. Only pages of the server’s own address and of the origins in `CORS_ORIGINS` may.',
    remedy:
      'Serve the page from an allowed origin, or have the operator add its origin to `CORS_ORIGINS`. A program that is no browser signs in with `session: "token"`, or uses an API key.',
  },
  'request.cookie_not_kept': {
    happened:
      'A log-in asked for a cookie session, and the browser would have dropped the cookie without a word: it keeps the session cookie only for pages of the same site as the server (the same scheme and registered domain; `127.0.0.1` and `localhost` are two sites), and, outside the machine itself, only over https. Nothing was changed.',
    remedy:
      'Open the page on the same site as the server, such as both by `localhost`, or `app.example.com` and `api.example.com`. Where they have to be of two sites, sign in with `session: "token"` and send the tokens.',
  },
  'request.conflict': {
    happened:
      'Another change at the same moment took away what this one relied on. Or a call with this `Idempotency-Key` was done, but its answer can no longer be given because the server’s secret was changed since.',
    remedy:
      'Read what you wanted to change again and decide anew. Where `detail` says that the call was done, do not repeat it: look for what it made.',
  },
  'request.in_progress': {
    happened: 'The same call with the same `Idempotency-Key` arrived before, and is still being done.',
    remedy:
      'Wait for the seconds in `Retry-After`, then send the same call with the same key: you get the answer of the first.',
  },
  'request.idempotency_mismatch': {
    happened:
      'You used this `Idempotency-Key` within the last 24 hours for the same procedure with another input. Nothing was done.',
    remedy:
      'Make a new key, such as a random UUID, for each thing that you want done, and reuse it only to repeat the very same call.',
  },
  'request.cursor_invalid': {
    happened:
      'The cursor was changed or cut off, or it belongs to another list, to another filter or order of this list, or to another caller.',
    remedy:
      'Start again without `cursor`. Then hand on each `nextCursor` as it is, and keep all other parameters until the last page.',
  },
  'request.batch_refused': {
    happened:
      'A tRPC request holds more than 20 calls, or one that has to be sent alone: a procedure of `auth`, or one with an `Idempotency-Key`. That call was not done.',
    remedy: 'Send smaller batches, and those calls alone. The TypeScript client does so by itself.',
  },
  'request.aborted': {
    happened:
      'The caller closed the connection before the answer was complete. Nobody receives this error: it is what logs and metrics say.',
    remedy:
      'What was asked may have been done all the same. Repeat a call that creates something with the same `Idempotency-Key`, and it is done once.',
  },
  'answer.too_large': {
    happened:
      'The answer has more bytes than that of one call may have, which is 2 MiB. A call that changes something was made all the same, and `detail` says so.',
    remedy: 'Ask for less at once: a smaller `limit`, a narrower filter. Lists end a page early by themselves.',
  },
  'answer.batch_full': {
    happened:
      'The answers of one batch have 8 MiB together, and those before this one left too little room. The call was not made, or it only read.',
    remedy: 'Send the same call again, by itself or in another batch. The client of Promptory does so by itself.',
  },
  'route.not_found': {
    happened: 'No page, no REST route and no tRPC procedure is at this address.',
    remedy: 'Compare the address with `/openapi.json`. tRPC procedures are at `/trpc/<name>`.',
  },
  'quota.exceeded': {
    happened:
      'The account holds as much of something as it may, which `quota` names; `limit` and `used` say how much that is, unless it is another account’s. Versions of a prompt and members of a group count for their owner. Nothing was changed; of an import the rows that do not fit fail one by one.',
    remedy:
      'Remove what is not needed: a prompt in the trash counts until it is purged, and an import until it ends. `GET /users/me` lists every quota. An administrator can raise one for an account by `PUT /admin/users/{id}`, and whoever runs the server all by `QUOTA_…`.',
    example: { extra: { quota: 'groups', limit: 500, used: 500 } },
  },
  'limit.exceeded': {
    happened:
      'There were more calls within a window of time than a limit allows. `limit` names it: the general ones are `anonymous` (for each network address), `user` and `key`; sign-ins, searches, exports and mails to others have limits of their own, and so have credentials that are not accepted (`credential`) and calls at once (`callsInFlight`). Each call of a batch counts. The call was not made.',
    remedy:
      'Wait for the seconds in `Retry-After`. `RateLimit` and `RateLimit-Policy` say on every answer how many calls are left. To write many prompts, send a hundred with one call (`prompts.createMany`, `prompts.updateMany`), or import them.',
    example: { extra: { limit: 'search' } },
  },
} as const satisfies Record<string, ErrorGuide>;
