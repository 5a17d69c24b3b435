import fc from 'fast-check';
import { KNOWN_CALLS, type KnownCall, UNKNOWN_PATHS } from './wire-samples.ts';

export interface CallPlan {
  path: string;
  type: KnownCall['type'];
  input: unknown;
}

export const often = <T>(weight: number, usual: fc.Arbitrary<T>, ...rare: fc.Arbitrary<T>[]): fc.Arbitrary<T> =>
  fc.oneof(
    { weight: weight * rare.length, arbitrary: usual },
    ...rare.map((arbitrary) => ({ weight: 100 - weight, arbitrary })),
  );

export const maybe = <T>(percent: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: percent, arbitrary }, { weight: 100 - percent, arbitrary: fc.constant(undefined) });

const json = fc.jsonValue({ maxDepth: 2 });

/** A known call with an input that mostly suits it. */
export function callOf(type: KnownCall['type']): fc.Arbitrary<CallPlan> {
  const ofType = KNOWN_CALLS.filter((call) => call.type === type);
  const known = often(
    95,
    fc.constantFrom(...ofType.filter(({ seldom }) => seldom === undefined)),
    fc.constantFrom(...ofType.filter(({ seldom }) => seldom === true)),
  );
  return known.chain(({ path, inputs }) =>
    often(93, fc.constantFrom(...inputs), json, fc.constant(undefined)).map((input) => ({ path, type, input })),
  );
}

/** Percent-encodes what a browser would, or every character, or one of them, or all of it twice. */
export const pathEncoding = often<(path: string) => string>(
  96,
  fc.constant((path: string) => encodeURIComponent(path).replaceAll('%2C', ',')),
  fc.constantFrom(
    (path: string) => [...Buffer.from(path)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
    (path: string) => path.replace('.', '%2E').replace(',', '%2c'),
    (path: string) => encodeURIComponent(encodeURIComponent(path)),
    (path: string) => path.replace(',', '%252C').replace('.', '%252E'),
    (path: string) => path,
  ),
);

const oddPath = fc.string({ unit: fc.constantFrom(...'ab.,%~/ +-ü😀'), maxLength: 8 });

export const strayPath = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...UNKNOWN_PATHS) },
  { weight: 2, arbitrary: oddPath.map(encodeURIComponent) },
  { weight: 1, arbitrary: oddPath },
);

export const queryStyle = often<(text: string) => string>(
  95,
  fc.constant(encodeURIComponent),
  fc.constantFrom(
    (text: string) => encodeURIComponent(text).replaceAll('%20', '+'),
    (text: string) => text.replace(/[#%&+\s]/g, encodeURIComponent),
    (text: string) => `${encodeURIComponent(text)}%`,
    (text: string) => encodeURIComponent(text).replace('%22', '%zz'),
    (text: string) => encodeURIComponent(text).replace('%22', '%ff'),
  ),
);

export const contentType = often(
  92,
  fc.constantFrom(
    'application/json',
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON;charset=UTF-8',
  ),
  fc.constantFrom(
    undefined,
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/octet-stream',
    'multipart/form-data; boundary=x',
    'application/json; charset=utf-16',
    'application/json; version=1',
    'application/jsonl',
    'application/json, text/plain',
    'json',
    '',
  ),
);

export const connectionParams = fc.constantFrom(
  '{"token":"x"}',
  'null',
  '{}',
  '{"a":1}',
  '[]',
  '"x"',
  '{',
  '',
  '{"token":"x","b":"y"}',
);

export const queryNoise = fc.constantFrom(
  'lastEventId=0',
  'Last-Event-Id=1',
  'lastEventId=',
  'x=1',
  'batch=0',
  'input=1',
  'input',
  '&',
  'batch=1',
  '%zz=1',
  'batch=%31',
);

export const headers = fc
  .record({
    accept: maybe(
      7,
      fc.constantFrom(
        '*/*',
        'application/json',
        'application/jsonl',
        'text/html, application/jsonl',
        'application/jsonl;q=1',
      ),
    ),
    'x-user': maybe(70, fc.constantFrom('ada', 'ada', 'ada', 'list')),
    'x-context': maybe(2, fc.constantFrom('fails', 'refuses')),
    'last-event-id': maybe(8, fc.constantFrom('0', '1', 'x')),
    host: maybe(
      3,
      fc.constantFrom(
        'example.com',
        'localhost:3000',
        '[::1]:80',
        'LOCALHOST',
        '127.0.0.1:80',
        'a b',
        '[',
        'host:x',
        'user@host',
      ),
    ),
  })
  .map((all) => Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));

export const streaming = often(
  90,
  fc.constant('application/jsonl'),
  fc.constantFrom('application/json', 'text/event-stream', '', 'APPLICATION/JSONL'),
);
