import { ERROR_CODES } from '../../fixtures/wire-router.ts';

export interface KnownCall {
  path: string;
  type: 'query' | 'mutation' | 'subscription';
  /** Inputs that suit it, and some that do not. */
  inputs: unknown[];
  /** The two are meant to differ here, so it is not to be asked often. */
  seldom?: true;
}

const ITEMS = [
  { name: 'tea' },
  { name: 'tea & “cake” + 5 % 😀', stars: 3, tags: ['a', 'b'] },
  { name: 'x'.repeat(60) },
  { name: 'x', stars: -1, unknown: true },
  { stars: 2 ** 53 },
];
const COUNTS = [0, 1, 3, 9, '2'];

const call =
  (type: KnownCall['type'], seldom?: true) =>
  (path: string, ...inputs: unknown[]): KnownCall => ({
    path,
    type,
    inputs: inputs.length === 0 ? [undefined] : inputs,
    ...(seldom === undefined ? {} : { seldom }),
  });
const query = call('query');
const mutation = call('mutation');
const subscription = call('subscription');
const seldom = call('query', true);

/** Every procedure of the wire router. */
export const KNOWN_CALLS: KnownCall[] = [
  query('ping'),
  query('ping', 1),
  query('about'),
  query('echo.any', undefined, null, 0, 'text', [1, 'ü', null], { a: { b: [] } }, { n: -1e21, small: 5e-324 }),
  query('echo.bare', undefined, null, false, 'text'),
  query('echo.item', ...ITEMS),
  query('echo.text', undefined, 'a b+c', 'ünï😀\u2028', ''),
  query('echo.date', new Date(1e12), '2026-01-01T00:00:00Z', 'never'),
  query('echo.twice', { a: 1, b: 2 }, { a: 1 }, { b: 2 }),
  query('echo.raw', { raw: true }, 'x'),
  query('items.mine', { limit: 5 }, { limit: 'x' }),
  query('items.a.b.c'),
  query('later.hello', 'you', 5),
  query('later.still.later'),
  query('output.nothing'),
  query('output.null'),
  query('output.odd'),
  query('output.checked'),
  seldom('output.wrong'),
  seldom('output.big'),
  seldom('output.loop'),
  seldom('output.throws'),
  query('output.teapot'),
  query('fail.code', ...ERROR_CODES),
  seldom('fail.plain'),
  seldom('fail.words'),
  query('fail.cause'),
  seldom('fail.unformattable'),
  query('stream.count', ...COUNTS),
  query('stream.breaks', ...COUNTS),
  query('stream.promised'),
  seldom('stream.rejected'),
  query('stream.mixed'),
  seldom('stream.big'),
  query('with space'),
  query('half/way'),
  seldom('50%'),
  query('ünï😀'),
  mutation('items.create', ...ITEMS),
  mutation('items.rename', ...ITEMS.slice(0, 2)),
  mutation('items.keep', undefined, null, 0, [1], { deep: { list: [{}] } }, 'ünï😀 \u2028'),
  mutation('items.touch'),
  mutation('items.clear'),
  mutation('items.clear', { ignored: true }),
  call('mutation', true)('items.login', { name: 'ada' }),
  mutation('later.save', ...ITEMS),
  mutation('fail.save', ...ERROR_CODES),
  call('mutation', true)('fail.object'),
  mutation('stream.save'),
  mutation('upload.form'),
  mutation('upload.bytes'),
  subscription('watch.plain', ...COUNTS),
  subscription('watch.tracked', undefined, { to: 3 }, { lastEventId: '1' }, { to: 'x' }),
  subscription('watch.breaks', ...COUNTS),
  call('subscription', true)('watch.crashes'),
  subscription('watch.observed'),
  call('subscription', true)('watch.nothing'),
];

/** Paths at which there is no procedure, or none that loads, as sent. */
export const UNKNOWN_PATHS = [
  'nothing',
  'items',
  'items.',
  '.ping',
  'ping.',
  'PING',
  '',
  '%20',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty.call',
  'then',
  '_def.procedures',
  'later',
  'later.nothing',
  'later.constructor',
  'gone.at.all',
  'a/b',
  'ping/',
  'items/create',
  '/ping',
  'half%2Fway',
  '%',
  '%zz',
  '%ff',
  '%00',
  '%25',
  'ping%2500',
  'ping;a=b',
  'ping%3Fbatch=1',
  '😀',
  'ping'.repeat(40),
];

const deep = (levels: number, open: string, close: string) => `${open.repeat(levels)}1${close.repeat(levels)}`;

/** Input texts that are not what they should be. */
export const BROKEN_TEXTS: (string | Buffer)[] = [
  '',
  ' ',
  '{',
  '{"0":',
  '{"0":{"name":"tea"},}',
  'undefined',
  'NaN',
  "{'0':1}",
  '1e999',
  '{"0":1e999}',
  '{"0":{"name":"a"},"0":{"name":"b"}}',
  '"\\ud800"',
  '{"name":"\\u0000\\ud83d\\ude00"}',
  '{"__proto__":{"admin":true}}',
  '{"0":{"__proto__":{"admin":true}}}',
  '{"name":"tea","__proto__":null}',
  '{"\\u005f_proto__":1}',
  '{"constructor":{"prototype":{"admin":true}}}',
  '{"0":{"constructor":{"prototype":1}}}',
  '{"constructor":1}',
  '{"json":{"__proto__":{"admin":true}},"0":{"json":{"__proto__":1}}}',
  '{"0":"__proto__"}',
  deep(64, '[', ']'),
  deep(65, '[', ']'),
  deep(70, '{"0":', '}'),
  deep(70, '{"json":', '}'),
  `{"0":${deep(63, '[', ']')}}`,
];

/** Input texts whose bytes are the trouble. */
export const ODD_BYTES: (string | Buffer)[] = [
  '\ufeff{}',
  '\ufeff{"0":{"name":"tea"}}',
  `{"0":"${'x'.repeat(5_000)}"}`,
  Buffer.from('{"0":{"name":"\xff"},"name":"\xff"}', 'latin1'),
];
