import { isIP } from 'node:net';
import type { MemoryBounds, Quotas, Registration } from '@promptory/api/server';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { backupFaults, backupSettingsOf, backupVariables } from './backups.ts';
import { type CallsInFlight, CallsInFlightVariables, callsInFlightOf } from './bounds/calls-in-flight.ts';
import { type ConnectionBounds, connectionBoundsOf, connectionVariables } from './bounds/connections.ts';
import { auditEntriesADay, historyUsesADay, historyVariables } from './bounds/history.ts';
import { defaultLimits, type Limit, type Limits, limitNames, limitVariable, widened } from './bounds/limits.ts';
import { memoryBoundsOf, memoryVariables } from './bounds/memory.ts';
import { quotaSettings, quotasOf } from './bounds/quotas.ts';
import { slowQueryVariables } from './bounds/slow-query.ts';
import { workerVariables } from './bounds/workers.ts';
import { commaSeparated } from './forms/comma-separated.ts';
import { oneOf } from './forms/one-of.ts';
import { wholeNumber } from './forms/whole-number.ts';
import { unknownNames } from './names/unknown-names.ts';
import { productionFaults, productionWarnings } from './production-settings.ts';
import { RegistrationVariables, registrationFaults, registrationOf } from './registration.ts';
import { MIN_SECRET_BYTES } from './secrets/weak-secret.ts';
import { siteWarnings } from './site.ts';
import { type TracingSettings, tracingOf, tracingVariables } from './tracing.ts';

/** Settings that are wrong. The message has a line for each of them, for a person to read. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

const DEVELOPMENT_FACTOR = 20;

const urlOf = (...protocols: string[]) =>
  z
    .string()
    .max(2048)
    .refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
      message: `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    });

const isOrigin = (text: string): boolean =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;

const isNetwork = (text: string): boolean => {
  const [address = '', bits] = text.split('/');
  // ipaddr.js alone would read `10` as an address.
  if (isIP(address) === 0) return false;
  return bits === undefined || (ipaddr.isValidCIDR(text) && Number(bits) > 0);
};

const Secrets = z
  .string()
  .max(4096)
  .transform(commaSeparated)
  .refine((secrets) => secrets.length > 0 && secrets.every((secret) => Buffer.byteLength(secret) >= MIN_SECRET_BYTES), {
    message: `must be secrets of at least ${MIN_SECRET_BYTES} bytes each, separated by commas; make one with: openssl rand -base64 48`,
  });

const Secret = z
  .string()
  .max(4096)
  .refine((secret) => Buffer.byteLength(secret) >= MIN_SECRET_BYTES, {
    message: `must be a secret of at least ${MIN_SECRET_BYTES} bytes; make one with: openssl rand -base64 48`,
  });

const PublicUrl = urlOf('https:', 'http:')
  .refine((text) => /^[^?#@]*$/.test(text), { message: 'must have no user, query or fragment' })
  .transform((text) => /^.*[^/]/s.exec(text)?.[0] ?? text);

const LimitSetting = z
  .string()
  .max(20)
  .regex(/^[1-9]\d{0,6}\/[1-9]\d{0,5}$/, 'must be calls/seconds, both from 1 on, such as 10/900')
  .transform((text): Limit => {
    const [calls, seconds] = text.split('/').map(Number);
    return { calls: calls ?? 1, seconds: seconds ?? 1 };
  });

const Variables = z.object({
  NODE_ENV: oneOf(['development', 'test', 'staging', 'production'], ['test']).default('development'),
  DATABASE_URL: urlOf('postgresql:', 'postgres:').optional(),
  DATABASE_REPLICA_URL: urlOf('postgresql:', 'postgres:').optional(),
  DATABASE_FEED_URL: urlOf('postgresql:', 'postgres:').optional(),
  DATABASE_POOL_SIZE: wholeNumber(2, 200).default(10),
  ...CallsInFlightVariables,
  JWT_SECRET: Secrets.optional(),
  BUNDLE_SIGNING_KEY: Secret.optional(),
  SMTP_CONFIG: urlOf('smtp:', 'smtps:').optional(),
  MAIL_FROM: z
    .string()
    .max(320)
    .regex(/^[^@\r\n]+@[^\r\n]+$/, 'must be an address, such as Promptory <hello@example.com>')
    .optional(),
  PUBLIC_URL: PublicUrl.optional(),
  PORT: wholeNumber(0, 65_535).default(3000),
  HOST: z.string().max(255).optional(),
  CORS_ORIGINS: z
    .string()
    .max(8192)
    .transform(commaSeparated)
    .refine((origins) => origins.every(isOrigin), {
      message: 'must be exact origins separated by commas, such as https://app.example.com, without path or *',
    })
    .default([]),
  TRUST_PROXY: z
    .string()
    .max(4096)
    .transform(commaSeparated)
    .refine((networks) => networks.every(isNetwork), {
      message: 'must be addresses or networks separated by commas, such as 10.0.0.0/8; never true or a number',
    })
    .default([]),
  REQUIRE_EMAIL_VERIFICATION: z.stringbool({ error: 'must be true or false' }).optional(),
  REDIS_URL: urlOf('redis:', 'rediss:').optional(),
  TLS_CERT: z.string().max(4096).optional(),
  TLS_KEY: z.string().max(4096).optional(),
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  METRICS_TOKEN: z.string().min(16, 'must have at least 16 characters').max(1024).optional(),
  DATA_FOLDER: z.string().max(4096).default('.promptory'),
  ...connectionVariables,
  ...backupVariables,
  ...workerVariables,
  ...slowQueryVariables,
  ...tracingVariables,
  ...memoryVariables,
  ...Object.fromEntries(limitNames.map((name) => [limitVariable(name), LimitSetting.optional()])),
  ...quotaSettings,
  ...historyVariables,
  ...RegistrationVariables,
});
type Variables = z.infer<typeof Variables>;

/** Every setting that the server reads. */
export const settingNames: readonly string[] = Object.keys(Variables.shape);

