import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { givenApiKey, givenPerson, testServices } from '@promptory/api/testing';
import { createCredentialMarks } from '@promptory/auth';
import { createPromptory } from '@promptory/client';
import { connectForTest, createTestDatabase, startEphemeralCluster } from '@promptory/db/testing';
import { startProductionServer } from '../live/production-server.ts';

const MANY = '10000000';
const SETTINGS = {
  RATE_LIMIT_EXPORT: '999999/1',
  QUOTA_PROMPTS: MANY,
  QUOTA_VERSIONS: MANY,
  QUOTA_STORED_BYTES: '100000000000',
};
const ROWS_A_STATEMENT = 500;
/** What a prompt is made of, where the application makes it: all else has its default. */
const COLUMNS =
  'slug title description content kind config sent_config content_hash is_template visibility category category_key'.split(
    ' ',
  );

export interface Imported {
  readonly ms: number;
  readonly created: number;
  /** Resident bytes of the server, each time it said how far it is, and how many rows it had written by then. */
  readonly memory: readonly { readonly rows: number; readonly bytes: number }[];
}

export interface ImportSite {
  /** Imports a CSV file into a new account, over HTTP. */
  imported(csv: string): Promise<Imported>;
  /** Milliseconds in which the rows of the first import are inserted into the same table, for a new account: 500 a statement, and nothing else. */
  inserted(): Promise<number>;
  close(): Promise<void>;
}

/** One server in production mode, and its database. */
export async function openImportSite(): Promise<ImportSite> {
  const folder = await mkdtemp(join(tmpdir(), 'promptory-import-'));
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
    const { port, pid, end } = await startProductionServer({
      ...{ jwtSecret, folder, databaseUrl: database.applicationConnectionString },
      more: SETTINGS,
    });
    ending.push(end);
    const application = connectForTest(database.applicationConnectionString, 1);
    ending.push(() => application.close());
    const marks = createCredentialMarks([jwtSecret]);
    let first: string | undefined;

    return {
      close,
      async imported(csv) {
        const person = await givenPerson(services);
        first ??= person.id;
        const { key } = await givenApiKey(database.db, person, { marks, scopes: ['prompts:read', 'prompts:write'] });
        const client = createPromptory({ url: `http://127.0.0.1:${port}`, apiKey: key, timeoutMs: 600_000 });
        const memory: { rows: number; bytes: number }[] = [];
        let created = 0;
        const began = performance.now();
        for await (const event of client.$import(csv, { type: 'text/csv' })) {
          if (event.type === 'progress') memory.push({ rows: event.rows, bytes: residentBytes(pid) });
          else if (event.type === 'done') ({ created } = event);
        }
        const ms = performance.now() - began;
        client.$close();
        // As autovacuum would, before long.
        await database.pool.query('ANALYZE');
        return { ms, created, memory };
      },
      async inserted() {
        const { id } = await givenPerson(services);
        const { rows } = await database.pool.query('SELECT * FROM prompts WHERE user_id = $1 ORDER BY id', [first]);
        const began = performance.now();
        for (let at = 0; at < rows.length; at += ROWS_A_STATEMENT) {
          await application.pool.query(...plainInsert(id, rows.slice(at, at + ROWS_A_STATEMENT)));
        }
        return performance.now() - began;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function plainInsert(ownerId: string, rows: readonly Record<string, unknown>[]): [text: string, values: unknown[]] {
  const values: unknown[] = [ownerId];
  const tuples = rows.map((row) => {
    const given = COLUMNS.map((column) => `$${values.push(sent(row[column]))}`);
    return `(gen_random_uuid(), $1, ${given.join()})`;
  });
  return [`INSERT INTO prompts (id, user_id, ${COLUMNS.join()}) VALUES ${tuples.join()}`, values];
}

const sent = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Buffer.isBuffer(value) ? JSON.stringify(value) : value;

function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1_024;
}
