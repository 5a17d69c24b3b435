import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { jsonBounds, jsonExcess } from '../json/json-excess.ts';
import { RequestRefused, refuse } from './request-refused.ts';

/** Whether the request announces a body at all. */
export function announcesBody(req: FastifyRequest): boolean {
  const length = req.headers['content-length'];
  return req.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

const BYTE_ORDER_MARK = '\ufeff';

/** Refuses a text that nests too deeply or has too many values or names, before it is parsed and whether it is JSON or not. */
export function refuseCostlyJson(text: string): void {
  switch (jsonExcess(text)) {
    case 'levels':
      throw refuse('too_deep', `The JSON nests deeper than ${jsonBounds.levels} levels.`);
    case 'values':
      throw refuse('too_large', `The JSON has more than ${jsonBounds.values} values.`);
    case 'names':
      throw refuse('too_large', `The JSON has more than ${jsonBounds.names} names.`);
  }
}

/** Parses JSON text as Fastify's prototype-safe parser does, and refuses what costs too much. Throws a refusal. */
export type SafeJsonParse = (req: FastifyRequest, text: string) => unknown;

/** How a host reads JSON: the text of a body, or the input that the address of a tRPC call names. */
export type ParseJson = (text: string, what: 'body' | 'input') => unknown;

/**
 * The parser of {@link SafeJsonParse}, on Fastify's own secure-json-parse (`__proto__`, `constructor.prototype` refused), or
 * on that of the host.
 */
export function safeJsonParser(app: FastifyInstance, parseJson?: ParseJson): SafeJsonParse {
  if (parseJson !== undefined) {
    return (req, text) => {
      refuseCostlyJson(text);
      try {
        const json = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
        return parseJson(json, req.method === 'GET' ? 'input' : 'body');
      } catch (error) {
        if (error instanceof RequestRefused) throw refuse(error.reason, error.message, error.field);
        throw refuse('malformed_json', 'The body is not valid JSON.');
      }
    };
  }
  const parse = app.getDefaultJsonParser('error', 'error');
  return (req, text) => {
    refuseCostlyJson(text);
    let failure: Error | null = null;
    let value: unknown;
    void parse(req, text, (error, body) => {
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
