import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { writeAtomically } from '../../account/write-atomically.ts';
import type { Cli } from '../../cli.ts';
import { ExitCode, Failure } from '../../failure.ts';
import { asPerson, type SignInOptions } from './sign-in.ts';

interface ExportAccountOptions extends SignInOptions {
  readonly out: string;
  readonly force?: true | undefined;
}

/** Writes everything that the server keeps of an account into a file, line by line, for its owner's eyes only. */
export async function exportAccount(cli: Cli, { out, force, ...options }: ExportAccountOptions): Promise<void> {
  const path = resolve(cli.surroundings.cwd, out);
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (isThere && force !== true)
    throw new Failure(ExitCode.conflict, `${path} is there already: --force overwrites it.`);
  const counts = await asPerson(cli, options, async ({ promptory }) => {
    const found: Record<string, number> = {};
    const records = await promptory.me.export.query({});
    async function* lines(): AsyncGenerator<string> {
      for await (const record of records) {
        yield `${JSON.stringify(record)}\n`;
        found[record.type] = (found[record.type] ?? 0) + 1;
      }
    }
    await writeAtomically(path, lines(), 0o600);
    return found;
  });
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  cli.out.answer({ out, records: counts }, () =>
    [
      `Wrote ${total} records to ${out}:`,
      ...Object.entries(counts).map(([type, count]) => `  ${count} × ${type}`),
    ].join('\n'),
  );
}
