import { randomBytes } from 'node:crypto';
import { givenApiKey, givenGroup, givenPerson, givenPrompt } from '@promptory/api/testing';
import { connectForTest, cutFeeds, startReplica, withClient } from '@promptory/db/testing';
import { openSite, type Site } from '../sites/open-site.ts';

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

export interface CoherenceSite extends Site {
  /** Where the servers are. */
  readonly urls: readonly string[];
  givenWatched(): Promise<Watched>;
  /** Ends so many of the connections by which servers hear of changes, at most. @returns how many were ended */
  cutFeeds(most: number): Promise<number>;
  /** Lets the replica stand still, or go on. */
  holdReplica(isHeld: boolean): Promise<void>;
  /** Calls that were read at the replica, and those that might have been and were not. */
  reads(): Promise<{ atReplica: number; atPrimary: number }>;
}

/** So many servers in production mode over one database, each with the same streaming replica behind it. */
export async function openCoherenceSite(servers: number): Promise<CoherenceSite> {
  return openSite('coherence', { replicates: true }, async (parts) => {
    const { cluster, database, services, marks, ending, serve } = parts;
    const replica = await startReplica(cluster);
    ending(() => replica.stop());
    const databaseUrl = database.applicationConnectionString;
    const application = connectForTest(databaseUrl, 1);
    ending(() => application.close());
    const token = randomBytes(24).toString('base64url');
    const settings = {
      ...SETTINGS,
      METRICS_TOKEN: token,
      DATABASE_REPLICA_URL: replica.connectionStringOf(new URL(databaseUrl).pathname.slice(1)),
    };
    const urls: string[] = [];
    for (let number = 0; number < servers; number += 1) {
      const { port } = await serve(settings);
      urls.push(`http://127.0.0.1:${port}`);
    }
    const keyOf = async (owner: { id: string }, scopes: readonly string[]): Promise<string> =>
      (await givenApiKey(database.db, owner, { marks, scopes })).key;
    return {
      urls,
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
      cutFeeds: (most) => cutFeeds(application.pool, most),
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
  });
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
