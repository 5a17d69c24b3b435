import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import {
  type Principal,
  type RememberedAnswer,
  type RememberedCall,
  rememberedCalls,
  type Services,
} from '@promptory/api/server';
import { newId, servedCaller } from '@promptory/db';
import { isHost, noneMatchHolds } from '@promptory/trpc-fastify';
import { LRUCache } from 'lru-cache';
import { rememberedPrincipal } from '../http/caller/find-principal.ts';
import type { KnownCredential, KnownCredentials } from '../http/caller/known-credentials.ts';
import { type ShownCredential, shownCredential, shownIds } from '../http/caller/presented-credential.ts';
import { RequestTurns } from '../http/caller/request-turns.ts';
import type { VerifiedTokens } from '../http/caller/verified-tokens.ts';
import { announcesBody } from '../http/connections/bodies/gathered-pieces.ts';
import type { Connections } from '../http/connections/connections.ts';
import { rateLimitHeaders } from '../http/rate-limit-headers.ts';
import { turnOfPerson } from '../http/request-context.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { CallGate, Leave } from '../services/call-gate.ts';
import type { Count, CountingLimiter } from '../services/limiter.ts';
import { type AnswerForm, type HeaderList, keptForms } from './answer-forms.ts';
import { type AskedCall, readsAskedCalls } from './asked-call.ts';
import { inTime } from './in-time.ts';

type Caller = Exclude<Principal, { kind: 'anonymous' }>;

