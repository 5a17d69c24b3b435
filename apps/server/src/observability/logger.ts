import { type DestinationStream, type Level, type Logger, pino } from 'pino';
import { linesTo } from './joined-lines.ts';

export type { DestinationStream, Level, Logger } from 'pino';

// Opaque tokens and keys of ours, wherever a text quotes one.
const SECRETS = /pty_live_\w+|ptr_[\w.-]+/g;
// The secret of a mailed link, as a mail server quotes it that refuses the mail.
const LINK_SECRET = /([?&]token=)[\w-]+/g;
const RUNS = /[\w.-]+/g;

/** A run of characters that holds a JWT, up to where it begins: one pattern for a JWT would take the square of its length. */
function withoutJwt(run: string): string {
  const start = run.indexOf('eyJ');
  const isJwt = start >= 0 && run.slice(start).split('.', 3).length === 3;
  return isJwt ? `${run.slice(0, start)}[redacted]` : run;
}

/** The text without the credentials in it. */
export const withoutSecrets = (text: string): string =>
  text.replaceAll(SECRETS, '[redacted]').replaceAll(LINK_SECRET, '$1[redacted]').replaceAll(RUNS, withoutJwt);

const STANDARD_OUTPUT = 1;

interface LoggedError {
  type: string;
  message: string;
  code?: string;
  stack?: string;
  cause?: LoggedError;
}

/** What happened, without the values that drivers hang on their errors (a row's contents, a statement's parameters). */
export function loggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: withoutSecrets(String(error)).slice(0, 1_000) };
  const code: unknown = Reflect.get(error, 'code');
  return {
    type: error.name,
    message: withoutSecrets(error.message).slice(0, 1_000),
    ...(typeof code === 'string' ? { code } : {}),
    ...(error.stack === undefined ? {} : { stack: withoutSecrets(error.stack) }),
    ...(error.cause === undefined || depth >= 4 ? {} : { cause: loggedError(error.cause, depth + 1) }),
  };
}

/** As pino's `isoTime`, of which all but the milliseconds is written once for all lines of a second. */
function isoTimes(): () => string {
  let second = Number.NaN;
  let text = '';
  return () => {
    const now = Date.now();
    const ms = now % 1_000;
    if (now - ms !== second) {
      second = now - ms;
      text = `,"time":"${new Date(second).toISOString().slice(0, -4)}`;
    }
    return `${text}${String(ms).padStart(3, '0')}Z"`;
  };
}

/** Writes a line of details that are JSON. */
export type OwnLines<Details extends object> = (level: Level, details: Details) => void;

/**
 * The same log for lines of one message that hold nothing that anybody has sent, but what we know it to be: ids, codes, parts of our
 * own addresses. To look for credentials in each, and at each detail, takes most of the time of a line.
 *
 * @param message without quotes and backslashes
 */
export function ownLines<Details extends object>(logger: Logger, message: string): OwnLines<Details> {
  // Given by pino for those who write faster than it does.
  const { chindingsSym, streamSym, timeSym } = pino.symbols;
  const stream: DestinationStream = Reflect.get(logger, streamSym);
  const time: () => string = Reflect.get(logger, timeSym);
  const bindings: string = Reflect.get(logger, chindingsSym);
  return (level, details) => {
    if (!logger.isLevelEnabled(level)) return;
    const members = JSON.stringify(details).slice(1, -1);
    stream.write(`{"level":"${level}"${time()}${bindings},${members},"msg":"${message}"}\n`);
  };
}

/**
 * The process's log: JSON lines, on standard output unless given another destination. Bodies and queries are never given
 * to it; what looks like a credential is taken out should one come all the same.
 */
export function createLogger(options: {
  level: string;
  environment: string;
  destination?: DestinationStream | undefined;
}): Logger {
  const { destination } = options;
  return pino(
    {
      level: options.level,
      base: { service: 'promptory', environment: options.environment },
      timestamp: isoTimes(),
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (error: unknown) => loggedError(error) },
      redact: {
        paths: [
          '*.authorization',
          '*.cookie',
          '*["set-cookie"]',
          '*["x-api-key"]',
          'headers.authorization',
          'headers.cookie',
          'req.headers',
          'res.headers',
          '*.password',
          '*.token',
          '*.refreshToken',
          '*.accessToken',
          'password',
          'token',
          'refreshToken',
          'accessToken',
        ],
        censor: '[redacted]',
      },
    },
    destination ?? linesTo(STANDARD_OUTPUT),
  );
}