export interface Env {
  readonly environment: 'development' | 'test' | 'staging' | 'production';
  /** Null: the embedded PostgreSQL, in development only. */
  readonly databaseUrl: string | null;
  readonly databaseReplicaUrl: string | null;
  /** Past a connection pooler, for the feed of changes. Null: as `databaseUrl`. */
  readonly databaseFeedUrl: string | null;
  readonly databasePoolSize: number;
  readonly callsInFlight: CallsInFlight;
  /** The first signs, all verify. Null: one is made and stored, in development only. */
  readonly jwtSecrets: readonly string[] | null;
  /** What the key follows from that signs bundles. Null: the first JWT secret. */
  readonly bundleSigningKey: string | null;
  /** Null: mail goes to files under the data folder, in development only. */
  readonly smtpUrl: string | null;
  readonly mailFrom: string;
  /** Without a slash at its end. */
  readonly publicUrl: string;
  readonly port: number;
  readonly host: string;
  readonly corsOrigins: readonly string[];
  /** Networks of the proxies whose X-Forwarded-For counts. */
  readonly trustProxy: readonly string[];
  readonly requireEmailVerification: boolean;
  /** Who may make an account. */
  readonly registration: Registration;
  readonly redisUrl: string | null;
  /** Paths of PEM files. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly logLevel: Variables['LOG_LEVEL'];
  readonly metricsToken: string | null;
  readonly dataFolder: string;
  /** Null: the server makes none. */
  readonly backups: ReturnType<typeof backupSettingsOf>;
  readonly limits: Limits;
  readonly connections: ConnectionBounds;
  /** What a server remembers of the database. */
  readonly memory: MemoryBounds;
  /** Streams of events that are open at once. */
  readonly watches: number;
  /** What each account may hold. */
  readonly quotas: Quotas;
  /** Of one person, kept one by one. */
  readonly historyUsesADay: number;
  /** Of one account, kept one by one. */
  readonly auditEntriesADay: number;
  /** From so many milliseconds on a statement is logged; 0: none is. */
  readonly slowQueryMs: number;
  /** Null: no traces. */
  readonly tracing: TracingSettings | null;
  /** Null: as many as the cores allow. */
  readonly workerThreads: number | null;
  /** What is allowed, and its operator should know of: a line for each, without a value in it. */
  readonly warnings: readonly string[];
}

/**
 * Reads every setting, and nothing else reads the environment.
 *
 * @param source such as `process.env`; an empty text counts as not set
 * @param namesInFile those that `.env` has: each that is no setting is warned of
 * @throws SettingsError that lists everything wrong at once and shows no value
 */
export function readEnv(
  source: Readonly<Record<string, string | undefined>>,
  namesInFile: readonly string[] = [],
): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = Variables.safeParse(given);
  const faults = parsed.success ? [] : parsed.error.issues.map(faultOf);
  // What may be missing depends on the environment, so it is reported together with what is wrong.
  faults.push(...faultsTogether(given));
  const unknown = unknownNames(given, namesInFile, settingNames);
  if (!parsed.success || faults.length > 0) throw new SettingsError(describe(faults, unknown));
  const env = envOf(parsed.data, given);
  return { ...env, warnings: [...unknown, ...env.warnings] };
}

