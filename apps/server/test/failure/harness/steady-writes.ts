import { setTimeout as sleep } from 'node:timers/promises';
import { connectForTest } from '@promptory/db/testing';
import { stopwatch } from './stopwatch.ts';

/** A write that waited longest, and what was done meanwhile. */
export interface LongestWrite {
  readonly ms: number;
  readonly statement: string;
  readonly during: string;
}

/** What a server of any release writes, in tables and columns that the first migrations have made. */
const STATEMENTS = [
  `UPDATE users SET avatar_url = 'https://example.com/' || $1::int, updated_at = now() WHERE id = (SELECT id FROM users ORDER BY id OFFSET $1::int % 20 LIMIT 1)`,
  `UPDATE prompts SET description = 'Written ' || $1::int WHERE id = (SELECT id FROM prompts WHERE deleted_at IS NULL ORDER BY id OFFSET $1::int % 50 LIMIT 1)`,
  `INSERT INTO auth_attempts (id, kind, succeeded, email, occurred_at) VALUES (gen_random_uuid(), 'login', false, 'n' || $1::int || '@example.com', now())`,
  `INSERT INTO favorites (user_id, prompt_id) SELECT (SELECT id FROM users ORDER BY id LIMIT 1), (SELECT id FROM prompts ORDER BY id OFFSET $1::int % 50 LIMIT 1) ON CONFLICT DO NOTHING`,
  `DELETE FROM favorites WHERE user_id = (SELECT id FROM users ORDER BY id LIMIT 1) AND prompt_id = (SELECT id FROM prompts ORDER BY id OFFSET $1::int % 50 LIMIT 1)`,
  `UPDATE groups SET description = 'Written ' || $1::int WHERE id = (SELECT id FROM groups ORDER BY id OFFSET $1::int % 20 LIMIT 1)`,
];

/** Writes all the time over connections of its own, each statement by itself, and says how long each had to wait. */
export class SteadyWrites {
  /** What is being done to the database now. */
  during = 'before';
  count = 0;
  readonly failures: string[] = [];
  /** The longest wait during each thing that was done. */
  readonly longest = new Map<string, LongestWrite>();
  readonly #connection: ReturnType<typeof connectForTest>;
  readonly #writers: Promise<unknown>;
  #isOver = false;

  constructor(connectionString: string, connections: number) {
    this.#connection = connectForTest(connectionString, connections);
    this.#writers = Promise.all(Array.from({ length: connections }, (_, at) => this.#write(at)));
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#writers;
    await this.#connection.close();
  }

  async #write(at: number): Promise<void> {
    for (let turn = at; !this.#isOver; turn += 1) {
      // What migrates has its share of the machine.
      await sleep(5);
      const statement = STATEMENTS[turn % STATEMENTS.length] ?? '';
      const { during } = this;
      const elapsed = stopwatch();
      try {
        await this.#connection.pool.query(statement, [turn]);
      } catch (error) {
        this.failures.push(`${during}: ${String(error)}: ${statement}`);
      }
      this.count += 1;
      // It may have begun before what it waited for.
      for (const each of new Set([during, this.during])) {
        const ms = elapsed();
        if (ms > (this.longest.get(each)?.ms ?? 0)) this.longest.set(each, { ms, statement, during: each });
      }
    }
  }
}