export interface RememberedParts {
  readonly services: Services;
  readonly limiter: CountingLimiter;
  readonly gate: CallGate;
  readonly known: KnownCredentials;
  readonly tokens: VerifiedTokens;
  readonly connections: Pick<Connections, 'enter' | 'hasRoom' | 'makeRoomFor' | 'onlySends' | 'waitsForTurn'>;
  /** Those that requests have begun to take, for the routes. */
  readonly turns: Pick<WeakMap<IncomingMessage, RequestTurns>, 'set'>;
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

/** How long a look may take before the routes, which have their own limits, are asked. */
const LOOK_UP_MS = 8_000;
/** Calls that were refused lately are not looked up here, where the routes would look once more to say why. */
const MOST_REFUSED = 5_000;
const REFUSED_MS = 60_000;
const NOT_HERE = new Error('Left to the routes.');

/** A call that is asked, until it is answered or left to the routes. */
interface Asking {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly call: AskedCall;
  readonly credential: ShownCredential;
  readonly lately: KnownCredential;
  /** By the clock of `performance.now()`. */
  readonly began: number;
}

/** What is answered, to whom. */
interface Found {
  readonly caller: Caller;
  readonly answer: RememberedAnswer;
  readonly form: AnswerForm;
}

/**
 * Answers a call of `prompts.resolve` or `prompts.get` with an API key or an access token that is remembered, to the byte as its routes
 * would, in the order in which these do so: whose key or session it is, its limit, its turn, who that is now, whether they may
 * call, what they may read. All that is looked at, and not by its name alone, is decided on this very call. What is not remembered is
 * looked up here. Whatever is not as usual is left to the routes, and nothing of it has been counted then: what they refuse,
 * and how, only they say.
 *
 * @param otherwise the routes
 */
export function answerRemembered(parts: RememberedParts, otherwise: RequestListener): RequestListener {
  const { services, limiter, known, tokens, gate, connections } = parts;
  const askedBy = readsAskedCalls();
  const idOn = shownIds();
  const isUsualHost = lastSeen(isHost);
  const refused = new LRUCache<string, true>({ max: MOST_REFUSED, ttl: REFUSED_MS });
  const heads = { REST: headOf(parts.headers, 'REST'), wire: headOf(parts.headers, 'wire') };
  const formOf = keptForms(heads);

  const isUsual = ({ headers }: IncomingMessage): boolean =>
    headers.origin === undefined &&
    headers['trpc-accept'] === undefined &&
    ANY_TYPE.has(headers.accept) &&
    headers.host !== undefined &&
    isUsualHost(headers.host) &&
    !announcesBody(headers);

  const mayAnswer = (req: IncomingMessage): boolean =>
    !parts.isClosing() &&
    connections.hasRoom() &&
    connections.enter(req, { address: parts.addressOf(req), isProbe: false }) === 'open';

  /** As if it had not been here. */
  function leaveToRoutes({ req, res, lately }: Asking): void {
    const { name, key } = lately.limit;
    const go = (): void => void (res.headersSent ? res.destroy() : otherwise(req, res));
    limiter.refund(name, key).then(go, go);
  }

  function counted(asking: Asking, count: Count): void {
    const { req, res, lately } = asking;
    if (!count.allowed || res.closed || !mayAnswer(req)) {
      leaveToRoutes(asking);
      return;
    }
    const leave = gate.enterNow(turnOfPerson(lately.userId));
    if (leave !== null) answerInTurn(asking, count, leave);
    else void wait(asking, count);
  }

  /** The turn, or why it did not come, is the routes' where they answer. */
  async function wait(asking: Asking, count: Count): Promise<void> {
    const { req, res, lately } = asking;
    const turns = new RequestTurns(gate, res, (giveUp) => connections.waitsForTurn(req, giveUp));
    parts.turns.set(req, turns);
    try {
      await turns.enter(turnOfPerson(lately.userId));
      const lane = await turns.take();
      let isLeft = false;
      const leave = (): void => {
        if (!isLeft) turns.release(lane);
        isLeft = true;
      };
      answerInTurn(asking, count, leave);
    } catch {
      leaveToRoutes(asking);
    }
  }

  function answerInTurn(asking: Asking, count: Count, leave: Leave): void {
    const { call, credential } = asking;
    try {
      const caller = parts.isClosing() ? undefined : rememberedPrincipal(services, credential, services.clock.now());
      const isKnown = caller !== undefined && caller.kind !== 'anonymous';
      const found = isKnown ? foundOf(caller, call, procedureOf(call).find(services, caller, call.asked)) : null;
      if (found !== null) send(asking, count, leave, found);
      else if (isKnown && !refused.has(refusalKey(asking))) void lookUp(asking, count, leave, caller);
      else throw NOT_HERE;
    } catch {
      leave();
      leaveToRoutes(asking);
    }
  }

  /** What is refused, or may not be answered, the routes find once more and say; they are asked at once the next time. */
  async function lookUp(asking: Asking, count: Count, leave: Leave, caller: Caller): Promise<void> {
    const { res, call } = asking;
    try {
      const find = () => procedureOf(call).lookUp(services, caller, call.asked);
      const answer = await inTime(LOOK_UP_MS, servedCaller.run({ name: turnOfPerson(caller.userId) }, find), NOT_HERE);
      const found = foundOf(caller, call, answer);
      if (found === null) refused.set(refusalKey(asking), true);
      if (found === null || res.closed || parts.isClosing()) throw NOT_HERE;
      send(asking, count, leave, found);
    } catch (error) {
      if (error !== NOT_HERE) refused.set(refusalKey(asking), true);
      leave();
      leaveToRoutes(asking);
    }
  }

  function foundOf(caller: Caller, call: AskedCall, answer: RememberedAnswer | undefined): Found | null {
    const form = answer && formOf(answer, call);
    return answer && form ? { caller, answer, form } : null;
  }

  function send({ req, res, call, lately, began }: Asking, count: Count, leave: Leave, found: Found): void {
    const { caller, answer, form } = found;
    answer.use();
    const requestId = newId();
    const answered = parts.logAnswer(req, { began, requestId, caller, call });
    res.on('close', () => {
      leave();
      answered(res.statusCode);
    });
    connections.makeRoomFor(form.bytes);
    connections.onlySends(req);
    const isSame = form.etag !== null && noneMatchHolds(req.headers['if-none-match'], form.etag);
    const head = isSame ? [...heads[call.over], 'etag', form.etag] : form.head.slice();
    head.push('x-request-id', requestId);
    const limits = rateLimitHeaders(lately.limit.name, count, requestId);
    for (const name in limits) head.push(name, limits[name] ?? '');
    res.writeHead(isSame ? 304 : 200, head).end(isSame ? undefined : form.body);
    parts.metrics.call(call.procedure, 'ok', (performance.now() - began) / 1_000);
  }

  function ask(asking: Asking): void {
    const { name, key, limit } = asking.lately.limit;
    const count = limiter.consumeNow(name, key, limit);
    if (count !== null) counted(asking, count);
    else {
      limiter.consume(name, key, limit).then(
        (later) => counted(asking, later),
        () => otherwise(asking.req, asking.res),
      );
    }
  }

  return (req, res) => {
    const call = req.method === 'GET' ? askedBy(req.url ?? '') : null;
    const credential =
      call !== null && isUsual(req) ? shownCredential(req, idOn, tokens, services.clock.now()) : undefined;
    // What was accepted lately is a key, whatever it looks like.
    const lately = credential && known.get(credential.id);
    if (call && credential && lately) ask({ req, res, call, credential, lately, began: performance.now() });
    else otherwise(req, res);
  };
}

const procedureOf = ({ procedure }: AskedCall): RememberedCall => rememberedCalls[procedure];

const refusalKey = ({ credential, call }: Asking): string => `${credential.id}|${call.procedure}|${call.asked}`;

function headOf(headers: RememberedParts['headers'], over: AskedCall['over']): HeaderList {
  const vary = over === 'REST' ? 'Origin' : 'Origin, trpc-accept, accept';
  return [...Object.entries(headers).flat(), 'cache-control', 'no-store', 'vary', vary];
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
