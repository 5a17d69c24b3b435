import type { Command } from '@commander-js/extra-typings';
import type { Cli } from '../../cli.ts';
import { breakLines, ExitCode, Failure } from '../../failure.ts';
import { versionDiffText } from '../../terminal/diff-text.ts';
import { nameIn } from '../references.ts';

/** Where only a name is given, what its latest version changes in production. */
function pairOf(from: string, to: string | undefined): [string, string] {
  if (to !== undefined) return [from, to];
  return /[@#]/.test(from) ? [from, `${nameIn(from)}@latest`] : [`${from}@production`, `${from}@latest`];
}

async function showDiff(cli: Cli, from: string, to: string | undefined): Promise<void> {
  const { prompts, versions, labels } = await cli.promptory();
  const [before, after] = await Promise.all(pairOf(from, to).map((ref) => prompts.resolve.query({ ref })));
  if (before === undefined || after === undefined || before.promptId !== after.promptId) {
    throw new Failure(ExitCode.usage, 'These are two prompts: versions of one are compared.');
  }
  const { promptId: id } = before;
  const [diff, check] = await Promise.all([
    versions.diff.query({ id, from: before.version, to: after.version }),
    // A label alone has callers that a version can break.
    before.label === null || before.label === 'latest'
      ? null
      : labels.check.query({ id, label: before.label, version: after.version }),
  ]);
  cli.out.answer({ ...diff, check }, (paint) => {
    const head = paint('bold', `${before.ref} #${before.version} → #${after.version}`);
    const text = versionDiffText(diff, paint);
    const verdict =
      check === null || check.isCompatible
        ? []
        : [
            paint('yellow', `Moving ${check.label} to #${check.to} breaks its callers:`),
            ...breakLines(check.breaks).map((line) => `  ${line}`),
          ];
    return [
      head,
      ...(text === '' ? ['Nothing differs.'] : ['', text]),
      ...(verdict.length > 0 ? ['', ...verdict] : []),
    ].join('\n');
  });
}

export function addDiffCommand(program: Command, cli: Cli): void {
  program
    .command('diff')
    .description('show what changes between two versions of a prompt, and what of it breaks callers')
    .argument('<from>', 'a reference; a name alone compares its production with its latest version')
    .argument('[to]', 'another reference of the same prompt; the latest version unless given')
    .action((from, to) => showDiff(cli, from, to));
}
