import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { revisionIn, tagsFromIfMatch, versionFromIfMatch } from '../http/etag.ts';
import { refuse } from '../http/request-refused.ts';
import { takesJson } from '../router/media-types.ts';
import { namesIn, type RestMeta } from '../router/rest-meta.ts';
import { fieldsOf, readingOf, type TextReading } from '../router/schema-fields.ts';

/** Characters of a number that no double rounds; a longer one stays text, so that the schema refuses it. */
const MAX_NUMBER_LENGTH = 15;

type DecodeText = (raw: unknown) => unknown;
type Fields = Record<string, unknown>;

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** One way to write each: not `1e1`, `10.0` or `-0`. */
const INTEGER = /^(?:0|-?[1-9]\d*)$/;

const isNumber = (text: string, { number, integer }: TextReading): boolean =>
  text.length <= MAX_NUMBER_LENGTH && ((number && NUMBER.test(text)) || (integer && INTEGER.test(text)));

function decodeScalar(text: string, reading: TextReading): unknown {
  if (reading.text) return text;
  if (isNumber(text, reading)) return Number(text);
  if (reading.boolean && text === 'true') return true;
  if (reading.boolean && text === 'false') return false;
  return text;
}

/**
 * Turns path and query texts into what a schema reads: numbers, booleans, arrays of them, else the text itself.
 * What does not fit stays as it is, so that the schema reports it. The schema is only looked at, never changed.
 */
export function textDecoder(schemas: readonly z.core.$ZodType[]): DecodeText {
  const reading = readingOf(schemas);
  const { list } = reading;
  const alone = !reading.text && !reading.number && !reading.integer && !reading.boolean;
  return (raw) => {
    if (typeof raw === 'string') {
      return list !== undefined && alone ? [decodeScalar(raw, list)] : decodeScalar(raw, reading);
    }
    if (!Array.isArray(raw) || list === undefined) return raw;
    return raw.map((item) => (typeof item === 'string' ? decodeScalar(item, list) : item));
  };
}

/** Makes the raw input of a procedure from one request. Throws refusals. */
export type DecodeInput = (req: FastifyRequest) => unknown;

function isPlainBody(body: unknown): body is Fields {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}

function setOnce(input: Fields, name: string, value: unknown, where: string): void {
  if (Object.hasOwn(input, name) && !Object.is(input[name], value)) {
    throw refuse('field_conflict', `"${name}" differs from the ${where}.`, name);
  }
  input[name] = value;
}

/** What a change builds on, named by If-Match and by its own field, which may say the revision alone: those that both name. */
function namedByBoth(tags: readonly string[], given: unknown): unknown {
  if (given === undefined) return tags;
  const field = [given].flat();
  // What are no texts is for the schema to refuse.
  return field.every((name) => typeof name === 'string')
    ? tags.filter((tag) => field.includes(tag) || field.includes(revisionIn(tag)))
    : given;
}

/**
 * Compiles, once, how a request of this REST entry becomes the input. `inputs` undefined: the procedure takes none.
 * @param resumes whether Last-Event-ID says where a stream of events was left
 */
export function inputDecoder(rest: RestMeta, inputs: z.core.$ZodType | undefined, resumes = false): DecodeInput {
  if (inputs === undefined) return () => undefined;
  const decoders = new Map<string, DecodeText>();
  for (const [name, field] of fieldsOf(inputs)) decoders.set(name, textDecoder(field.schemas));
  const parameters = namesIn(rest.path);

  function finish(req: FastifyRequest, input: Fields): Fields {
    const params = req.params as Record<string, string>;
    for (const name of parameters) {
      const raw = params[name];
      setOnce(input, name, decoders.get(name)?.(raw) ?? raw, 'path');
    }
    const leftAt = resumes ? req.headers['last-event-id'] : undefined;
    // Newer than what the address says, which an EventSource goes on asking for.
    if (leftAt !== undefined && leftAt !== '') input.lastEventId = leftAt;
    const header = req.headers['if-match'];
    if (typeof rest.ifMatch === 'string') {
      const version = versionFromIfMatch(header);
      if (version !== undefined) setOnce(input, rest.ifMatch, version, 'If-Match header');
    } else if (rest.ifMatch !== undefined) {
      const { tags: field } = rest.ifMatch;
      const tags = tagsFromIfMatch(header);
      if (tags !== undefined) input[field] = namedByBoth(tags, input[field]);
    }
    return input;
  }

  if (takesJson(rest)) {
    return (req) => {
      for (const key in req.query as Fields) {
        throw refuse('query_not_allowed', 'This route takes its fields from the body, not from the query.', key);
      }
      const body = req.body ?? {};
      return isPlainBody(body) ? finish(req, body) : body;
    };
  }
  return (req) => {
    // No prototype: a query key named __proto__ is a key like any other.
    const input: Fields = Object.create(null);
    const query = req.query as Fields;
    for (const key in query) {
      const decode = decoders.get(key);
      input[key] = decode === undefined ? query[key] : decode(query[key]);
    }
    return finish(req, input);
  };
}
