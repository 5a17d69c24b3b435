import { givenApiKey, givenPerson } from '@promptory/api/testing';
import { createPromptory } from '@promptory/client';
import { connectForTest } from '@promptory/db/testing';
import { openSite, type Site } from '../sites/open-site.ts';
import { residentBytes } from '../sites/resident-bytes.ts';

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

export interface ImportSite extends Site {
  /** Imports a CSV file into a new account, over HTTP. */
  imported(csv: string): Promise<Imported>;
  /** Milliseconds in which the rows of the first import are inserted into the same table, for a new account: 500 a statement, and nothing else. */
  inserted(): Promise<number>;
}

/** One server in production mode, and its database. */
export async function openImportSite(): Promise<ImportSite> {
  return openSite('import', { onDisk: true }, async ({ database, services, marks, ending, serve }) => {
    const { port, pid } = await serve(SETTINGS);
    const application = connectForTest(database.applicationConnectionString, 1);
    ending(() => application.close());
    let first: string | undefined;

    return {
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
  });
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
