import type { AddressInfo } from 'node:net';
import type { Principal } from '@promptory/api/server';
import {
  type ApiKeyParts,
  givenApiKey,
  MailOutbox,
  type ManualClock,
  type Person,
  type TestServices,
  testServices,
} from '@promptory/api/testing';
import { startSession } from '@promptory/auth';
import {
  connectForTest,
  createTestDatabase,
  type DatabaseServer,
  type EphemeralReplica,
  type TestDatabase,
} from '@promptory/db/testing';
import { Scope } from '@promptory/schemas';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { type DispatchFunc, inject } from 'light-my-request';
import { afterAll } from 'vitest';
import { type AppOptions, buildApp } from '../../src/app.ts';
import { SESSION_COOKIE } from '../../src/http/session-cookie.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { type CallGates, createCallGates } from '../../src/services/call-gate.ts';
import { createServices } from '../../src/services/create-services.ts';
import { type CountingLimiter, createLimiter } from '../../src/services/limiter.ts';
import { openMemory } from '../../src/services/open-memory.ts';
import { createWorkerPool } from '../../src/services/workers/worker-pool.ts';
import type { CallsInFlight } from '../../src/settings/bounds/calls-in-flight.ts';
import { defaultConnectionBounds } from '../../src/settings/bounds/connections.ts';
import { defaultLimits, type Limits, widened } from '../../src/settings/bounds/limits.ts';
import { asksForEvents, firstEvents } from './first-events.ts';
import { loopMonitor } from './loop-monitor.ts';

/** The app on a database of its own. */
export interface BootedApp {
  readonly app: FastifyInstance;
  readonly services: TestServices;
  /** As the schema's owner, for tests that look at or change what no caller may; the app has the application's role. */
  readonly database: TestDatabase;
  /** The app's own connections. */
  readonly pool: TestDatabase['pool'];
  /** Lines of the log, as JSON, when `log` was asked for. */
  readonly logged: string[];
  /** Listens on a free port of 127.0.0.1, once, and answers its address without a slash at the end. */
  url(): Promise<string>;
  /** One request without a socket. */
  call(request: InjectOptions): Promise<LightMyRequestResponse>;
  /** Headers of each kind of caller. */
  readonly as: {
    /** A live session with its access token: `{ authorization }`. */
    person(person: Person): Promise<{ authorization: string }>;
    /** A live session in a cookie, as the page of `origin` sends it. */
    cookie(person: Person, origin?: string): Promise<{ cookie: string; origin: string }>;
    /** A live API key of a person, which may do everything unless said otherwise: `{ 'x-api-key' }`. */
    key(person: Pick<Person, 'id'>, parts?: ApiKeyParts): Promise<{ 'x-api-key': string }>;
  };
  /** A live session, for those who want its parts. */
  session(
    person: Person,
    carrier?: 'token' | 'cookie',
  ): Promise<{ sessionId: string; accessToken: string; refreshToken: string; principal: Principal }>;
  close(): Promise<void>;
}

export interface BootOptions {
  settings?: Partial<TestServices['settings']>;
  /** Limits that count; without it they are wider than any test is. */
  limits?: Partial<Limits>;
  /** How many calls one caller has in flight; without it more than any test makes. */
  callsInFlight?: Partial<CallsInFlight>;
  /** In place of gates that have callers rest while the machine is busy. */
  gates?: CallGates;
  /** In place of the plain stand-in: `createPasswordHasher()` for real Argon2id. */
  passwords?: TestServices['passwords'];
  /** Secrets of which keys are derived as a real server does, in place of the tests' own keys. */
  jwtSecrets?: readonly string[];
  /** Which changes leave an audit entry each; all, unless given. */
  keptEntries?: TestServices['keptEntries'];
  /** Keep what is logged in `logged`. */
  log?: boolean;
  app?: Partial<Omit<AppOptions, 'services' | 'limiter' | 'gates' | 'logger' | 'metrics'>>;
  clock?: ManualClock;
  /** Whether it remembers what it has found, by a feed of changes, and how patient that is: as of `openChangeFeed`, or 60. */
  remembers?: boolean | { readonly patienceFactor: number };
  /** A cluster other than the run's own, for its database. */
  server?: DatabaseServer;
  /** A replica of that cluster, to read at: only where it remembers. */
  replica?: Pick<EphemeralReplica, 'connectionStringOf'>;
  /** What the app asks, in place of connections of its own: on the database of `beside`. */
  db?: TestServices['db'];
  /** Another app: this one shares its database and its clock, as a second server does. Close this one first. */
  beside?: BootedApp;
}

/** The origin of `settings.publicUrl` in tests, from which a cookie acts. */
export const ORIGIN = 'https://promptory.example';

