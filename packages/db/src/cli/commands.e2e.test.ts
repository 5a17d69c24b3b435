import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const folder = await mkdtemp(join(tmpdir(), 'promptory-commands-'));
afterAll(() => rm(folder, { recursive: true }));

/** Runs a command as its script in package.json does, with these settings and no others. */
async function run(name: string, args: readonly string[], settings: Readonly<Record<string, string>> = {}) {
  const path = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, ['--conditions=@promptory/source', path, ...args], {
    cwd: folder,
    // What a checkout's .env says counts for nothing here: each setting that matters is given.
    env: { PATH, NODE_COMPILE_CACHE, NODE_ENV: 'production', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, stdout, stderr };
}

const refused = (line: string | RegExp) => ({
  code: 1,
  stdout: '',
  stderr: typeof line === 'string' ? `${line}\n` : expect.stringMatching(new RegExp(`^${line.source}\n$`)),
});

type Case = [
  says: string,
  command: string,
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
  line: string | RegExp,
];
const DATABASE_URL = 'postgres://a:secret@127.0.0.1:9/a';

describe('a command that cannot be done', () => {
  it.each<Case>([
    ['has no database in production', 'migrate', [], {}, /DATABASE_URL is not set: [^\n]+ for development only\./],
    ['has none in staging', 'migrate-down', [], { NODE_ENV: 'staging' }, /DATABASE_URL is not set: [^\n]+/],
    [
      'is told no way that it knows',
      'migrate-down',
      ['--to', 'a'],
      { DATABASE_URL },
      /Usage: pnpm migrate:down [^\n]+/,
    ],
    ['is given what is no option', 'migrate-down', ['a'], { DATABASE_URL }, /Usage: pnpm migrate:down [^\n]+/],
    ['finds nobody there', 'migrate-status', [], { DATABASE_URL }, /[^\n]*ECONNREFUSED 127\.0\.0\.1:9/],
    ['is given no file', 'restore', [], {}, /Usage: pnpm restore <file>, [^\n]+/],
    ['is to fetch from no store', 'restore', ['store:newest'], {}, /BACKUP_STORE says where the store is, [^\n]+/],
    [
      'is given a store and no way in',
      'backup-drill',
      [],
      { BACKUP_STORE: 'https://s3.example.org/a', BACKUP_STORE_KEY_ID: 'a' },
      'BACKUP_STORE needs BACKUP_STORE_KEY_ID and BACKUP_STORE_SECRET.',
    ],
    [
      'finds no file where the person who types its name is',
      'restore',
      ['gone.zip'],
      { DATABASE_URL, INIT_CWD: folder },
      new RegExp(`Reading the backup\\.\\nENOENT: [^\\n]+ '${folder}/gone\\.zip'`),
    ],
    ['is given no name', 'db-new', [], {}, /Usage: pnpm db:new <name>, [^\n]+/],
    ['is given what is no name', 'db-new', ['Übel'], {}, /Usage: pnpm db:new <name>, [^\n]+/],
    ['finds no backup', 'backup-drill', [], { BACKUP_FOLDER: folder }, `${folder} holds no backup.`],
    [
      'finds no folder where backups lie unless they are put elsewhere',
      'backup-drill',
      [],
      { DATA_FOLDER: folder },
      `${join(folder, 'backups')} cannot be read.`,
    ],
    ...['x', '1.5', '100000'].map(
      (days): Case => [
        `is to keep backups for ${days} days`,
        'backup-drill',
        [],
        { BACKUP_FOLDER: folder, BACKUP_KEEP_DAYS: days },
        'BACKUP_KEEP_DAYS is a whole number from 0 to 99999.',
      ],
    ),
    [
      'is to keep no number of backups',
      'backup-drill',
      [],
      { BACKUP_FOLDER: folder, BACKUP_KEEP_LEAST: 'all' },
      'BACKUP_KEEP_LEAST is a whole number from 0 to 99999.',
    ],
  ])('says so in one line, and ends with 1: it %s', async (_, name, args, settings, line) => {
    expect(await run(name, args, settings)).toEqual(refused(line));
  });
});
