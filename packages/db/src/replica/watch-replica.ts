import pg from 'pg';
import type { FeedRead } from '../changes/change-feed.ts';
import { endClient } from '../changes/end-client.ts';
import { HISTORY, positionOf } from '../changes/log-position.ts';
import { PollingLoop } from '../changes/polling-loop.ts';
import type { ReplicaGate } from './replica-gate.ts';

export interface WatchReplicaOptions {
  readonly connectionString: string;
  readonly gate: ReplicaGate;
  readonly log?: { warn(message: string, error?: unknown): void };
  readonly patienceFactor: number;
}

const CONNECT_TIMEOUT_MS = 2_000;
/** A replica that says nothing for so long is given up. */
const ANSWER_TIMEOUT_MS = 1_000;
/** Between polls while the replica does not show what the feed has read. */
const FIRST_WAIT_MS = 1;
const LONGEST_WAIT_MS = 50;

/** Which server it is, since it was started. */
export const REPLICA_SERVER = `concat_ws('/', pg_postmaster_start_time(), inet_server_port())`;

const STATE = `SELECT pg_is_in_recovery() AS "isReplica", pg_last_wal_replay_lsn()::text AS replayed,
  ${HISTORY} AS history`;

/** Tells a gate how far a replica has come, by a connection of its own: after each read of the feed, until it has come as far. */
export class ReplicaWatch {
  readonly #options: WatchReplicaOptions;
  readonly #loop: PollingLoop;
  #isWoken = false;
  #server: string | null = null;

  constructor(options: WatchReplicaOptions) {
    this.#options = options;
    this.#loop = new PollingLoop({
      serve: (works) => this.#serve(works),
      away: (error) =>
        options.log?.warn('The replica is not read until it can be: all reads go to the database itself.', error),
      ended: () => this.#isDown(),
      isWanted: () => this.#isWoken,
    });
    this.#loop.start();
  }

  /** The server that is watched; null while none is. */
  get server(): string | null {
    return this.#server;
  }

  hasRead(read: FeedRead): void {
    this.#options.gate.hasRead(read);
    this.#isWoken = true;
    this.#loop.wake();
  }

  close(): Promise<void> {
    return this.#loop.close();
  }

  #isDown(): void {
    this.#server = null;
    this.#options.gate.lost();
  }

  /** Polls until this closes, its connection fails, or the server is no replica of what the feed reads. */
  async #serve(works: () => void): Promise<void> {
    const { connectionString, gate, patienceFactor } = this.#options;
    const client = new pg.Client({
      connectionString,
      application_name: 'promptory-replica',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS * patienceFactor,
      query_timeout: ANSWER_TIMEOUT_MS * patienceFactor,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    });
    let failure: unknown;
    const failed = (error: unknown): void => {
      failure ??= error;
      gate.lost();
      this.#loop.wake();
    };
    client.on('error', failed);
    client.on('end', () => failed(new Error('The connection has ended.')));
    try {
      await client.connect();
      const { rows } = await client.query<{ server: string }>(`SELECT ${REPLICA_SERVER} AS server`);
      const server = rows[0]?.server ?? null;
      let waitMs = FIRST_WAIT_MS;
      while (!this.#loop.isClosing) {
        if (failure !== undefined) throw failure;
        if (this.#isWoken) waitMs = FIRST_WAIT_MS;
        this.#isWoken = false;
        if (gate.isAwaiting) {
          const [state] = (await client.query<{ isReplica: boolean; replayed: string | null; history: string }>(STATE))
            .rows;
          const { isReplica = false, replayed = null, history = '' } = state ?? {};
          if (!gate.isAt({ isReplica, history, replayed: positionOf(replayed ?? '0/0') })) {
            throw new Error('The server of DATABASE_REPLICA_URL is no replica of the database, or not yet.');
          }
          this.#server = server;
          works();
        }
        if (gate.isAwaiting) {
          await this.#loop.wait(waitMs);
          waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2);
        } else {
          await this.#loop.wait(null);
        }
      }
    } finally {
      await endClient(client);
    }
  }
}
