import pg from 'pg';
import { readJson } from '../json/parse-json.ts';

const JSON_TEXT = 114;
const INT8 = 20;
const INT8_ARRAY = 1016;
const DATE = 1082;
const DATE_ARRAY = 1182;
const TIMESTAMP = 1114;
const TIMESTAMP_ARRAY = 1115;
const TIMESTAMPTZ = 1184;
const TIMESTAMPTZ_ARRAY = 1185;

type Parse = (text: string) => unknown;

/** int8 as a number. Throws RangeError outside ±(2^53 − 1) rather than round silently. */
export function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`The bigint ${text} does not fit a JavaScript number.`);
  return value;
}

const UTC_TEXT = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/;

/**
 * timestamptz as ISO 8601 in UTC with milliseconds, as the wire has it: `2026-11-22T09:00:00.123Z`.
 * Columns are timestamptz(3), so nothing is lost. `infinity` and years before 1 come back as PostgreSQL writes them.
 */
export function parseTimestamptz(text: string): string {
  const utc = UTC_TEXT.exec(text);
  if (utc) return `${utc[1]}T${utc[2]}.${(utc[3] ?? '').padEnd(3, '0').slice(0, 3)}Z`;
  const time = Date.parse(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'));
  return Number.isNaN(time) ? text : new Date(time).toISOString();
}

const asText: Parse = (text) => text;

/** One-dimensional arrays of numbers and times, whose texts hold no comma, no quote and no brace. */
function parseArray(element: Parse): Parse {
  return (text) => {
    if (text === '{}') return [];
    const parts = text.slice(1, -1).split(',');
    return parts.map((part) => (part === 'NULL' ? null : element(part.replaceAll('"', ''))));
  };
}

const parsers: ReadonlyMap<number, Parse> = new Map([
  [JSON_TEXT, readJson],
  [INT8, parseInt8],
  [INT8_ARRAY, parseArray(parseInt8)],
  [DATE, asText],
  [DATE_ARRAY, parseArray(asText)],
  [TIMESTAMP, asText],
  [TIMESTAMP_ARRAY, parseArray(asText)],
  [TIMESTAMPTZ, parseTimestamptz],
  [TIMESTAMPTZ_ARRAY, parseArray(parseTimestamptz)],
]);

/** What pg turns column texts into, for one pool: pg's own parsers elsewhere in the process stay as they are. */
export const typeParsers: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => (format !== 'binary' && parsers.get(oid)) || pg.types.getTypeParser(oid, format),
};
