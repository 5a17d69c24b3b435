import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join, relative, resolve, sep } from 'node:path';
import { type Command, Option } from '@commander-js/extra-typings';
import type { ImportFileEvent, PromptFileFormat, TransferFormat } from '@promptory/client';
import type { Cli } from '../../cli.ts';
import { ExitCode, Failure } from '../../failure.ts';
import type { Progress } from '../../terminal/output.ts';
import { readStdin } from '../../terminal/read-stdin.ts';
import { visible } from '../../terminal/visible.ts';
import { requireReason } from '../options.ts';

const MAX_BYTES = 16 * 1024 * 1024;

const FORMATS = ['dotprompt', 'prompty', 'langfuse', 'langsmith', 'github-models', 'openai', 'bundle'] as const;

/** What a name says of a file; of all others the server looks at the text. */
const TYPES = new Map<string, TransferFormat>([
  ['.csv', 'text/csv'],
  ['.tsv', 'text/csv'],
  ['.json', 'application/json'],
  ['.jsonl', 'application/x-ndjson'],
  ['.ndjson', 'application/x-ndjson'],
  ['.yaml', 'application/yaml'],
  ['.yml', 'application/yaml'],
]);

/** What is sent of the files that are named. */
interface Given {
  readonly type: TransferFormat;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly name?: string;
}

/** One file as it is, several and those of folders as lines of JSON that hold each its name and text. */
async function given({ surroundings }: Cli, paths: readonly string[]): Promise<Given> {
  const [only = '', another] = paths;
  if (only === '-' && another === undefined)
    return { type: 'text/plain', bytes: new Uint8Array(await readStdin(surroundings)) };
  const files: string[] = [];
  for (const path of paths) {
    const full = resolve(surroundings.cwd, path);
    if ((await stat(full)).isDirectory()) files.push(...(await filesBelow(full)));
    else files.push(full);
  }
  if (another === undefined && files.length === 1 && files[0] === resolve(surroundings.cwd, only)) {
    const type = TYPES.get(extname(only).toLowerCase()) ?? 'text/plain';
    return { type, bytes: new Uint8Array(await readFile(files[0])), name: basename(only) };
  }
  let size = 0;
  const lines: string[] = [];
  for (const file of files) {
    const content = await readFile(file, 'utf8');
    size += content.length;
    if (size > MAX_BYTES)
      throw new Failure(ExitCode.refused, 'These files have more than 16 MiB together: import them in parts.');
    const name = relative(surroundings.cwd, file)
      .split(sep)
      .filter((part) => part !== '..')
      .join('/');
    lines.push(`${JSON.stringify({ type: 'file', name, content })}\n`);
  }
  return { type: 'application/x-ndjson', bytes: new TextEncoder().encode(lines.join('')) };
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (file) =>
        !relative(folder, file)
          .split(sep)
          .some((part) => part.startsWith('.') || part === 'node_modules'),
    )
    .sort();
}

interface ImportOptions {
  readonly dryRun?: true | undefined;
  readonly visibility?: 'private' | 'public' | undefined;
  readonly format?: PromptFileFormat | undefined;
  readonly acceptBreaking?: true | undefined;
  readonly reason?: string | undefined;
}

type Row = Extract<ImportFileEvent, { type: 'row' }>;
type Summary = Extract<ImportFileEvent, { type: 'done' }>;

async function importFiles(cli: Cli, paths: readonly string[], options: ImportOptions): Promise<void> {
  requireReason(options);
  const { bytes, type, name } = await given(cli, paths);
  const promptory = await cli.promptory();
  const rows: Row[] = [];
  const sent = { ...options, ...(name === undefined ? {} : { name }), type };
  let bar: Progress | null = null;
  for await (const event of promptory.$import(bytes, { ...sent, signal: cli.surroundings.signal })) {
    if (event.type === 'row') rows.push(event);
    else if (event.type === 'progress') {
      bar ??= cli.out.progress('Importing', bytes.length);
      bar.to(event.bytes, `${event.rows} prompts`);
    } else {
      bar?.end(`${event.rows} prompts`);
      showImport(cli, rows, event);
    }
  }
}

function showImport(cli: Cli, rows: readonly Row[], summary: Summary): void {
  const { created, updated, unchanged, failed, dryRun, file } = summary;
  cli.out.answer({ ...summary, prompts: rows }, (paint) => {
    const shown = rows.filter(
      ({ outcome, reason, warnings }) =>
        outcome !== 'unchanged' && (outcome === 'failed' || reason !== null || warnings.length > 0),
    );
    const lines = shown.flatMap(({ row, title, outcome, reason, warnings }) => [
      `${outcome === 'failed' ? paint('red', outcome) : outcome} ${row} ${visible(title)}${reason === null ? '' : `: ${visible(reason)}`}`,
      ...warnings.map(({ message }) => paint('yellow', `  ${visible(message)}`)),
    ]);
    const left =
      file.leftOut.length === 0 ? [] : [`Left out, as they mean nothing here: ${visible(file.leftOut.join(', '))}.`];
    return [
      ...lines,
      ...left,
      `${created} created, ${updated} updated, ${unchanged} unchanged, ${failed} failed.`,
    ].join('\n');
  });
  if (dryRun) cli.out.note('Nothing was changed: this was a dry run.');
  if (failed > 0) throw new Failure(ExitCode.refused, `${failed} of ${summary.rows} could not be imported.`);
}

export function addImportCommand(program: Command, cli: Cli): void {
  program
    .command('import')
    .description('import prompts: CSV, JSON, and the files of other systems; the same again changes nothing')
    .argument('<files...>', 'files or folders; "-" is standard input')
    .option('--dry-run', 'say what would happen and change nothing')
    .addOption(new Option('--format <format>', 'what the file is, where its text does not show it').choices(FORMATS))
    .option('--public', 'show them to everybody who is signed in, where a file does not say')
    .option('--reason <text>', 'why labels are moved, for their history')
    .option('--accept-breaking', 'move labels also where that breaks callers; asks for a reason')
    .action((files, { public: isPublic, ...options }) =>
      importFiles(cli, files, { ...options, ...(isPublic === true ? { visibility: 'public' } : {}) }),
    );
}
