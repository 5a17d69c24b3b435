import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { callersOf, givenApiKey, givenPerson, givenPrompts } from '@promptory/api/testing';
import { source } from '../rendered-prompt.ts';
import { ended } from '../sites/measured-server.ts';
import { openSite, type Site } from '../sites/open-site.ts';
import type { Served } from '../sites/production-server.ts';

const BARE = join(import.meta.dirname, 'bare-server.ts');
const OTHER_PROMPTS = 500;

/** The product in production mode, and the bare server, over one database with a prompt that a key may read. */
export interface CallSite extends Site {
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
  return openSite('calls', { onDisk: true }, async ({ cluster, database, services, marks, ending, serve }) => {
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
    const { key } = await givenApiKey(database.db, ann, { marks });
    await database.pool.query('VACUUM ANALYZE');
    await database.pool.query('CHECKPOINT').catch(() => undefined);

    const bare = fork(BARE, {
      env: { ...process.env, NODE_ENV: 'production', DATABASE_URL: database.connectionString },
    });
    ending(() => ended(bare, () => bare.disconnect()));
    const [port] = (await once(bare, 'message')) as [number];

    const server = await serve(settings, nodeOptions);
    return {
      ...{ id, ref: 'support/triage@production', others, headers: { 'x-api-key': key } },
      ...{ server, bare: { port, pid: bare.pid ?? 0 }, databasePid: cluster.pid },
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
  });
}
