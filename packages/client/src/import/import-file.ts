import type { ImportEvent, PromptFileFormat, PromptVisibility, TransferFormat } from '../contract/contract.ts';
import { abortedError, errorOf } from '../errors/error-answer.ts';
import { PromptoryError } from '../errors/promptory-error.ts';
import { type Connection, resolveHeaders } from '../links/connection.ts';
import { readFetch } from '../links/read-fetch.ts';
import { isTokenRefused, type TokenSource } from '../session/token-source.ts';

/** How a file is imported. */
export interface ImportFileOptions {
  /** What the file is. Of JSON either type may be lines or an array: the text shows which. */
  readonly type: TransferFormat;
  /** Says what would happen and changes nothing. */
  readonly dryRun?: boolean;
  /** For rows that do not say. */
  readonly visibility?: PromptVisibility;
  /** What the file is called, such as `team/greet.prompt`: shows its format, and names a prompt that has no name. */
  readonly name?: string;
  /** Of a file of another system, where its text does not show it. */
  readonly format?: PromptFileFormat;
  /** Moves labels also where that breaks callers, for the `reason` that has to be given then. */
  readonly acceptBreaking?: boolean;
  /** Why labels are moved, for their history. */
  readonly reason?: string;
  /** Ends the import; rows done by then stay. */
  readonly signal?: AbortSignal;
}

/**
 * One row, how far the import is, or its end. `bytes` of `totalBytes` have been read; how many those are is null for a stream,
 * which does not say.
 */
export type ImportFileEvent =
  | Exclude<ImportEvent, { type: 'progress' }>
  | (Extract<ImportEvent, { type: 'progress' }> & { readonly totalBytes: number | null });

/** Ends with one event `done`. Leaving the loop early ends the import; rows done by then stay. */
export type ImportFile = (
  file: string | Blob | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
  options: ImportFileOptions,
) => AsyncIterable<ImportFileEvent>;

interface ImportConnection extends Connection {
  readonly url: string;
  readonly tokens: TokenSource;
}

/** Options that the server reads in the address. */
const IN_ADDRESS = ['dryRun', 'visibility', 'name', 'format', 'acceptBreaking', 'reason'] as const;

/** The procedure that an import calls. */
const PATH = 'transfer.import';

// In characters. A line describes one row, so a longer one is no answer of Promptory.
const MAX_LINE_LENGTH = 1_000_000;

/** The values of a stream of JSON lines. */
export async function* jsonLines(body: ReadableStream<Uint8Array>): AsyncGenerator<unknown, void> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader();
  let rest = '';
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      const lines = (rest + step.value).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield JSON.parse(line);
      if (rest.length > MAX_LINE_LENGTH) throw new SyntaxError('A line is too long.');
    }
    if (rest !== '') yield JSON.parse(rest);
  } finally {
    await reader.cancel();
  }
}

function sizeOf(file: Parameters<ImportFile>[0]): number | null {
  if (typeof file === 'string') return new TextEncoder().encode(file).byteLength;
  if (file instanceof Blob) return file.size;
  return file instanceof Uint8Array ? file.byteLength : null;
}

/** The event with what only this side knows. */
const withTotal = (event: ImportEvent, totalBytes: number | null): ImportFileEvent =>
  event.type === 'progress' ? { ...event, totalBytes } : event;

const isError = (value: unknown): boolean => (value as { type?: unknown } | null)?.type === 'error';

/** What type-checks nowhere, and what `fetch` would send as `[object Object]`. */
function requireFile(file: unknown): void {
  const isValue =
    typeof file === 'object' && file !== null && [Object.prototype, null].includes(Object.getPrototypeOf(file));
  if (isValue || Array.isArray(file) || file === undefined || file === null) {
    throw new TypeError(
      '$import takes a text, bytes, a Blob or a stream: of prompts at hand, JSON.stringify(prompts).',
    );
  }
}

/** Begins the import and answers its events as bytes; a refused token is renewed once where the file can be sent again. */
async function begin(
  connection: ImportConnection,
  file: Parameters<ImportFile>[0],
  given: { url: string; type: TransferFormat; signal: AbortSignal },
): Promise<ReadableStream<Uint8Array>> {
  const { tokens } = connection;
  const isStream = file instanceof ReadableStream;
  const send = async (token: string | null) => {
    const init: RequestInit & { duplex?: 'half' } = {
      method: 'POST',
      headers: {
        ...(await resolveHeaders(connection.headers)),
        'content-type': given.type,
        accept: 'application/x-ndjson',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      body: file,
      signal: given.signal,
      ...(isStream ? { duplex: 'half' } : {}),
    };
    const { ok, body, status } = await readFetch({ ...connection, streams: true })(given.url, init);
    if (ok && body !== null) return body;
    const message = `The answer (status ${status}) is not one of Promptory.`;
    throw new PromptoryError({ code: 'client.unreadable', message, status });
  };
  const token = await tokens.token();
  try {
    return await send(token);
  } catch (cause) {
    if (isStream || token === null || !(cause instanceof PromptoryError) || !isTokenRefused(cause)) throw cause;
    const renewed = await tokens.renew(token);
    if (renewed === null || renewed === token) throw cause;
    return send(renewed);
  }
}

/** `$import`: the file as the body of `POST /prompts/import`, the answer as NDJSON. */
export function importFile(connection: ImportConnection): ImportFile {
  return async function* (file, { type, signal, ...given }) {
    requireFile(file);
    const leaving = new AbortController();
    const signals = [leaving.signal, connection.closed, ...(signal === undefined ? [] : [signal])];
    const url = new URL(connection.url);
    for (const name of IN_ADDRESS) if (given[name] !== undefined) url.searchParams.set(name, String(given[name]));
    const totalBytes = sizeOf(file);
    let ended = false;
    try {
      const lines = jsonLines(await begin(connection, file, { url: url.href, type, signal: AbortSignal.any(signals) }));
      for await (const event of lines) {
        if (isError(event)) throw errorOf(event, { path: PATH }) ?? new SyntaxError('The error has no code.');
        ended = (event as ImportEvent).type === 'done';
        yield withTotal(event as ImportEvent, totalBytes);
      }
      if (!ended) throw new Error('The answer stops before its end.');
    } catch (cause) {
      if (cause instanceof PromptoryError) throw cause;
      if (signal?.aborted || connection.closed.aborted) throw abortedError(cause);
      if (cause instanceof SyntaxError) {
        throw new PromptoryError({ code: 'client.unreadable', message: 'The answer is not one of Promptory.', cause });
      }
      throw new PromptoryError({ code: 'client.network', message: 'The stream broke off.', cause });
    } finally {
      leaving.abort();
    }
  };
}
