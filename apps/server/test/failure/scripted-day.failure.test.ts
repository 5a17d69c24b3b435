import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { ServerProcess } from '../e2e/harness/run-server.ts';
import { catchMail, linkIn, type MailCatcher } from '../harness/mail-catcher.ts';
import { collectTraces, type TraceCollector } from '../harness/trace-collector.ts';
import { KillableSite, METRICS_TOKEN } from './harness/killable-site.ts';
import { Ledger } from './harness/ledger.ts';
import { isWholeRun, say, share } from './harness/promised.ts';
import { readMetrics } from './harness/read-metrics.ts';

// A day of one server, as a script: it knows what each call comes to, keeps its own books, and compares them with what the server
// has counted. What it sends of secrets and texts it looks for in all that the server has written.

const COUNTERS = [
  'promptory_http_requests_total',
  'promptory_http_request_duration_seconds_count',
  'promptory_procedure_calls_total',
  'promptory_auth_attempts_total',
  'promptory_mails_total',
  'promptory_limit_refusals_total',
  'promptory_connections_cut_total',
];

/** Two thousand requests in all, with those of four accounts. */
const ROUNDS = 125;

const TRACED_REQUESTS = 'traced_requests';
const TRACED_CALLS = 'traced_calls';

let mails: MailCatcher;
let traces: TraceCollector;
let site: KillableSite;
let server: ServerProcess;
const ledger = new Ledger();
/** Secrets and texts that were sent or answered. */
const canaries = new Map<string, string>();
/** Entries of the audit log that have to be there, by their action. */
const audits = new Map<string, number>();

beforeAll(async () => {
  mails = await catchMail();
  traces = await collectTraces();
  site = await KillableSite.open();
  server = await site.startProduction({
    SMTP_CONFIG: mails.url,
    LOG_LEVEL: 'trace',
    // Each statement is one that is logged.
    SLOW_QUERY_MS: '1',
    OTEL_EXPORTER_OTLP_ENDPOINT: traces.url,
    OTEL_BSP_SCHEDULE_DELAY: '200',
    OTEL_BSP_MAX_QUEUE_SIZE: '1000000',
  });
});
afterAll(async () => {
  await site?.close();
  await mails?.close();
  await traces?.close();
});

/** A text that stands nowhere else, to be looked for at the end of the day. */
function canary(of: string, text = `canary ${randomBytes(12).toString('hex')}`): string {
  canaries.set(text, of);
  return text;
}

function audited(action: string): void {
  audits.set(action, (audits.get(action) ?? 0) + 1);
}

interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** The template of the route. */
  readonly route: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  readonly caller: 'anonymous' | 'user' | 'apiKey' | 'unknown';
  /** What each call within it comes to. */
  readonly calls?: readonly (readonly [procedure: string, code: string])[];
}

