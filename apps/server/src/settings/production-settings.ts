import { commaSeparated } from './forms/comma-separated.ts';
import { hasDefaultPassword, MIN_SECRET_BYTES, weaknessOf } from './secrets/weak-secret.ts';
import { isLoopback } from './site.ts';

type Given = Readonly<Record<string, string | undefined>>;

const REQUIRED = ['DATABASE_URL', 'JWT_SECRET', 'SMTP_CONFIG', 'PUBLIC_URL'];
const WITH_PASSWORD = ['DATABASE_URL', 'DATABASE_FEED_URL', 'DATABASE_REPLICA_URL', 'REDIS_URL', 'SMTP_CONFIG'];
const DATABASES = ['DATABASE_URL', 'DATABASE_FEED_URL', 'DATABASE_REPLICA_URL'];
const SIGNING_BITS = 90;
const TOKEN_BITS = 45;

const ADVICE = 'make one with: openssl rand -base64 48';

/** Why staging or production must not start with these settings: a line for each, without a value in it. */
export function productionFaults(given: Given, environment: string): string[] {
  const faults = REQUIRED.filter((name) => given[name] === undefined).map(
    (name) => `${name} must be set in ${environment}`,
  );
  faults.push(...secretFaults(given));
  for (const name of WITH_PASSWORD) {
    if (hasDefaultPassword(given[name] ?? ''))
      faults.push(`${name} has a password that is tried first; choose another`);
  }
  if (isPlainHttp(given.PUBLIC_URL ?? '')) {
    faults.push('PUBLIC_URL must be https outside this machine: browsers keep no secure cookie for http');
  }
  if (commaSeparated(given.CORS_ORIGINS ?? '').some(isPlainHttp)) {
    faults.push('CORS_ORIGINS must be https outside this machine: whoever is on the way could write such a page');
  }
  return faults;
}

function secretFaults({ JWT_SECRET, BUNDLE_SIGNING_KEY, METRICS_TOKEN }: Given): string[] {
  const faults: string[] = [];
  const secrets = commaSeparated(JWT_SECRET ?? '');
  const named = secrets.map((secret, index) => ({
    which: secrets.length === 1 ? 'JWT_SECRET' : `JWT_SECRET number ${index + 1}`,
    secret,
  }));
  if (BUNDLE_SIGNING_KEY !== undefined) named.push({ which: 'BUNDLE_SIGNING_KEY', secret: BUNDLE_SIGNING_KEY });
  for (const { which, secret } of named) {
    // A shorter one is refused already, for its length.
    const weakness = Buffer.byteLength(secret) < MIN_SECRET_BYTES ? null : weaknessOf(secret, SIGNING_BITS);
    if (weakness !== null) faults.push(`${which} ${weakness}; ${ADVICE}`);
  }
  if (new Set(secrets).size < secrets.length) faults.push('JWT_SECRET has the same secret twice');
  // A shorter one is refused already, too.
  if (METRICS_TOKEN === undefined || METRICS_TOKEN.length < 16) return faults;
  const weakness = secrets.includes(METRICS_TOKEN) ? 'is a JWT_SECRET too' : weaknessOf(METRICS_TOKEN, TOKEN_BITS);
  if (weakness !== null) faults.push(`METRICS_TOKEN ${weakness}; ${ADVICE}`);
  return faults;
}

/**
 * What staging or production starts with and its operator should know of: a line for each.
 *
 * @param requiresVerification whether addresses must be verified, however that was written or left out
 */
export function productionWarnings(
  given: Given,
  { requiresVerification }: { requiresVerification: boolean },
): string[] {
  const warnings: string[] = [];
  if (given.DATABASE_OWNER_URL !== undefined) {
    warnings.push('DATABASE_OWNER_URL is set for the server, which needs it not: give it to `pnpm migrate` alone');
  }
  for (const name of DATABASES) {
    const url = given[name] ?? '';
    if (isRemote(url) && !asksForTls(url)) {
      warnings.push(`${name} does not ask for TLS: add sslmode=verify-full unless the network between is yours alone`);
    }
  }
  if (isRemote(given.REDIS_URL ?? '') && given.REDIS_URL?.startsWith('redis:')) {
    warnings.push('REDIS_URL does not ask for TLS: use rediss:// unless the network between is yours alone');
  }
  const mails = given.SMTP_CONFIG ?? '';
  if (isRemote(mails) && mails.startsWith('smtp:') && parameterOf(mails, 'requireTLS') !== 'true') {
    warnings.push('SMTP_CONFIG does not insist on TLS, and mails hold links: use smtps:// or add requireTLS=true');
  }
  if (!requiresVerification) {
    warnings.push('REQUIRE_EMAIL_VERIFICATION is off: registering tells which addresses have an account');
  }
  if (isRemote(given.PUBLIC_URL ?? '') && given.TLS_CERT === undefined && given.TRUST_PROXY === undefined) {
    warnings.push('TRUST_PROXY is not set: behind a proxy all callers share one address, and its limits');
  }
  return warnings;
}

const parameterOf = (url: string, name: string): string | null => new URL(url).searchParams.get(name);

/** PostgreSQL takes the host from a parameter too, and that one counts. */
const hostOf = (url: string): string | null =>
  URL.canParse(url) ? (parameterOf(url, 'host') ?? new URL(url).hostname) : null;

/** Whether a URL leads to another machine; one without a host, or with a folder for one, is a socket of this one. */
function isRemote(url: string): boolean {
  const host = hostOf(url);
  return host !== null && host !== '' && !host.startsWith('/') && !isLoopback(host);
}

const isPlainHttp = (url: string): boolean => isRemote(url) && new URL(url).protocol === 'http:';

const asksForTls = (url: string): boolean =>
  ['require', 'verify-ca', 'verify-full'].includes(parameterOf(url, 'sslmode') ?? '');
