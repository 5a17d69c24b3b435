import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type Principal, REMEMBERED_CALL, rememberedPrompt, type Services } from '@promptory/api/server';
import { newId } from '@promptory/db';
import { isHost, noneMatchHolds } from '@promptory/trpc-fastify';
import { rememberedPrincipal } from '../http/caller/find-principal.ts';
import type { KnownCredential, KnownCredentials } from '../http/caller/known-credentials.ts';
import { presentedKeyId } from '../http/caller/presented-credential.ts';
import { announcesBody } from '../http/connections/bodies/gathered-pieces.ts';
import type { Connections } from '../http/connections/connections.ts';
import { rateLimitHeaders } from '../http/rate-limit-headers.ts';
import { turnOfPerson } from '../http/request-context.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { CallGate } from '../services/call-gate.ts';
import type { CountingLimiter } from '../services/limiter.ts';
import { type AnswerForm, keptForms } from './answer-forms.ts';
import { type AskedPrompt, readsAskedPrompts } from './asked-prompt.ts';

type Caller = Extract<Principal, { kind: 'apiKey' }>;

export interface RememberedParts {
  readonly services: Pick<Services, 'memory' | 'clock' | 'usage'>;
  readonly limiter: CountingLimiter;
  readonly gate: CallGate;
  readonly known: KnownCredentials;
  readonly connections: Pick<Connections, 'enter' | 'hasRoom' | 'makeRoomFor' | 'onlySends'>;
  readonly metrics: Pick<Metrics, 'call'>;
  /** The address of whoever asks, which a proxy may forward. */
  addressOf(req: IncomingMessage): string;
  /** Whether connections end with their answers, as the server closes. */
  isClosing(): boolean;
  /** What every answer carries. */
  readonly headers: Readonly<Record<string, string>>;
  /** Notes what is answered. @returns to be called when the answer is taken, or its connection has closed */
  logAnswer(req: IncomingMessage, answered: RememberedAnswer): (status: number) => void;
}

export interface RememberedAnswer {
  readonly over: AskedPrompt['over'];
  readonly requestId: string;
  readonly caller: Caller;
  /** By the clock of `performance.now()`. */
  readonly began: number;
}

/** Of requests without one, and of those that take anything. */
const ANY_TYPE = new Set([undefined, '*/*', 'application/json']);

/**
 * Answers a call of `prompts.resolve` with an API key where both are remembered, to the byte as its routes would, in the order in which
 * these do so: whose key it is, its limit, its turn, who that is now, whether they may call, what they may read. All that is looked
 * at, and not by its name alone, is decided on this very call. Whatever is not as usual is left to the routes, and nothing of it
 * has been counted then: what they refuse, and how, only they say.
 *
 * @param otherwise the routes
 */
export function answerRemembered(parts: RememberedParts, otherwise: RequestListener): RequestListener {
  const askedBy = readsAskedPrompts();
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

  /** Whom the key speaks for, and what they asked for; null where the routes have to look, if only to say what fails. */
  function find(keyId: string, { ref, over }: AskedPrompt): { caller: Caller; form: AnswerForm } | null {
    try {
      const caller = rememberedPrincipal(parts.services, keyId);
      const prompt = caller?.kind === 'apiKey' ? rememberedPrompt(parts.services, caller, ref) : undefined;
      const form = prompt && formOf(prompt, over);
      return caller?.kind === 'apiKey' && form ? { caller, form } : null;
    } catch {
      return null;
    }
  }

  /** @returns whether it was answered */
  async function answer(
    req: IncomingMessage,
    res: ServerResponse,
    asked: AskedPrompt,
    keyId: string,
    lately: KnownCredential,
  ) {
    const began = performance.now();
    const { name, key: of, limit } = lately.limit;
    const count = await parts.limiter.consume(name, of, limit);
    const leave =
      count.allowed && !res.closed && mayAnswer(req) ? parts.gate.enterNow(turnOfPerson(lately.userId)) : null;
    const found = leave && find(keyId, asked);
    if (!leave || !found) {
      leave?.();
      await parts.limiter.refund(name, of);
      return false;
    }
    const { caller, form } = found;
    const requestId = newId();
    const answered = parts.logAnswer(req, { began, requestId, caller, over: asked.over });
    res.once('close', () => {
      leave();
      answered(res.statusCode);
    });
    parts.connections.makeRoomFor(form.bytes);
    parts.connections.onlySends(req);
    const head = heads[asked.over].concat('x-request-id', requestId);
    const limits = rateLimitHeaders(name, count, requestId);
    for (const header in limits) head.push(header, limits[header] ?? '');
    send(req, res, form, head);
    parts.metrics.call(REMEMBERED_CALL, 'ok', (performance.now() - began) / 1_000);
    return true;
  }

  return (req, res) => {
    const asked = req.method === 'GET' ? askedBy(req.url ?? '') : null;
    const keyId = asked !== null && isUsual(req) ? presentedKeyId(req.headers) : undefined;
    // What was accepted lately is a key, whatever it looks like.
    const lately = keyId && parts.known.get(keyId);
    if (!asked || !keyId || !lately) otherwise(req, res);
    else {
      answer(req, res, asked, keyId, lately).then(
        (isAnswered) => void (isAnswered || otherwise(req, res)),
        () => void (res.headersSent ? res.destroy() : otherwise(req, res)),
      );
    }
  };
}

function headOf(headers: RememberedParts['headers'], over: AskedPrompt['over']): string[] {
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
