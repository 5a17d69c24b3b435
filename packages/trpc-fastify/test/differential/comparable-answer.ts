import { dateTransformer } from '../fixtures/date-transformer.ts';
import type { Journal } from '../fixtures/wire-router.ts';

/** What a caller can observe of an answer, in a form in which two answers can be compared. */
export interface ComparableAnswer {
  status: number;
  /** Media type and parameters, in lower case. */
  type: string;
  /** Vary (sorted), Allow (sorted), and what `responseMeta` sets. */
  headers: Record<string, string>;
  /** Parsed JSON; the final values of a JSON-lines stream; the events of an event stream; else the text. */
  body: unknown;
  /** What the server did meanwhile, sorted: calls of a batch run side by side. */
  journal: Journal;
}

interface Received {
  statusCode: number;
  headers: Record<string, number | string | string[] | undefined>;
  body: string;
}

const LISTS = ['vary', 'allow'];
const COMPARED = [...LISTS, 'cache-control', 'set-cookie', 'x-accel-buffering', 'x-meta'];

type Encoded = [[unknown?], ...[key: string | number | null, type: 0 | 1, chunk: number][]];
type Chunk = [id: number, status: 0 | 1 | 2, value: unknown];

/** The values of tRPC's JSON-lines stream, whatever the order in which its chunks arrived. */
function settled(lines: readonly unknown[]): unknown {
  const [head, ...chunks] = lines as [Record<string, Encoded>, ...Chunk[]];
  const value = ([[data], ...later]: Encoded): unknown => {
    let whole = data;
    for (const [key, type, id] of later) {
      const own = chunks.filter(([chunk]) => chunk === id);
      const parts = own.map(([, status, part]) => {
        const failed = status === (type === 0 ? 1 : 2);
        return { status, value: failed ? part : value(part as Encoded) };
      });
      const made = type === 0 && parts.length === 1 && parts[0]?.status === 0 ? parts[0].value : { later: parts };
      if (key === null) whole = made;
      else (whole as Record<string, unknown>)[key] = made;
    }
    return whole;
  };
  return { lines: Object.fromEntries(Object.entries(head).map(([index, encoded]) => [index, value(encoded)])) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function eventsOf(text: string): object {
  const events = text.split('\n\n').filter((block) => block.trim() !== '');
  return {
    events: events.map((block) =>
      Object.fromEntries(
        block
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => {
            const at = line.indexOf(': ');
            const [field, value] = at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 2)];
            return [field, field === 'data' ? (parsed(value) ?? value) : value];
          }),
      ),
    ),
  };
}

function bodyOf(text: string, type: string, transformed: boolean): unknown {
  if (text === '') return '';
  if (type.startsWith('text/event-stream')) return eventsOf(text);
  const whole = parsed(text);
  if (whole !== undefined) return whole;
  const lines = text.trimEnd().split('\n').map(parsed);
  if (lines.length < 2 || lines.includes(undefined)) return text;
  return settled(transformed ? lines.map((line) => dateTransformer.deserialize(line)) : lines);
}

function sorted(list: string): string {
  return [
    ...new Set(
      list
        .toLowerCase()
        .split(',')
        .map((item) => item.trim()),
    ),
  ]
    .sort()
    .join(', ');
}

/** What was received, made comparable. `transformed`: the router has the date transformer. */
export function comparableAnswer(
  { statusCode, headers, body }: Received,
  journal: Journal,
  transformed: boolean,
): ComparableAnswer {
  const [media = '', ...parameters] = String(headers['content-type'] ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const type = [media, ...parameters.sort()].join('; ');
  const compared = COMPARED.filter((name) => headers[name] !== undefined).map((name): [string, string] => {
    const value = String(headers[name]);
    return [name, LISTS.includes(name) ? sorted(value) : value];
  });
  return {
    status: statusCode,
    type,
    headers: Object.fromEntries(compared),
    body: bodyOf(body, type, transformed),
    journal: journal.toSorted(),
  };
}

/** The answer whose connection broke before it was complete: what was reported of it by then is a matter of time. */
export function brokenAnswer(journal: Journal): ComparableAnswer {
  const begun = journal.filter((line) => !line.startsWith('error')).sort();
  return { status: 0, type: '', headers: {}, body: 'broken', journal: begun };
}
