import { abortedError, errorOf, type ReadAnswer } from '../errors/error-answer.ts';
import { PromptoryError } from '../errors/promptory-error.ts';
import type { Pace } from '../retry/pace.ts';

/** The part of `fetch` that this package calls. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

interface ReadFetchOptions {
  readonly fetch: Fetch;
  /** For the whole answer; with `streams`, until its headers. */
  readonly timeoutMs: number;
  readonly streams?: boolean;
  /** Sends and keeps the cookie of the session. */
  readonly withCookie?: boolean;
  /** Aborted when the client is closed. */
  readonly closed: AbortSignal;
  /** Holds back what the server would refuse. */
  readonly pace: Pace | null;
}

/** Seconds of a Retry-After (RFC 9110, 10.2.3: seconds or a date); null where there is none. */
export function retryAfterOf(value: string | null, now: number): number | null {
  if (value === null) return null;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - now) / 1000));
}

const saysJson = (response: Response): boolean =>
  /^application\/(?:[\w.-]+\+|x-nd)?json\b/i.test(response.headers.get('content-type') ?? '');

/** What a stream of events is, of those that ask for one. */
const saysEvents = (response: Response): boolean =>
  response.ok && /^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '');

/**
 * A `fetch` for tRPC's links that distinguishes failures, which they do not: what it throws is a PromptoryError of the
 * right code. It follows no redirect, so that a password or a token never goes to another address.
 */
export function readFetch(
  options: ReadFetchOptions,
): (url: string | URL | Request, init?: RequestInit) => Promise<ReadAnswer> {
  return async (address, init) => {
    const url = address instanceof Request ? address.url : String(address);
    options.pace?.check(new Headers(init?.headers).has('authorization') ? 'caller' : 'address');
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), options.timeoutMs);
    const signals = [options.closed, late.signal, ...(init?.signal ? [init.signal] : [])];
    try {
      const response = await options.fetch(url, {
        ...init,
        signal: AbortSignal.any(signals),
        redirect: 'manual',
        ...(options.withCookie ? { credentials: 'include' } : {}),
      });
      options.pace?.learn(response.headers.get('ratelimit'));
      return await readAnswer(response, options.streams ?? false);
    } catch (cause) {
      if (cause instanceof PromptoryError) throw cause;
      if (options.closed.aborted || init?.signal?.aborted) throw abortedError(cause);
      const message = late.signal.aborted
        ? `No answer came within ${options.timeoutMs} ms.`
        : 'The server could not be reached, or the connection broke.';
      throw new PromptoryError({ code: 'client.network', message, cause });
    } finally {
      clearTimeout(timer);
    }
  };
}

async function readAnswer(response: Response, streams: boolean): Promise<ReadAnswer> {
  const { ok, status } = response;
  const retryAfterSeconds = retryAfterOf(response.headers.get('retry-after'), Date.now());
  const unreadable = (message: string) =>
    new PromptoryError({ code: 'client.unreadable', message, status, retryAfterSeconds });
  if (response.type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    await response.body?.cancel();
    throw unreadable('The server answered with a redirect; give the address that it leads to as `url`.');
  }
  if (!saysJson(response) && !(streams && saysEvents(response))) {
    await response.body?.cancel();
    throw unreadable(`The answer (status ${status}) is not one of Promptory.`);
  }
  if (ok && streams) return { ok, status, retryAfterSeconds, body: response.body, json: () => response.json() };
  const text = await response.text();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unreadable(`The answer (status ${status}) is not the JSON that it claims to be.`);
  }
  // What the REST side of the server answers where nothing serves tRPC.
  const problem = ok ? undefined : errorOf(value, { status, retryAfterSeconds });
  if (problem !== undefined) throw problem;
  return { ok, status, retryAfterSeconds, body: null, json: async () => value };
}
