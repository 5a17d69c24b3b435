import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { madeUpCorpus } from '@promptory/api/testing';
import {
  createTestDatabase,
  fillPromptWorld,
  seededRandom,
  startEphemeralCluster,
  withClient,
  withoutUpkeep,
} from '@promptory/db/testing';
import { parse } from 'csv-parse/sync';
import type { Benchmark } from './benchmark.ts';

const MEGABYTES = Number(process.env.BACKUP_MEGABYTES ?? 256);
const SEED = Number(process.env.BACKUP_SEED ?? 1);
const VERSIONS_A_PROMPT = 10;
const PIECES = 2_000;
const MB = 2 ** 20;
const LOOK_MS = 100;
const PEAK_MEMORY = 400;
const ROOT = join(import.meta.dirname, '..');

export default {
  name: 'backup',
  claim: `A backup of ${MEGABYTES} MB of prompts takes at most six times as long as PostgreSQL takes to turn the same rows into text, a restore at most five times as long as the backup, and neither more than ${PEAK_MEMORY} MB of memory, however many rows there are.`,
  async run() {
    const cluster = await startEphemeralCluster({ onDisk: true });
    const folder = await mkdtemp(join(tmpdir(), 'promptory-backup-bench-'));
    try {
      const database = await createTestDatabase({ server: cluster });
      const { connectionString } = database;
      const rows = await withClient(connectionString, fill);
      const { plain, bytes } = await withClient(connectionString, async (client) => {
        const began = performance.now();
        const { rows: found } = await client.query<{ bytes: string }>(
          'SELECT sum(length(prompt_versions::text)) AS bytes FROM prompt_versions',
        );
        return { plain: (performance.now() - began) / 1_000, bytes: Number(found[0]?.bytes) };
      });
      const backup = await timed('backup', [], { DATABASE_URL: connectionString, BACKUP_FOLDER: folder });
      const [file = ''] = (await readdir(folder)).filter((name) => name.endsWith('.zip'));
      const { size } = await stat(join(folder, file));
      await withClient(cluster.connectionString, (client) => client.query('CREATE DATABASE restored'));
      const target = Object.assign(new URL(connectionString), { pathname: '/restored' }).href;
      const restore = await timed('restore', [join(folder, file)], { DATABASE_URL: target });
      await database.drop();
      const line = (label: string, { seconds, peak }: Timed) => ({
        label,
        values: [seconds.toFixed(1), (bytes / MB / seconds).toFixed(0), (peak / MB).toFixed(0)],
      });
      return {
        tables: [
          {
            columns: [
              `${rows} rows, ${(bytes / MB).toFixed(0)} MB, in a file of ${(size / MB).toFixed(0)}`,
              's',
              'MB/s',
              'MB of memory',
            ],
            rows: [
              {
                label: 'turned into text by PostgreSQL',
                values: [plain.toFixed(1), (bytes / MB / plain).toFixed(0), ''],
              },
              line('pnpm backup', backup),
              line('pnpm restore', restore),
            ],
          },
        ],
        ratios: [
          { label: 'a backup', value: backup.seconds / plain, target: { atMost: 6 }, against: 'the rows as text' },
          { label: 'a restore', value: restore.seconds / backup.seconds, target: { atMost: 5 }, against: 'the backup' },
          ...[backup, restore].map(({ peak }, at) => ({
            label: `memory of a ${at === 0 ? 'backup' : 'restore'}`,
            value: peak / MB / PEAK_MEMORY,
            target: { atMost: 1 },
            against: `${PEAK_MEMORY} MB`,
          })),
        ],
      };
    } finally {
      await cluster.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
} satisfies Benchmark;

type Client = Parameters<Parameters<typeof withClient>[1]>[0];

/** Texts as people write them: of the collection that PROMPTORY_CORPUS names, else made up of words. */
async function pieces(): Promise<string[]> {
  const path = process.env.PROMPTORY_CORPUS;
  if (path !== undefined && path !== '') {
    const rows: { prompt: string }[] = parse(readFileSync(path), { columns: true, bom: true });
    return rows.map(({ prompt }) => prompt.replaceAll('\0', ''));
  }
  const random = seededRandom(SEED);
  const words = [...new Set(madeUpCorpus().prompts.flatMap(({ content }) => content.split(' ')))];
  const syllable = (): string => Math.floor(random() * 5_000).toString(36);
  const word = (): string => (random() < 0.5 ? words[Math.floor(random() ** 2 * words.length)] : syllable()) ?? '';
  return Array.from({ length: PIECES }, () => Array.from({ length: 50 + random() * 600 }, word).join(' '));
}

/** @returns how many versions there are then */
async function fill(client: Client): Promise<number> {
  const texts = await pieces();
  const mean = texts.reduce((sum, piece) => sum + piece.length, 0) / texts.length;
  const versions = Math.ceil((MEGABYTES * MB) / (mean + 200));
  const prompts = Math.ceil(versions / VERSIONS_A_PROMPT);
  await fillPromptWorld(client, { prompts });
  await client.query('CREATE TEMP TABLE pieces (n int PRIMARY KEY, content text)');
  await client.query(
    `INSERT INTO pieces SELECT n - 1, content FROM unnest($1::text[]) WITH ORDINALITY AS t(content, n)`,
    [texts],
  );
  await withoutUpkeep(client, ['prompt_versions'], async () => {
    await client.query(
      `INSERT INTO prompt_versions (prompt_id, version, title, description, content, config, author_id, content_hash)
       SELECT prompts.id, step, title, description, 'Version ' || step || '. ' || pieces.content, '{"temperature":0}'::jsonb, user_id,
         sha256((prompts.id || ' ' || step)::bytea)
       FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM prompts) AS prompts,
         generate_series(1, ${VERSIONS_A_PROMPT}) AS step
       JOIN pieces ON true
       WHERE pieces.n = (prompts.n * 7 + step * 131) % $1`,
      [texts.length],
    );
  });
  await client.query('VACUUM (ANALYZE) prompt_versions');
  return prompts * VERSIONS_A_PROMPT;
}

interface Timed {
  readonly seconds: number;
  /** Resident bytes at most. */
  readonly peak: number;
}

/** Runs a command of packages/db in a process of its own. */
async function timed(name: string, args: readonly string[], settings: Record<string, string>): Promise<Timed> {
  const script = join(ROOT, `packages/db/src/cli/${name}.ts`);
  const began = performance.now();
  const child = spawn(process.execPath, ['--conditions=@promptory/source', script, ...args], {
    env: { PATH: process.env.PATH ?? '', ...settings },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said = text(child.stderr);
  let peak = 0;
  const looks = setInterval(() => {
    peak = Math.max(peak, peakBytes(child.pid ?? 0));
  }, LOOK_MS);
  const [code] = await once(child, 'close');
  clearInterval(looks);
  if (code !== 0) throw new Error(`pnpm ${name} failed: ${await said}`);
  return { seconds: (performance.now() - began) / 1_000, peak };
}

/** What the process had in memory at most, as Linux counts it; 0 once it is gone. */
function peakBytes(pid: number): number {
  try {
    const [, kilobytes = '0'] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) * 1_024;
  } catch {
    return 0;
  }
}