async function make<Answer>(call: Call): Promise<Answer> {
  const { method = 'GET', path, route, body, headers = {}, status, caller, calls = [] } = call;
  const answer = await fetch(server.url + path, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  expect({ path: `${method} ${path}`, status: answer.status, text }).toEqual({
    path: `${method} ${path}`,
    status,
    text: expect.any(String),
  });
  ledger.answered({ method, route, status, caller, calls });
  ledger.add(TRACED_REQUESTS, { name: `${method} ${route}`, status: String(status) });
  for (const [procedure, code] of calls) ledger.add(TRACED_CALLS, { procedure, code });
  return text === '' ? (undefined as Answer) : JSON.parse(text.split('\n', 1)[0] ?? '');
}

function attempted(kind: string, outcome: string): void {
  ledger.add('promptory_auth_attempts_total', { kind, outcome });
}

interface Account {
  readonly email: string;
  readonly password: string;
  readonly signedIn: Readonly<Record<string, string>>;
  readonly byKey: Readonly<Record<string, string>>;
}

const auth = (name: string, body: object, [procedure, code]: readonly [string, string], status: number) => {
  attempted(procedure, code);
  return make<{ accessToken: string; refreshToken: string }>({
    method: 'POST',
    path: `/auth/${name}`,
    route: `/auth/${name}`,
    body,
    status,
    caller: 'anonymous',
    calls: [[`auth.${procedure}`, code]],
  });
};

async function register(): Promise<Account> {
  const email = canary('address', `canary-${randomBytes(9).toString('hex')}@example.org`);
  const password = canary('password');
  const body = { email, password, name: canary('name of a person') };
  const { accessToken, refreshToken } = await auth('register', body, ['register', 'ok'], 201);
  canary('refresh token', refreshToken);
  canary(
    'token in a mail',
    linkIn(await mails.next(email, 'Confirm your e-mail address')).href.replace(/^.*[=/#]/, ''),
  );
  ledger.add('promptory_mails_total', { outcome: 'sent' });
  const signedIn = { authorization: `Bearer ${canary('access token', accessToken)}` };
  const { key } = await make<{ key: string }>({
    method: 'POST',
    path: '/users/api-keys',
    route: '/users/api-keys',
    body: { name: canary('name of a key'), scopes: ['prompts:read', 'prompts:write'] },
    headers: signedIn,
    status: 201,
    caller: 'user',
    calls: [['apiKeys.create', 'ok']],
  });
  audited('apiKey.created');
  return { email, password, signedIn, byKey: { 'x-api-key': canary('API key', key) } };
}

const wire = (calls: readonly (readonly [string, object])[]): string => {
  const [only] = calls;
  const input = calls.length === 1 ? only?.[1] : Object.fromEntries(calls.map(([, each], at) => [at, each]));
  const names = calls.map(([name]) => name).join(',');
  return `/trpc/${names}?${calls.length === 1 ? '' : 'batch=1&'}input=${encodeURIComponent(JSON.stringify(input))}`;
};

const NOBODYS = '01900000-0000-7000-8000-000000000000';

/** What an account does once; of each thing one call, or some. */
async function doOnce({ email, password, signedIn, byKey }: Account): Promise<void> {
  const asUser = { headers: signedIn, caller: 'user' } as const;
  const asKey = { headers: byKey, caller: 'apiKey' } as const;
  const text = {
    title: canary('title'),
    content: `${canary('content')} {{ word }}`,
    description: canary('description'),
  };
  const { id } = await make<{ id: string }>({
    ...asUser,
    ...{
      method: 'POST',
      path: '/prompts',
      route: '/prompts',
      body: text,
      status: 201,
      calls: [['prompts.create', 'ok']],
    },
  });
  audited('prompt.created');
  const one = { path: `/prompts/${id}`, route: '/prompts/:id' } as const;
  await make({ ...asKey, ...one, status: 200, calls: [['prompts.get', 'ok']] });
  const changed = { content: `${canary('changed content')} {{ word }}`, changeNote: canary('note') };
  await make({ ...asKey, ...one, method: 'PUT', body: changed, status: 200, calls: [['prompts.update', 'ok']] });
  audited('prompt.updated');
  await make({
    ...asKey,
    ...{
      method: 'POST',
      path: `${one.path}/render`,
      route: '/prompts/:id/render',
      body: { inputs: { word: canary('value') } },
    },
    ...{ status: 200, calls: [['prompts.render', 'ok']] },
  });
  await make({
    ...asUser,
    ...{
      path: `/prompts?q=${encodeURIComponent(canary('search'))}`,
      route: '/prompts',
      status: 200,
      calls: [['prompts.list', 'ok']],
    },
  });
  await make({
    ...asUser,
    ...{ path: wire([['prompts.get', { id }]]), route: '/trpc/*', status: 200, calls: [['prompts.get', 'ok']] },
  });
  await make({
    ...asUser,
    path: wire([
      ['me.get', {}],
      ['prompts.get', { id: NOBODYS }],
    ]),
    ...{ route: '/trpc/*', status: 207 },
    calls: [
      ['me.get', 'ok'],
      ['prompts.get', 'prompt.not_found'],
    ],
  });
  await make({
    ...asUser,
    ...{
      method: 'POST',
      path: '/prompts',
      route: '/prompts',
      body: { content: canary('refused content') },
      status: 400,
    },
    calls: [['prompts.create', 'request.invalid']],
  });
  await make({ ...one, status: 401, caller: 'anonymous', calls: [['prompts.get', 'auth.required']] });
  await make({
    ...{
      path: `/${canary('path', `canary-${randomBytes(9).toString('hex')}`)}`,
      route: 'unknown',
      status: 404,
      caller: 'unknown',
    },
  });
  await auth('login', { email, password: canary('wrong password') }, ['login', 'auth.invalid_credentials'], 401);
  const { accessToken, refreshToken } = await auth('login', { email, password }, ['login', 'ok'], 200);
  canary('access token', accessToken);
  const renewed = await auth(
    'refresh',
    { refreshToken: canary('refresh token', refreshToken) },
    ['refresh', 'ok'],
    200,
  );
  canary('refresh token', renewed.refreshToken);
  await auth('forgot-password', { email }, ['forgotPassword', 'ok'], 202);
  const mail = await mails.next(email, 'Choose a new password');
  ledger.add('promptory_mails_total', { outcome: 'sent' });
  canary('token in a mail', linkIn(mail).href.replace(/^.*[=/#]/, ''));
  await make({ ...asUser, ...one, method: 'DELETE', status: 204, calls: [['prompts.delete', 'ok']] });
  audited('prompt.deleted');
  await make({ path: '/health/live', route: '/health/live', status: 200, caller: 'unknown' });
}

const metricsText = async (): Promise<string> =>
  (await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } })).text();

/** What the collector was sent, counted as the script counts what it did. */
function traced(): ReadonlyMap<string, number> {
  const counted = new Ledger();
  for (const { kind, name, attributes } of traces.spans) {
    if (kind === 2 && name !== 'GET /health/ready' && name !== 'GET /metrics') {
      counted.add(TRACED_REQUESTS, { name, status: String(attributes['http.response.status_code']) });
    }
    const { 'rpc.method': procedure, 'promptory.code': code } = attributes;
    if (procedure !== undefined) counted.add(TRACED_CALLS, { procedure: String(procedure), code: String(code) });
  }
  return counted.counts;
}

it('E7: counts every call as the script does, audits every change once, and writes no secret and no text into its log', async () => {
  const accounts = [];
  for (let account = 0; account < 4; account += 1) accounts.push(await register());
  const rounds = share(ROUNDS, 8);
  for (let round = 0; round < rounds; round += 1) await doOnce(accounts[round % accounts.length] as Account);

  const counted = await readMetrics(server.url, METRICS_TOKEN);
  const calls = [...ledger.counts].filter(([series]) => series.startsWith('promptory_http_requests_total'));
  const sum = calls.reduce((total, [, count]) => total + count, 0);
  // Asking whether it is ready, which waiting for its start has done, is none of the script's.
  const own = new Map([...counted].filter(([series]) => !series.includes('/health/ready')));
  const ready =
    counted.get(`promptory_http_request_duration_seconds_count{method="GET",route="/health/ready",status="2xx"}`) ?? 0;
  ledger.add('promptory_http_requests_total', { status: '200', caller: 'unknown' }, ready);
  expect(ledger.differences(own, COUNTERS)).toEqual([]);
  if (isWholeRun) expect(sum).toBeGreaterThan(2_000);

  const { rows } = await site.connection.pool.query<{ action: string; entries: number }>(
    'SELECT action, count(*)::int AS entries FROM audit_log WHERE action = ANY($1) GROUP BY action',
    [[...audits.keys()]],
  );
  expect(new Map(rows.map(({ action, entries }) => [action, entries]))).toEqual(audits);

  const log = server.log();
  const found = [...canaries].filter(([text]) => log.includes(text) || log.includes(encodeURIComponent(text)));
  say(
    `E7: ${sum} requests in ${ledger.counts.size} series, all as the script has counted; ${canaries.size} secrets and texts, none of them in ${log.length} characters of the log`,
  );
  expect(found).toEqual([]);

  await vi.waitFor(() => expect(ledger.differences(traced(), [TRACED_REQUESTS, TRACED_CALLS])).toEqual([]), {
    timeout: 120_000,
    interval: 500,
  });
  const roots = new Set(traces.spans.filter(({ parentSpanId }) => parentSpanId === null).map(({ traceId }) => traceId));
  const statements = traces.spans.filter(({ kind }) => kind === 3);
  expect(statements.length).toBeGreaterThan(sum);
  expect(statements.filter(({ traceId, parentSpanId }) => parentSpanId === null || !roots.has(traceId))).toEqual([]);
  expect(traces.spans.some(({ kind, name }) => kind === 5 && name === 'send_mail')).toBe(true);
  const sent = traces.bodies.join('');
  const shown = await metricsText();
  for (const [where, text] of Object.entries({ traces: sent, metrics: shown })) {
    const inIt = [...canaries].filter(([secret]) => text.includes(secret) || text.includes(encodeURIComponent(secret)));
    expect({ where, inIt }).toEqual({ where, inIt: [] });
  }
  say(
    `${roots.size} traces of ${traces.spans.length} spans, a request and a call for each of the script's; no secret and no text in ${sent.length} characters of them`,
  );
  // It has a line of each: what is not there was looked for where it would be.
  expect(log.split('"msg":"request answered"').length).toBeGreaterThan(sum / 2);
  expect(canaries.size).toBeGreaterThan(100);
}, 1_200_000);
