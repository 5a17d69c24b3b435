import { isPromptoryError, PromptoryError } from '@promptory/client';

/** What the command ends with; the README says the same. */
export const ExitCode = {
  done: 0,
  /** The server or a check said no. */
  refused: 1,
  usage: 2,
  notSignedIn: 3,
  notFound: 4,
  conflict: 5,
  forbidden: 6,
  /** No answer, or none now. */
  unavailable: 7,
  /** As a shell says it of a process that SIGINT ended. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Ends the command with one sentence that says what to do. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: ExitCode;
  /** More lines, such as one for each fault. */
  readonly details: readonly string[];

  constructor(exitCode: ExitCode, message: string, details: readonly string[] = []) {
    super(message);
    this.exitCode = exitCode;
    this.details = details;
  }
}

const CODE_OF_STATUS = new Map<number, ExitCode>([
  [401, ExitCode.notSignedIn],
  [403, ExitCode.forbidden],
  [404, ExitCode.notFound],
  [409, ExitCode.conflict],
  [412, ExitCode.conflict],
  [429, ExitCode.unavailable],
]);

function exitCodeOf({ code, status }: PromptoryError): ExitCode {
  if (code === 'client.aborted') return ExitCode.interrupted;
  if (status === null || status >= 500) return ExitCode.unavailable;
  return CODE_OF_STATUS.get(status) ?? ExitCode.refused;
}

/** What to do about it, where the server's sentence does not say. */
function adviceOn(error: PromptoryError): string {
  if (error.code === 'auth.scope_missing') return ` Sign in with a key that has the scope ${error.details.scope}.`;
  if (error.status === 401) return ' Run `promptory login` with a key that is valid.';
  if (error.code === 'prompt.breaking_change') return ' `--accept-breaking --reason "…"` moves it all the same.';
  if (error.code === 'client.network') return ' Look whether the address is right and the server runs.';
  return '';
}

type Breaks = readonly { readonly side: string; readonly path: string; readonly message: string }[];

/** A line for each thing that breaks callers. */
export const breakLines = (breaks: Breaks): string[] =>
  breaks.map(({ side, path, message }) => `${side} ${path === '' ? '(the whole)' : path} ${message}`);

function detailsOf(error: PromptoryError): string[] {
  if (error.code === 'prompt.breaking_change') return breakLines(error.details.breaks);
  if (error.code === 'release.refused') {
    return error.details.refusals.flatMap(({ index, message, breaking }) => [
      `No. ${index + 1}: ${message}`,
      ...breakLines(breaking?.breaks ?? []).map((line) => `  ${line}`),
    ]);
  }
  return error.errors.map(({ path, message }) => `${path === '' ? '(the whole)' : path}: ${message}`);
}

/** Whatever was thrown, as the command ends with it; a fault of the command itself is thrown on. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  if (isPromptoryError(thrown)) {
    return new Failure(exitCodeOf(thrown), `${thrown.message}${adviceOn(thrown)}`, detailsOf(thrown));
  }
  const systemCode = thrown instanceof Error && 'syscall' in thrown && 'code' in thrown ? thrown.message : undefined;
  if (systemCode !== undefined) return new Failure(ExitCode.refused, `${systemCode}.`);
  throw thrown;
}

/** The failure as JSON says it. */
export function failureJson(failure: Failure, thrown: unknown): object {
  const { message, details, exitCode } = failure;
  const own = thrown instanceof PromptoryError ? { code: thrown.code, requestId: thrown.requestId } : { code: null };
  return { error: { ...own, message, details, exitCode } };
}
