import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Connection, connect } from '@promptory/db';
import { type EmbeddedPostgres, openEmbedded } from '@promptory/db/embedded';
import { migrateToLatest } from '@promptory/db/migrate';
import { signalServer } from '@promptory/db/testing';
import { limitNames, limitVariable } from '../../../src/settings/bounds/limits.ts';
import { type RunServerOptions, runServer, type ServerProcess, type Settings } from '../../e2e/harness/run-server.ts';

/** Kept from one start to the next, so that sessions go on. */
export const JWT_SECRET = 'kept from one start to the next so that sessions go on';

/** With which /metrics of `startProduction` is read. */
export const METRICS_TOKEN = randomBytes(24).toString('base64url');

/** A PostgreSQL with a server on it, to be killed and started again on what they left in their folder. */
export class KillableSite {
  readonly #folder: string;
  #postgres: EmbeddedPostgres;
  #server: ServerProcess | undefined;
  #connection: Connection | undefined;

  private constructor(folder: string, postgres: EmbeddedPostgres) {
    this.#folder = folder;
    this.#postgres = postgres;
  }

  /** Starts the database; its data are in a new folder below `parent`, which `close` removes. */
  static async open(parent = tmpdir()): Promise<KillableSite> {
    const folder = await mkdtemp(join(parent, 'promptory-kill-'));
    // PostgreSQL does not run as root, and its own user must get to its data.
    await chmod(folder, 0o755);
    const postgres = await openEmbedded({ folder: join(folder, '.promptory') });
    await migrateToLatest({
      connectionString: postgres.ownerConnectionString,
      applicationConnectionString: postgres.connectionString,
    });
    return new KillableSite(folder, postgres);
  }

  get connectionString(): string {
    return this.#postgres.connectionString;
  }

  get ownerConnectionString(): string {
    return this.#postgres.ownerConnectionString;
  }

  /** Of the embedded PostgreSQL. */
  get databaseFolder(): string {
    return join(this.#folder, '.promptory');
  }

  /** To look into the database, and to hold a row while looking. */
  get connection(): Connection {
    this.#connection ??= connect({
      connectionString: this.connectionString,
      max: 2,
      applicationName: 'promptory-test',
    });
    return this.#connection;
  }

  async startServer(settings: Settings = {}, options: RunServerOptions = {}): Promise<ServerProcess> {
    const all = {
      NODE_ENV: 'development',
      DATABASE_URL: this.connectionString,
      JWT_SECRET,
      DATA_FOLDER: join(this.#folder, 'server'),
      RATE_LIMIT_USER: '1000000/60',
      ...settings,
    };
    this.#server = await runServer(all, options);
    return this.#server;
  }

  /**
   * The same in production, as a site of its own is set up; its limits apart, which one machine that calls for many would reach.
   * @param settings with an SMTP_CONFIG at least
   */
  startProduction(settings: Settings & { readonly SMTP_CONFIG: string }): Promise<ServerProcess> {
    return this.startServer({
      NODE_ENV: 'production',
      PUBLIC_URL: 'https://prompts.example.org',
      REQUIRE_EMAIL_VERIFICATION: 'false',
      METRICS_TOKEN,
      ...Object.fromEntries(limitNames.map((name) => [limitVariable(name), '999999/60'])),
      ...settings,
    });
  }

  /** As a power cut ends the database. */
  async killDatabase(): Promise<void> {
    process.kill(await this.#databasePid(), 'SIGKILL');
  }

  /** Stops all processes of the database where they are: who asks it waits without an answer. */
  async freezeDatabase(): Promise<void> {
    await signalServer(await this.#databasePid(), 'SIGSTOP');
  }

  async thawDatabase(): Promise<void> {
    await signalServer(await this.#databasePid(), 'SIGCONT');
  }

  async #databasePid(): Promise<number> {
    const [pid] = (await readFile(join(this.#postgres.dataFolder, 'postmaster.pid'), 'utf8')).split('\n');
    return Number(pid);
  }

  /** Starts the killed database on its data. */
  async reopenDatabase(): Promise<void> {
    const killed = this.#postgres;
    this.#postgres = await openEmbedded({ folder: this.databaseFolder });
    await killed.close();
  }

  async close(): Promise<void> {
    await this.#connection?.close();
    await this.#server?.kill();
    await this.#postgres.close();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
