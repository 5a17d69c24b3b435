import { fork, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { callersOf, givenApiKey, givenPerson, givenPrompts, testServices } from '@promptory/api/testing';
import { createCredentialMarks } from '@promptory/auth';
import { createTestDatabase, startEphemeralCluster } from '@promptory/db/testing';
import { source } from '../rendered-prompt.ts';
import { ended, freePort, ready } from './measured-server.ts';

const MAIN = join(import.meta.dirname, '../../apps/server/src/main.ts');
const BARE = join(import.meta.dirname, 'bare-server.ts');
const OTHER_PROMPTS = 500;

/** The product in production mode, and the bare server, over one database with a prompt that a key may read. */
export interface CallSite {
  /** The prompt, under its id and under a reference. */
  readonly id: string;
  readonly ref: string;
  /** References to further prompts of the same text, as many as were asked for. */
  readonly others: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly server: Served;
  readonly bare: Served;
  /** Lets the bare server answer this text at `/memory`. */
  keep(text: string): Promise<void>;
  /** Transactions that the database has ended. */
  transactions(): Promise<number>;
  /** The process of PostgreSQL that has started all others of it. */
  readonly databasePid: number;
  close(): Promise<void>;
}

export interface Served {
  readonly port: number;
  readonly pid: number;
}

/**
 * @param options.nodeOptions of the product's process
 * @param options.settings of the product, beside those that it needs
 * @param options.others further prompts of the same text, in hundreds
 */
export async function openCallSite({
  nodeOptions = [],
  settings = { CACHE_MEGABYTES: '0' },
  others: hundreds = 0,
}: {
  nodeOptions?: readonly string[];
  settings?: Readonly<Record<string, string>>;
  others?: number;
} = {}): Promise<CallSite> {
  const folder = await mkdtemp(join(tmpdir(), 'promptory-calls-'));
  const cluster = await startEphemeralCluster({ onDisk: true });
  const ending: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true }), () => cluster.stop()];
  const close = async (): Promise<void> => {
    for (const end of ending.toReversed()) await end();
  };
  try {
    const database = await createTestDatabase({ server: cluster });
    ending.push(() => database.drop());
    const jwtSecret = randomBytes(48).toString('base64url');
    const services = testServices(database.db);
    const ann = await givenPerson(services, { handle: 'ann' });
    await givenPrompts(services, ann, OTHER_PROMPTS);
    const { prompts, labels } = callersOf(services).as(ann.principal);
    const { id } = await prompts.create({ title: 'Triage', slug: 'support/triage', content: source });
    await labels.move({ id, label: 'production', version: 1 });
    const others: string[] = [];
    for (let hundred = 1; hundred <= hundreds; hundred += 1) {
      const slugs = Array.from({ length: 100 }, (_, at) => `others/${hundred * 100 + at}`);
      await prompts.createMany({ prompts: slugs.map((slug) => ({ title: 'Triage', slug, content: source })) });
      others.push(...slugs.map((slug) => `${slug}@latest`));
    }
    const { key } = await givenApiKey(database.db, ann, { marks: createCredentialMarks([jwtSecret]) });
    await database.pool.query('VACUUM ANALYZE');
    await database.pool.query('CHECKPOINT').catch(() => undefined);

    const bare = fork(BARE, {
      env: { ...process.env, NODE_ENV: 'production', DATABASE_URL: database.connectionString },
    });
    ending.push(() => ended(bare, () => bare.disconnect()));
    const [barePort] = (await once(bare, 'message')) as [number];

    const port = await freePort();
    // To a file, as a supervisor takes it: a pipe to this process would have it read each line.
    const log = await open(join(folder, 'server.log'), 'a');
    const server = spawn(process.execPath, ['--conditions=@promptory/source', ...nodeOptions, MAIN], {
      stdio: ['ignore', log.fd, 'inherit'],
      env: {
        PATH: process.env.PATH ?? '',
        HOME: process.env.HOME ?? '',
        NODE_ENV: 'production',
        DATABASE_URL: database.applicationConnectionString,
        JWT_SECRET: jwtSecret,
        SMTP_CONFIG: 'smtp://127.0.0.1:9',
        PUBLIC_URL: 'http://localhost',
        DATA_FOLDER: folder,
        METRICS_TOKEN: randomBytes(24).toString('base64url'),
        RATE_LIMIT_KEY: '999999/1',
        ...settings,
        HOST: '127.0.0.1',
        PORT: String(port),
      },
    });
    await log.close();
    ending.push(() => ended(server, () => server.kill('SIGTERM')));
    await ready(port, server);
    return {
      ...{ id, ref: 'support/triage@production', others, headers: { 'x-api-key': key } },
      ...{ server: { port, pid: server.pid ?? 0 }, bare: { port: barePort, pid: bare.pid ?? 0 } },
      ...{ databasePid: cluster.pid, close },
      async keep(text) {
        const kept = once(bare, 'message');
        bare.send(text);
        await kept;
      },
      async transactions() {
        // Sessions say so about once a second.
        await sleep(1_500);
        const { rows } = await database.pool.query<{ ended: string }>(
          'SELECT xact_commit + xact_rollback AS ended FROM pg_stat_database WHERE datname = current_database()',
        );
        return Number(rows[0]?.ended ?? 0);
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
