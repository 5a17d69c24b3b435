import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { givenApiKey, givenGroup, givenPerson, givenPrompt, testServices } from '@promptory/api/testing';
import { createCredentialMarks } from '@promptory/auth';
import {
  connectForTest,
  createTestDatabase,
  startEphemeralCluster,
  startReplica,
  withClient,
} from '@promptory/db/testing';
import { startProductionServer } from '../live/production-server.ts';

const WIDE = '999999/1';
/** What two minutes of changes need. */
const SETTINGS = {
  QUOTA_VERSIONS_PER_PROMPT: '1000000',
  RATE_LIMIT_MAIL: WIDE,
  RATE_LIMIT_MAIL_SENDER: WIDE,
  RATE_LIMIT_MAIL_SENDER_DAY: WIDE,
  RATE_LIMIT_MAIL_NEW_SENDER: WIDE,
};

type Headers = Readonly<Record<string, string>>;

/** A prompt of somebody's, in a group of which somebody else is a member by turns. */
export interface Watched {
  readonly id: string;
  readonly groupId: string;
  readonly owner: Headers;
  readonly member: Headers & { readonly id: string; readonly handle: string };
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface CoherenceSite {
  /** Where the servers are. */
  readonly urls: readonly string[];
  givenWatched(): Promise<Watched>;
  /** Ends so many of the connections by which servers hear of changes, at most. @returns how many were ended */
  cutFeeds(most: number): Promise<number>;
  /** Lets the replica stand still, or go on. */
  holdReplica(isHeld: boolean): Promise<void>;
  /** Calls that were read at the replica, and those that might have been and were not. */
  reads(): Promise<{ atReplica: number; atPrimary: number }>;
  close(): Promise<void>;
}

/** So many servers in production mode over one database, each with the same streaming replica behind it. */
export async function openCoherenceSite(servers: number): Promise<CoherenceSite> {
  const ending: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of ending.toReversed()) await end();
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), 'promptory-coherence-'));
    ending.push(() => rm(folder, { recursive: true, force: true }));
    const cluster = await startEphemeralCluster({ replicates: true });
    ending.push(() => cluster.stop());
    const replica = await startReplica(cluster);
    ending.push(() => replica.stop());
    const database = await createTestDatabase({ server: cluster });
    ending.push(() => database.drop());
    const services = testServices(database.db);
    const databaseUrl = database.applicationConnectionString;
    // The feed's own role may end it.
    const application = connectForTest(databaseUrl, 1);
    ending.push(() => application.close());
    const jwtSecret = randomBytes(48).toString('base64url');
    const token = randomBytes(24).toString('base64url');
    const more = {
      ...SETTINGS,
      METRICS_TOKEN: token,
      DATABASE_REPLICA_URL: replica.connectionStringOf(new URL(databaseUrl).pathname.slice(1)),
    };
    const urls: string[] = [];
    for (let number = 0; number < servers; number += 1) {
      const server = await startProductionServer({ jwtSecret, folder, databaseUrl, more });
      ending.push(server.end);
      urls.push(`http://127.0.0.1:${server.port}`);
    }
    const marks = createCredentialMarks([jwtSecret]);
    const keyOf = async (owner: { id: string }, scopes: readonly string[]): Promise<string> =>
      (await givenApiKey(database.db, owner, { marks, scopes })).key;
    return {
      urls,
      close,
      async givenWatched() {
        const owner = await givenPerson(services);
        const member = await givenPerson(services);
        const { id } = await givenPrompt(services, owner, 'Watched');
        const groupId = await givenGroup(services, { owner, promptIds: [id] });
        return {
          id,
          groupId,
          owner: { 'x-api-key': await keyOf(owner, ['prompts:read', 'prompts:write', 'groups:write']) },
          member: { 'x-api-key': await keyOf(member, ['prompts:read']), id: member.id, handle: member.handle },
        };
      },
      async cutFeeds(most) {
        const { rowCount } = await application.pool.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'promptory-feed' AND datname = current_database() ORDER BY random() LIMIT $1",
          [most],
        );
        return rowCount ?? 0;
      },
      holdReplica: (isHeld) =>
        withClient(replica.superuserConnectionString, async (client) => {
          await client.query(isHeld ? 'SELECT pg_wal_replay_pause()' : 'SELECT pg_wal_replay_resume()');
        }),
      async reads() {
        const counts = { atReplica: 0, atPrimary: 0 };
        for (const url of urls) {
          const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
          for (const [, at, count] of (await answer.text()).matchAll(
            /^promptory_replica_calls_total\{at="(\w+)"\} (\d+)$/gm,
          )) {
            counts[at === 'replica' ? 'atReplica' : 'atPrimary'] += Number(count);
          }
        }
        return counts;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** One REST call with its whole answer. */
export async function call(
  url: string,
  method: string,
  path: string,
  headers: Headers,
  body?: object,
): Promise<Answer> {
  const answer = await fetch(url + path, {
    method,
    headers: {
      'x-api-key': headers['x-api-key'] ?? '',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
}
