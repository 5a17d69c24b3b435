import type { BootedApp } from '../../harness/boot.ts';
import {
  type Answer,
  callProcedure,
  type Headers,
  type Input,
  type UnbatchedTransport,
} from '../../harness/transports.ts';

export const OTHER_PASSWORD = 'nobody ever chose this one';

/** One call of a procedure under `auth`. */
export const auth = (
  server: BootedApp,
  transport: UnbatchedTransport,
  procedure: string,
  input: Input,
  headers: Headers = {},
): Promise<Answer> => callProcedure(server, transport, `auth.${procedure}`, input, headers);

export const logIn = (
  server: BootedApp,
  transport: UnbatchedTransport,
  credentials: { email: string; password: string },
  headers: Headers = {},
): Promise<Answer> => auth(server, transport, 'login', credentials, headers);

// Different in every answer, or counting it.
const VARYING_HEADERS = new Set(['date', 'x-request-id', 'ratelimit', 'content-length']);

/** Everything of an answer that a caller can compare: all but its request id and how many calls are left. */
export function comparableAnswer({ response }: Answer): string {
  const headers = Object.entries(response.headers).filter(([name]) => !VARYING_HEADERS.has(name));
  const requestId = String(response.headers['x-request-id']);
  const body = response.body.replaceAll(requestId, '…');
  return JSON.stringify([response.statusCode, headers.toSorted(), body]);
}
