import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@promptory/db';
import { createTestDatabase, startEphemeralCluster } from '@promptory/db/testing';
import { Scope } from '@promptory/schemas';
import { runServer, type ServerProcess } from '../e2e/harness/run-server.ts';
import { catchMail } from '../harness/mail-catcher.ts';

/** An account with a key of its own, calling from an address of its own. */
export interface Account {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Measured {
  readonly residentMiB: number;
  readonly loopDelayP99Ms: number;
  /** Files, sockets and all else that the process holds open. */
  readonly handles: number;
  /** Connections of its pool. */
  readonly pool: number;
}

/** The product in production mode, in a process of its own, with its accounts. */
export interface SoakSite {
  readonly server: ServerProcess;
  readonly ordinary: readonly Account[];
  readonly hostile: readonly Account[];
  /** Of the server's process, since the last time it was asked. */
  measure(): Promise<Measured>;
  close(): Promise<void>;
}

const METRICS_TOKEN = randomBytes(24).toString('base64url');
// As many calls as a key may be given: the limits that are left are those that hold against a determined account.
const MOST_CALLS_A_MINUTE = 10_000;

/** Starts PostgreSQL, a mail server and the product, and registers `count` accounts of each kind. */
export async function openSite(count: number, settings: Readonly<Record<string, string>> = {}): Promise<SoakSite> {
  const folder = await mkdtemp(join(tmpdir(), 'promptory-soak-'));
  const cluster = await startEphemeralCluster({ onDisk: true });
  await cleanUpAsItGoes(cluster.superuserConnectionString);
  const database = await createTestDatabase({ server: cluster });
  const mails = await catchMail();
  const server = await runServer({
    NODE_ENV: 'production',
    DATABASE_URL: database.applicationConnectionString,
    JWT_SECRET: randomBytes(48).toString('base64url'),
    SMTP_CONFIG: mails.url,
    PUBLIC_URL: 'http://localhost',
    DATA_FOLDER: folder,
    REQUIRE_EMAIL_VERIFICATION: 'false',
    METRICS_TOKEN,
    // Each account has an address of its own, as it would from elsewhere.
    TRUST_PROXY: '127.0.0.1',
    // As the image and the unit of systemd do.
    MALLOC_ARENA_MAX: '2',
    ...settings,
  });
  const close = async (): Promise<void> => {
    await server.kill();
    await mails.close();
    await database.drop().catch(() => undefined);
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const people = (kind: string, network: number, callsPerMinute?: number) =>
      Promise.all(
        Array.from({ length: count }, (_, index) =>
          register(server.url, `${kind}${index}`, `10.${network}.0.${index + 1}`, callsPerMinute),
        ),
      );
    const ordinary = await people('ordinary', 1);
    const hostile = await people('hostile', 2, MOST_CALLS_A_MINUTE);
    return { server, ordinary, hostile, measure: () => measureServer(server.url), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** As every PostgreSQL in production does, unlike those of tests: it knows its tables, and what is gone takes no time. */
async function cleanUpAsItGoes(connectionString: string): Promise<void> {
  const { pool, close } = connect({ connectionString, max: 1 });
  await pool.query('ALTER SYSTEM SET autovacuum = on');
  await pool.query('SELECT pg_reload_conf()');
  await close();
}

async function register(url: string, name: string, address: string, callsPerMinute?: number): Promise<Account> {
  const from = { 'x-forwarded-for': address, 'content-type': 'application/json' };
  const password = `a lantern for ${name} only`;
  const post = async (path: string, body: object, headers: Record<string, string>): Promise<Record<string, string>> => {
    const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Record<string, string>;
  };
  const { accessToken } = await post('/auth/register', { email: `${name}@example.com`, name, password }, from);
  const { key } = await post(
    '/users/api-keys',
    { name: 'soak', scopes: Scope.options, callsPerMinute },
    { ...from, authorization: `Bearer ${accessToken}` },
  );
  return { name, headers: { 'x-forwarded-for': address, 'x-api-key': key ?? '' } };
}

async function measureServer(url: string): Promise<Measured> {
  const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } });
  const lines = (await answer.text()).split('\n');
  const gauge = (name: string): number =>
    Number(lines.find((line) => line.startsWith(`${name} `))?.slice(name.length) ?? Number.NaN);
  const connections = (state: string): number => gauge(`promptory_db_pool_connections{state="${state}"}`);
  return {
    residentMiB: gauge('process_resident_memory_bytes') / 1_048_576,
    loopDelayP99Ms: gauge('nodejs_eventloop_lag_p99_seconds') * 1_000,
    handles: gauge('process_open_fds'),
    pool: connections('used') + connections('idle'),
  };
}