/** Boots the whole app on a test database; only clock, mail and (unless asked otherwise) password hashing are replaced. */
export async function bootApp(options: BootOptions = {}): Promise<BootedApp> {
  const isThere = loopMonitor.start();
  const database =
    options.beside === undefined
      ? await createTestDatabase({ max: 10, ...serverOf(options) })
      : poolOn(options.beside.database);
  const application = connectForTest(database.applicationConnectionString, 10);
  const base = testServices(options.db ?? application.db, { publicUrl: ORIGIN, ...options.settings });
  const limiter = await testLimiter(options.limits);
  const gates =
    options.gates ??
    createCallGates({
      calls: 10_000,
      streams: 10_000,
      watches: 10_000,
      waiting: 10_000,
      ...options.callsInFlight,
    });
  const logged: string[] = [];
  const logger = createLogger({
    level: options.log ? 'debug' : 'silent',
    environment: 'test',
    destination: { write: (line: string) => void logged.push(line) },
  });
  const workers = createWorkerPool({ log: logger, threads: 1, timeoutMs: 120_000 });
  const opened =
    options.remembers !== undefined && options.remembers !== false
      ? openMemory({
          bounds: { principals: 1_000, promptBytes: 8_000_000 },
          watches: 1_000,
          connectionString: database.applicationConnectionString,
          connection: application,
          replica: replicaOf(options, database),
          log: logger,
          patienceFactor: options.remembers === true ? 60 : options.remembers.patienceFactor,
        })
      : null;
  const services: TestServices = {
    ...base,
    memory: opened?.memory ?? base.memory,
    reads: opened?.reads ?? base.reads,
    live: opened?.live ?? base.live,
    ...(options.jwtSecrets === undefined ? {} : keysOf(options.jwtSecrets)),
    limiter,
    workers,
    log: logger,
    clock: options.clock ?? options.beside?.services.clock ?? base.clock,
    passwords: options.passwords ?? base.passwords,
    keptEntries: options.keptEntries ?? base.keptEntries,
    mailer: new MailOutbox(),
  };
  const app = await buildApp({
    isReady: async () => true,
    listen: opened?.listen ?? null,
    corsOrigins: [],
    trustProxy: [],
    refusalPace: async () => undefined,
    connections: defaultConnectionBounds,
    tls: null,
    metricsToken: null,
    openMetrics: true,
    ...options.app,
    services,
    limiter,
    logger,
    gates,
    metrics: createMetrics({
      pool: application.pool,
      calls: gates,
      memory: () => opened?.counts() ?? null,
      replica: opened?.replicaCounts ?? null,
    }),
  });
  await app.ready();
  isThere();
  app.server.prependListener('request', ({ method, url }, res) => {
    res.once('close', loopMonitor.enter(`${method} ${pathOf(url)}`));
  });
  // What is remembered is answered before Fastify, which alone `app.inject` asks.
  const ask: DispatchFunc = (req, res) => void app.server.emit('request', req, res);
  let listening: Promise<string> | null = null;

  const session: BootedApp['session'] = async (person, carrier = 'token') => {
    const now = services.clock.now();
    const { role, userId } = person.principal;
    const { marks } = services;
    const origin = { ip: '127.0.0.1', userAgent: 'test' };
    const started = await startSession(database.db, { userId, role, carrier, marks, ...origin, now });
    const { token } = await services.accessTokens.sign({ userId, sessionId: started.sessionId, now });
    return {
      sessionId: started.sessionId,
      accessToken: token,
      refreshToken: started.refreshToken,
      principal: { ...person.principal, sessionId: started.sessionId },
    };
  };

  return {
    app,
    services,
    database,
    pool: application.pool,
    logged,
    url() {
      listening ??= app.listen({ host: '127.0.0.1', port: 0 }).then(() => {
        return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
      });
      return listening;
    },
    async call(request) {
      const leave = loopMonitor.enter(`${request.method ?? 'GET'} ${pathOf(request.url)}`);
      try {
        if (asksForEvents(request.url)) return await firstEvents(app, request);
        // Where it listens, requests without a socket have no connection that is known.
        return await (opened === null || listening !== null ? app.inject(request) : inject(ask, request));
      } finally {
        leave();
      }
    },
    session,
    as: {
      person: async (person) => ({ authorization: `Bearer ${(await session(person)).accessToken}` }),
      cookie: async (person, origin = ORIGIN) => ({
        cookie: `${SESSION_COOKIE}=${(await session(person, 'cookie')).refreshToken}`,
        origin,
      }),
      key: async (person, parts) => {
        const now = services.clock.now();
        const { key } = await givenApiKey(database.db, person, {
          scopes: Scope.options,
          now,
          marks: services.marks,
          ...parts,
        });
        return { 'x-api-key': key };
      },
    },
    async close() {
      await app.close();
      await opened?.close();
      await workers.close();
      await limiter.close();
      await application.close();
      await database.drop();
    },
  };
}

/** For one test file, at its top: the app on a database of its own, closed after the last test. */
export async function givenApp(options: BootOptions = {}): Promise<BootedApp> {
  const app = await bootApp(options);
  afterAll(() => app.close());
  return app;
}

const pathOf = (url: InjectOptions['url']): string => String(url).split('?', 1)[0]?.slice(0, 100) ?? '';

function keysOf(
  jwtSecrets: readonly string[],
): Pick<TestServices, 'accessTokens' | 'secretBox' | 'marks' | 'serverKey' | 'bundleKey'> {
  const unused = {} as Parameters<typeof createServices>[0];
  const made = createServices({ ...unused, jwtSecrets, publicUrl: ORIGIN, bundleSigningKey: null });
  const { accessTokens, secretBox, marks, serverKey, bundleKey } = made;
  return { accessTokens, secretBox, marks, serverKey, bundleKey };
}

const serverOf = ({ server }: BootOptions): { server?: DatabaseServer } => (server === undefined ? {} : { server });

function replicaOf(
  { replica }: BootOptions,
  { connectionString }: TestDatabase,
): { connectionString: string; max: number } | null {
  if (replica === undefined) return null;
  return { connectionString: replica.connectionStringOf(new URL(connectionString).pathname.slice(1)), max: 10 };
}

/** The same database through connections of its own. */
function poolOn({ connectionString, applicationConnectionString }: TestDatabase): TestDatabase {
  const { db, pool, close } = connectForTest(connectionString, 10);
  return { db, pool, connectionString, applicationConnectionString, drop: close };
}

function testLimiter(limits: Partial<Limits> = {}): Promise<CountingLimiter> {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  return createLimiter({ limits: { ...widened(defaultLimits, 10_000), ...limits }, redisUrl: null, log });
}
