import type { Command } from '@commander-js/extra-typings';
import type { Cli } from '../../cli.ts';
import { deleteAccount, planDeletion } from './delete-account.ts';
import { exportAccount } from './export-account.ts';

const PASSWORD_STDIN = 'read the password from standard input, and a code of the second factor from its next line';

export function addOwnAccountCommands(program: Command, cli: Cli): void {
  const account = program
    .command('account')
    .description('take along or delete your account, signed in by your password: no key may do that');
  account
    .command('export')
    .description('write everything that the server keeps of your account, as lines of JSON')
    .requiredOption('--out <file>', 'the file to write')
    .option('--force', 'overwrite it where it is there')
    .option('--email <address>', 'whose account it is')
    .option('--password-stdin', PASSWORD_STDIN)
    .action((options) => exportAccount(cli, options));
  account
    .command('plan-deletion')
    .description('show what would become of your groups and prompts if you deleted your account')
    .option('--email <address>', 'whose account it is')
    .option('--password-stdin', PASSWORD_STDIN)
    .action((options) => planDeletion(cli, options));
  account
    .command('delete')
    .description('delete your account for good, as it is shown before')
    .option('--email <address>', 'whose account it is')
    .option('--password-stdin', PASSWORD_STDIN)
    .option('--revision <revision>', 'that of the plan which you have seen, where nobody can be asked')
    .action((options) => deleteAccount(cli, options));
}
