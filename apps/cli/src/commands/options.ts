import { InvalidArgumentError } from 'commander';
import { ExitCode, Failure } from '../failure.ts';

/** Of a command line: a whole number within bounds. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It is a whole number from ${least} to ${most}.`);
  };

/** An option that may be given several times. */
export const repeated = (text: string, before: readonly string[] = []): string[] => [...before, text];

/** A move that breaks callers is accepted for a reason. */
export function requireReason(options: {
  readonly acceptBreaking?: true | undefined;
  readonly reason?: string | undefined;
}): void {
  if (options.acceptBreaking === true && options.reason === undefined) {
    throw new Failure(
      ExitCode.usage,
      'Say why with --reason: the history of the label keeps it with --accept-breaking.',
    );
  }
}

/** Of an argument that says where a label is to point. */
export const VERSION_HELP = 'which version, such as support/triage#4, support/triage@staging or support/triage@latest';
