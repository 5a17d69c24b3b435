import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { refuse } from './request-refused.ts';

/** Arrays and objects inside each other, at most. */
export const MAX_JSON_DEPTH = 64;

/** Whether the request announces a body at all. */
export function announcesBody(req: FastifyRequest): boolean {
  const length = req.headers['content-length'];
  return req.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/**
 * Values, and names of members, that one JSON text may have. Each takes many times as long to parse, to check and to free
 * as its characters do: 80,000 different names in a mebibyte, a tenth of a second.
 */
export const MAX_JSON_VALUES = 50_000;
export const MAX_JSON_NAMES = 20_000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Where a string ends that begins at a quotation mark: at the next one that is not escaped, or with the text. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return end;
  }
  return text.length;
}

/**
 * Refuses a text that nests too deeply or has too many values or names, before it is parsed and whether it is JSON or not.
 * Looks at each character once, of strings only for their ends.
 */
export function refuseCostlyJson(text: string): void {
  let depth = 0;
  let values = 1;
  let names = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) at = endOfString(text, at);
    else if (character === OPEN_ARRAY || character === OPEN_OBJECT) {
      // An empty one is a value that the comma before it has counted.
      if (text.charCodeAt(at + 1) !== character + 2) values++;
      if (++depth > MAX_JSON_DEPTH) {
        throw refuse('too_deep', `The JSON nests deeper than ${MAX_JSON_DEPTH} levels.`);
      }
    } else if (character === CLOSE_ARRAY || character === CLOSE_OBJECT) depth--;
    else if (character === COMMA) values++;
    else if (character === COLON) names++;
    if (values > MAX_JSON_VALUES) throw refuse('too_large', `The JSON has more than ${MAX_JSON_VALUES} values.`);
    if (names > MAX_JSON_NAMES) throw refuse('too_large', `The JSON has more than ${MAX_JSON_NAMES} names.`);
  }
}

/** Parses JSON text as Fastify's prototype-safe parser does, and refuses what costs too much. Throws a refusal. */
export type SafeJsonParse = (req: FastifyRequest, text: string) => unknown;

/** The parser of {@link SafeJsonParse}, on Fastify's own secure-json-parse (`__proto__`, `constructor.prototype` refused). */
export function safeJsonParser(app: FastifyInstance): SafeJsonParse {
  const parse = app.getDefaultJsonParser('error', 'error');
  return (req, text) => {
    refuseCostlyJson(text);
    let failure: Error | null = null;
    let value: unknown;
    parse(req, text, (error, body) => {
      failure = error;
      value = body;
    });
    if (failure !== null) throw refuse('malformed_json', 'The body is not valid JSON.');
    return value;
  };
}

/** The text of a body; refuses bytes that are not UTF-8 instead of storing U+FFFD for them. */
export function textOf(body: Buffer): string {
  if (!isUtf8(body)) throw refuse('malformed_json', 'The body is not valid UTF-8.');
  return body.toString('utf8');
}

const DRAINED_BYTES = 65_536;

/** An answer to a body that nobody will read ends the connection, so that the rest is never received. */
export function closeIfUnread(req: FastifyRequest, reply: FastifyReply): void {
  // HTTP/2 has no such header, and its streams end without their connection.
  if (req.raw.complete || reply.raw.headersSent || req.raw.httpVersionMajor > 1) return;
  const length = Number(req.headers['content-length'] ?? 0);
  if (req.headers['transfer-encoding'] !== undefined || !(length <= DRAINED_BYTES)) reply.header('connection', 'close');
}
