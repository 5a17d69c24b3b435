import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type Principal, type RememberedAnswer, rememberedCalls, type Services } from '@promptory/api/server';
import { newId } from '@promptory/db';
import { isHost, noneMatchHolds } from '@promptory/trpc-fastify';
import { rememberedPrincipal } from '../http/caller/find-principal.ts';
import type { KnownCredential, KnownCredentials } from '../http/caller/known-credentials.ts';
import { type ShownCredential, shownCredential } from '../http/caller/presented-credential.ts';
import type { VerifiedTokens } from '../http/caller/verified-tokens.ts';
import { announcesBody } from '../http/connections/bodies/gathered-pieces.ts';
import type { Connections } from '../http/connections/connections.ts';
import { rateLimitHeaders } from '../http/rate-limit-headers.ts';
import { turnOfPerson } from '../http/request-context.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { CallGate } from '../services/call-gate.ts';
import type { CountingLimiter } from '../services/limiter.ts';
import { type AnswerForm, keptForms } from './answer-forms.ts';
import { type AskedCall, readsAskedCalls } from './asked-call.ts';

type Caller = Exclude<Principal, { kind: 'anonymous' }>;

export interface RememberedParts {
  readonly services: Pick<Services, 'memory' | 'clock' | 'usage'>;
  readonly limiter: CountingLimiter;
  readonly gate: CallGate;
  readonly known: KnownCredentials;
  readonly tokens: VerifiedTokens;
  readonly connections: Pick<Connections, 'enter' | 'hasRoom' | 'makeRoomFor' | 'onlySends'>;
  readonly metrics: Pick<Metrics, 'call'>;
  /** The address of whoever asks, which a proxy may forward. */
  addressOf(req: IncomingMessage): string;
  /** Whether connections end with their answers, as the server closes. */
  isClosing(): boolean;
  /** What every answer carries. */
  readonly headers: Readonly<Record<string, string>>;
  /** Notes what is answered. @returns to be called when the answer is taken, or its connection has closed */
  logAnswer(req: IncomingMessage, answered: Answered): (status: number) => void;
}

export interface Answered {
  readonly call: AskedCall;
  readonly requestId: string;
  readonly caller: Caller;
  /** By the clock of `performance.now()`. */
  readonly began: number;
}

/** Of requests without one, and of those that take anything. */
const ANY_TYPE = new Set([undefined, '*/*', 'application/json']);

/**
 * Answers a call of `prompts.resolve` or `prompts.get` with an API key or an access token where both are remembered, to the byte as its
 * routes would, in the order in which these do so: whose key or session it is, its limit, its turn, who that is now, whether they may
 * call, what they may read. All that is looked at, and not by its name alone, is decided on this very call. Whatever is not as
 * usual is left to the routes, and nothing of it has been counted then: what they refuse, and how, only they say.
 *
 * @param otherwise the routes
 */
export function answerRemembered(parts: RememberedParts, otherwise: RequestListener): RequestListener {
  const { services, limiter, known, tokens } = parts;
  const askedBy = readsAskedCalls();
  const formOf = keptForms();
  const isUsualHost = lastSeen(isHost);
  const heads = { REST: headOf(parts.headers, 'REST'), wire: headOf(parts.headers, 'wire') };

  const isUsual = ({ headers }: IncomingMessage): boolean =>
    headers.origin === undefined &&
    headers['trpc-accept'] === undefined &&
    ANY_TYPE.has(headers.accept) &&
    headers.host !== undefined &&
    isUsualHost(headers.host) &&
    !announcesBody(headers);

  const mayAnswer = (req: IncomingMessage): boolean =>
    !parts.isClosing() &&
    parts.connections.hasRoom() &&
    parts.connections.enter(req, { address: parts.addressOf(req), isProbe: false }) === 'open';

  /** Whom a credential speaks for, and what they asked for; null where the routes have to look, if only to say what fails. */
  function find(credential: ShownCredential, call: AskedCall): Found | null {
    try {
      const caller = rememberedPrincipal(services, credential, services.clock.now());
      if (caller === undefined || caller.kind === 'anonymous') return null;
      const answer = rememberedCalls[call.procedure].find(services, caller, call.asked);
      const form = answer && formOf(answer, call);
      return answer && form ? { caller, answer, form } : null;
    } catch {
      return null;
    }
  }

  /** @returns whether it was answered */
  async function answer(
    req: IncomingMessage,
    res: ServerResponse,
    call: AskedCall,
    credential: ShownCredential,
    lately: KnownCredential,
  ) {
    const began = performance.now();
    const { name, key: of, limit } = lately.limit;
    const count = await limiter.consume(name, of, limit);
    const leave =
      count.allowed && !res.closed && mayAnswer(req) ? parts.gate.enterNow(turnOfPerson(lately.userId)) : null;
    const found = leave && find(credential, call);
    if (!leave || !found) {
      leave?.();
      await limiter.refund(name, of);
      return false;
    }
    const { caller, form } = found;
    found.answer.use();
    const requestId = newId();
    const answered = parts.logAnswer(req, { began, requestId, caller, call });
    res.once('close', () => {
      leave();
      answered(res.statusCode);
    });
    parts.connections.makeRoomFor(form.bytes);
    parts.connections.onlySends(req);
    const head = heads[call.over].concat('x-request-id', requestId);
    const limits = rateLimitHeaders(name, count, requestId);
    for (const header in limits) head.push(header, limits[header] ?? '');
    send(req, res, form, head);
    parts.metrics.call(call.procedure, 'ok', (performance.now() - began) / 1_000);
    return true;
  }

  return (req, res) => {
    const call = req.method === 'GET' ? askedBy(req.url ?? '') : null;
    const credential =
      call !== null && isUsual(req) ? shownCredential(req.headers, tokens, services.clock.now()) : undefined;
    // What was accepted lately is a key, whatever it looks like.
    const lately = credential && known.get(credential.id);
    if (!call || !credential || !lately) otherwise(req, res);
    else {
      answer(req, res, call, credential, lately).then(
        (isAnswered) => void (isAnswered || otherwise(req, res)),
        () => void (res.headersSent ? res.destroy() : otherwise(req, res)),
      );
    }
  };
}

interface Found {
  readonly caller: Caller;
  readonly answer: RememberedAnswer;
  readonly form: AnswerForm;
}

function headOf(headers: RememberedParts['headers'], over: AskedCall['over']): string[] {
  const vary = over === 'REST' ? 'Origin' : 'Origin, trpc-accept, accept';
  return [...Object.entries(headers).flat(), 'cache-control', 'no-store', 'vary', vary];
}

function send(
  req: IncomingMessage,
  res: ServerResponse,
  { body, bytes, etag, type }: AnswerForm,
  head: string[],
): void {
  if (etag !== null) head.push('etag', etag);
  if (etag !== null && noneMatchHolds(req.headers['if-none-match'], etag)) {
    res.writeHead(304, head).end();
    return;
  }
  head.push('content-type', type, 'content-length', String(bytes));
  res.writeHead(200, head).end(body);
}

/** The same answer about the same text as before, without asking again: almost all requests of a server name one host. */
function lastSeen(ask: (text: string) => boolean): (text: string) => boolean {
  let good: string | undefined;
  return (text) => {
    if (text === good) return true;
    if (!ask(text)) return false;
    good = text;
    return true;
  };
}
