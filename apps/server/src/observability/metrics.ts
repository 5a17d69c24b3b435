import { type MemoryCounts, type Principal, procedureFacts } from '@promptory/api/server';
import { Counter, collectDefaultMetrics, Gauge, type Metric, Registry } from 'prom-client';
import { talliedCounter, talliedHistogram } from './tallies.ts';

/** The counts of a pg pool. */
export interface PoolCounts {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

/** What the gate of calls in flight counts. */
export interface CallsInFlightCounts {
  counts(): { readonly inFlight: number; readonly waiting: number; readonly refused: number };
}

/** Calls and statements by where they read, as a replica counts them. */
export interface ReplicaCounts {
  readonly atReplica: number;
  readonly atPrimary: number;
  readonly fallbacks: number;
  /** Null while it is not known. */
  readonly ageSeconds: number | null;
}

export interface RequestMeasure {
  readonly method: string;
  /** The route's template, never the path that was asked for: labels must be few. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
  readonly caller: Principal['kind'] | 'unknown';
}

/** The counts of all connections. */
export interface ConnectionCounts {
  readonly open: number;
  /** What waits in memory for its readers. */
  readonly unreadBytes: number;
  readonly arrivingBytes: number;
}

export interface Metrics {
  request(measure: RequestMeasure): void;
  /** One call; `code` is `ok`, the error's, or `gone` with its client. No `seconds` where it was refused before it ran. */
  call(path: string, code: string, seconds?: number): void;
  /** A connection that the server ended, and why; `refused` before it said anything. */
  connectionCut(reason: string): void;
  /** Says once where the gauges of connections are read. */
  watchConnections(counts: () => ConnectionCounts): void;
  readonly contentType: string;
  text(): Promise<string>;
}

/** Seconds. */
const DURATIONS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** The measures of one app, in a registry of its own. `process` adds those of Node itself. */
export function createMetrics(
  options: {
    pool?: PoolCounts;
    calls?: { readonly calls: CallsInFlightCounts; readonly streams: CallsInFlightCounts };
    memory?: () => MemoryCounts | null;
    /** Null where there is no replica. */
    replica?: (() => ReplicaCounts) | null;
    /** Null where this server makes no backups. */
    newestBackup?: (() => Promise<Date | null>) | null;
    /** Null where none are put into a store. */
    newestStoredBackup?: (() => Promise<Date | null>) | null;
    /** What others measure. */
    further?: readonly { readonly metrics: readonly Metric[] }[];
    process?: boolean;
  } = {},
): Metrics {
  const register = new Registry();
  const registers = [register];
  if (options.process === true) collectDefaultMetrics({ register });
  const seconds = talliedHistogram({
    name: 'promptory_http_request_duration_seconds',
    help: 'Time to answer, by route template, method and class of status.',
    labelNames: ['method', 'route', 'status'],
    buckets: DURATIONS,
  });
  const requests = talliedCounter({
    name: 'promptory_http_requests_total',
    help: 'Requests answered, by status and kind of caller.',
    labelNames: ['status', 'caller'],
  });
  const calls = talliedCounter({
    name: 'promptory_procedure_calls_total',
    help: 'Calls of procedures over tRPC and REST, by error code, or ok.',
    labelNames: ['procedure', 'code'],
  });
  const callSeconds = talliedHistogram({
    name: 'promptory_procedure_duration_seconds',
    help: 'Time of a call, by procedure: of each call of a batch, where the request only shows the slowest.',
    labelNames: ['procedure'],
    buckets: DURATIONS,
  });
  const attempts = talliedCounter({
    name: 'promptory_auth_attempts_total',
    help: 'Attempts to prove who one is, and how they ended.',
    labelNames: ['kind', 'outcome'],
  });
  for (const { metric } of [seconds, requests, calls, callSeconds, attempts]) register.registerMetric(metric);
  const cuts = new Counter({
    name: 'promptory_connections_cut_total',
    help: 'Connections that the server ended, by reason: slow, large, full, pipelined, pieces, sending, place, refused.',
    labelNames: ['reason'],
    registers,
  });
  if (options.pool !== undefined) measurePool(options.pool, registers);
  if (options.calls !== undefined) measureCallsInFlight(options.calls, registers);
  if (options.memory !== undefined) measureMemory(options.memory, registers);
  if (options.replica) measureReplica(options.replica, registers);
  if (options.newestBackup) measureBackups('newest', 'folder', options.newestBackup, registers);
  if (options.newestStoredBackup) measureBackups('stored', 'store', options.newestStoredBackup, registers);
  const { further = [] } = options;
  for (const { metrics } of further) for (const metric of metrics) register.registerMetric(metric);

  return {
    request({ method, route, status, seconds: taken, caller }) {
      const known = METHODS.has(method) ? method : 'other';
      seconds.observe(taken, known, route, `${Math.floor(status / 100)}xx`);
      requests.count(String(status), caller);
    },
    call(path, code, taken) {
      calls.count(path, code);
      if (taken !== undefined) callSeconds.observe(taken, path);
      if (procedureFacts.get(path)?.signInAttempt) attempts.count(lastNameIn(path), code);
    },
    connectionCut: (reason) => cuts.inc({ reason }),
    watchConnections: (counts) => measureConnections(counts, registers),
    contentType: register.contentType,
    text: () => register.metrics(),
  };
}

/** `auth.login` → `login`. */
const lastNameIn = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

function measurePool(pool: PoolCounts, registers: Registry[]): void {
  new Gauge({
    name: 'promptory_db_pool_connections',
    help: 'Connections of the pool: in use, idle, and callers that wait for one.',
    labelNames: ['state'],
    registers,
    collect() {
      this.set({ state: 'used' }, pool.totalCount - pool.idleCount);
      this.set({ state: 'idle' }, pool.idleCount);
      this.set({ state: 'waiting' }, pool.waitingCount);
    },
  });
}

function measureConnections(counts: () => ConnectionCounts, registers: Registry[]): void {
  new Gauge({
    name: 'promptory_connections',
    help: 'Connections that are open.',
    registers,
    collect() {
      this.set(counts().open);
    },
  });
  new Gauge({
    name: 'promptory_unread_bytes',
    help: 'Bytes of answers that wait in memory for their readers.',
    registers,
    collect() {
      this.set(counts().unreadBytes);
    },
  });
  new Gauge({
    name: 'promptory_arriving_bytes',
    help: 'Bytes of large bodies that arrive, or whose calls are being answered.',
    registers,
    collect() {
      this.set(counts().arrivingBytes);
    },
  });
}

function measureCallsInFlight(
  gates: Readonly<Record<'calls' | 'streams', CallsInFlightCounts>>,
  registers: Registry[],
): void {
  const kinds = ['calls', 'streams'] as const;
  new Gauge({
    name: 'promptory_calls_in_flight',
    help: 'Calls and streams of all callers: being made or answered, and waiting their turn.',
    labelNames: ['kind', 'state'],
    registers,
    collect() {
      for (const kind of kinds) {
        const { inFlight, waiting } = gates[kind].counts();
        this.set({ kind, state: 'running' }, inFlight);
        this.set({ kind, state: 'waiting' }, waiting);
      }
    },
  });
  new Counter({
    name: 'promptory_calls_refused_total',
    help: 'Calls refused because their caller had too many in flight.',
    labelNames: ['kind'],
    registers,
    collect() {
      this.reset();
      for (const kind of kinds) this.inc({ kind }, gates[kind].counts().refused);
    },
  });
}

function measureBackups(
  name: 'newest' | 'stored',
  place: string,
  newest: () => Promise<Date | null>,
  registers: Registry[],
): void {
  new Gauge({
    name: `promptory_backup_${name}_timestamp_seconds`,
    help: `When the newest backup in the ${place} was made, in seconds since 1970; 0 where there is none.`,
    registers,
    async collect() {
      this.set(((await newest())?.getTime() ?? 0) / 1_000);
    },
  });
}

function measureReplica(counts: () => ReplicaCounts, registers: Registry[]): void {
  new Counter({
    name: 'promptory_replica_calls_total',
    help: 'Calls that only read and may do so at a replica, by where they began to: replica or primary.',
    labelNames: ['at'],
    registers,
    collect() {
      const { atReplica, atPrimary } = counts();
      this.reset();
      this.inc({ at: 'replica' }, atReplica);
      this.inc({ at: 'primary' }, atPrimary);
    },
  });
  new Counter({
    name: 'promptory_replica_fallbacks_total',
    help: 'Statements that failed at the replica and were run at the primary.',
    registers,
    collect() {
      this.reset();
      this.inc(counts().fallbacks);
    },
  });
  new Gauge({
    name: 'promptory_replica_age_seconds',
    help: 'How old what the replica shows may be; infinite while that is not known.',
    registers,
    collect() {
      this.set(counts().ageSeconds ?? Number.POSITIVE_INFINITY);
    },
  });
}

function measureMemory(counts: () => MemoryCounts | null, registers: Registry[]): void {
  const ofFeed =
    (Metric: typeof Gauge | typeof Counter) =>
    (name: string, help: string, of: (feed: MemoryCounts['feed']) => number): void =>
      void new Metric({
        name,
        help,
        registers,
        collect() {
          const known = counts();
          this.reset();
          // Null where nothing is remembered: then there is nothing to measure.
          if (known !== null) this.inc(of(known.feed));
        },
      });
  const [gauge, counter] = [ofFeed(Gauge), ofFeed(Counter)];
  gauge(
    'promptory_change_feed_up',
    '1 while changes are read, else 0: then nothing remembered is used.',
    ({ isConnected }) => Number(isConnected),
  );
  gauge(
    'promptory_change_feed_lag_seconds',
    'Since when no read of changes has begun that came to its end.',
    (feed) => feed.lagSeconds,
  );
  counter('promptory_change_feed_reads_total', 'Reads of changes.', ({ reads }) => reads);
  counter('promptory_change_feed_topics_total', 'What was read to have changed.', ({ topics }) => topics);
  counter(
    'promptory_change_feed_reconnects_total',
    'Connections of the feed after its first.',
    ({ reconnects }) => reconnects,
  );
  counter(
    'promptory_change_feed_losses_total',
    'How often all was forgotten, as changes may have been missed.',
    ({ losses }) => losses,
  );
  new Counter({
    name: 'promptory_cache_lookups_total',
    help: 'What was looked for in memory, by kind: hit, miss, or unused while the feed was behind.',
    labelNames: ['kind', 'outcome'],
    registers,
    collect() {
      this.reset();
      for (const [kind, { hits, misses, unused }] of Object.entries(counts()?.kinds ?? {})) {
        this.inc({ kind, outcome: 'hit' }, hits);
        this.inc({ kind, outcome: 'miss' }, misses - unused);
        this.inc({ kind, outcome: 'unused' }, unused);
      }
    },
  });
  for (const [of, help] of [
    ['entries', 'What is remembered, by kind.'],
    ['bytes', 'Bytes of what is remembered, about, of kinds that are bounded by them.'],
  ] as const) {
    new Gauge({
      name: `promptory_cache_${of}`,
      help,
      labelNames: ['kind'],
      registers,
      collect() {
        for (const [kind, known] of Object.entries(counts()?.kinds ?? {})) this.set({ kind }, known[of]);
      },
    });
  }
}
