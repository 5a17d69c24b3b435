import { Command } from '@commander-js/extra-typings';
import { CommanderError } from 'commander';
import { Cli } from './cli.ts';
import { addAccountCommands } from './commands/account.ts';
import { addCompletion } from './commands/completion.ts';
import { addLabelCommands } from './commands/moving/labels.ts';
import { addReleaseCommands } from './commands/moving/releases.ts';
import { addOwnAccountCommands } from './commands/own-account/own-account.ts';
import { addExportCommand } from './commands/project/export.ts';
import { addImportCommand } from './commands/project/import.ts';
import { addSyncCommands } from './commands/project/sync.ts';
import { addTypesCommand } from './commands/project/write-types.ts';
import { addDiffCommand } from './commands/reading/diff.ts';
import { addReadingCommands } from './commands/reading/reading.ts';
import { ExitCode, failureOf } from './failure.ts';
import type { Surroundings } from './surroundings.ts';

declare const CLI_VERSION: string;

const EXIT_CODES = `
Exit codes: 0 done, 1 refused or --check fails, 2 wrong command line, 3 not signed in, 4 not there,
5 a conflict or broken callers, 6 not allowed, 7 no answer. The README says which command ends how.`;

/** All commands, as they are declared. */
export function programOf(
  args: readonly string[],
  surroundings: Surroundings,
): { readonly program: Command; readonly cli: Cli } {
  const program = new Command('promptory');
  const cli = new Cli(surroundings, () => program.opts() as { url?: string; json?: boolean });
  program
    .description('Prompts as typed, deployable things: fetch, edit in git, label, release, and know their types.')
    .version(typeof CLI_VERSION === 'string' ? CLI_VERSION : '0.0.0')
    .option('--url <address>', 'the server, instead of PROMPTORY_URL or the one that you signed in to last')
    .option('--json', 'answer JSON')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .showHelpAfterError('Run it with --help to see what it takes.')
    .configureOutput({
      writeOut: (text) => void surroundings.stdout.write(text),
      writeErr: (text) => void surroundings.stderr.write(text),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      outputError: (text, write) => write(text.replace(/^error: /, 'promptory: ')),
    });
  addAccountCommands(program, cli);
  addReadingCommands(program, cli);
  addDiffCommand(program, cli);
  addTypesCommand(program, cli);
  addSyncCommands(program, cli);
  addLabelCommands(program, cli);
  addReleaseCommands(program, cli);
  addImportCommand(program, cli);
  addExportCommand(program, cli);
  addOwnAccountCommands(program, cli);
  addCompletion(program, surroundings, args);
  program.addHelpText('after', EXIT_CODES);
  return { program, cli };
}

/** Runs the command and answers its exit code. `args` are those after the program's own name. */
export async function runCli(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { program, cli } = programOf(args, surroundings);
  try {
    await program.parseAsync(args, { from: 'user' });
    return ExitCode.done;
  } catch (thrown) {
    // Commander has said what is wrong with the command line, or shown the help that was asked for.
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? ExitCode.done : ExitCode.usage;
    const failure = failureOf(thrown);
    cli.out.failure(failure, thrown);
    return surroundings.signal.aborted ? ExitCode.interrupted : failure.exitCode;
  }
}