/** In the middle of a sentence, however it begins by itself. */
const faultOf = ({ path, message }: z.core.$ZodIssue): string =>
  `${path.join('.')} ${message.charAt(0).toLowerCase()}${message.slice(1)}`;

/** @param hints what may be why something is missing */
const describe = (faults: readonly string[], hints: readonly string[]): string =>
  `${faults.length === 1 ? 'A setting is wrong' : `${faults.length} settings are wrong`} (see .env.example):\n${[
    ...faults,
    ...hints,
  ]
    .map((line) => `  ${line}`)
    .join('\n')}`;

/** What depends on other settings: above all on the environment. */
function faultsTogether(given: Readonly<Record<string, string | undefined>>): string[] {
  const faults = isServing(given.NODE_ENV) ? productionFaults(given, given.NODE_ENV) : [];
  if ((given.TLS_CERT === undefined) !== (given.TLS_KEY === undefined)) {
    faults.push('TLS_CERT and TLS_KEY must be set together');
  }
  faults.push(...backupFaults(given), ...registrationFaults(given));
  return faults;
}

/** Whether an environment serves others than who started it. */
export const isServing = (environment: string | undefined): environment is 'staging' | 'production' =>
  environment === 'staging' || environment === 'production';

function envOf(read: Variables, given: Readonly<Record<string, string | undefined>>): Env {
  const development = !isServing(read.NODE_ENV);
  const tls =
    read.TLS_CERT === undefined || read.TLS_KEY === undefined ? null : { cert: read.TLS_CERT, key: read.TLS_KEY };
  const requireEmailVerification = read.REQUIRE_EMAIL_VERIFICATION ?? read.NODE_ENV === 'production';
  const publicUrl = read.PUBLIC_URL ?? `${tls === null ? 'http' : 'https'}://localhost:${read.PORT}`;
  return {
    environment: read.NODE_ENV,
    databaseUrl: read.DATABASE_URL ?? null,
    databaseReplicaUrl: read.DATABASE_REPLICA_URL ?? null,
    databaseFeedUrl: read.DATABASE_FEED_URL ?? null,
    databasePoolSize: read.DATABASE_POOL_SIZE,
    callsInFlight: callsInFlightOf(read, read.DATABASE_POOL_SIZE),
    jwtSecrets: read.JWT_SECRET ?? null,
    bundleSigningKey: read.BUNDLE_SIGNING_KEY ?? null,
    smtpUrl: read.SMTP_CONFIG ?? null,
    mailFrom: read.MAIL_FROM ?? `Promptory <no-reply@${new URL(publicUrl).hostname}>`,
    publicUrl,
    port: read.PORT,
    host: read.HOST ?? (development ? '127.0.0.1' : '0.0.0.0'),
    corsOrigins: read.CORS_ORIGINS,
    trustProxy: read.TRUST_PROXY,
    requireEmailVerification,
    registration: registrationOf(read),
    redisUrl: read.REDIS_URL ?? null,
    tls,
    logLevel: read.LOG_LEVEL,
    metricsToken: read.METRICS_TOKEN ?? null,
    dataFolder: read.DATA_FOLDER,
    backups: backupSettingsOf(read),
    limits: limitsOf(given, development),
    connections: connectionBoundsOf(read, development ? DEVELOPMENT_FACTOR : 1),
    memory: memoryBoundsOf(read),
    watches: read.WATCHES,
    quotas: quotasOf(given, development ? DEVELOPMENT_FACTOR : 1),
    historyUsesADay: historyUsesADay(read, development ? DEVELOPMENT_FACTOR : 1),
    auditEntriesADay: auditEntriesADay(read, development ? DEVELOPMENT_FACTOR : 1),
    slowQueryMs: read.SLOW_QUERY_MS,
    tracing: tracingOf(read),
    workerThreads: read.WORKER_THREADS ?? null,
    warnings: [
      ...siteWarnings(publicUrl, read.CORS_ORIGINS),
      ...(development ? [] : productionWarnings(given, { requiresVerification: requireEmailVerification })),
    ],
  };
}

function limitsOf(given: Readonly<Record<string, unknown>>, development: boolean): Limits {
  const limits = { ...(development ? widened(defaultLimits, DEVELOPMENT_FACTOR) : defaultLimits) };
  for (const name of limitNames) {
    const set = LimitSetting.safeParse(given[limitVariable(name)]);
    if (set.success) limits[name] = set.data;
  }
  return limits;
}
