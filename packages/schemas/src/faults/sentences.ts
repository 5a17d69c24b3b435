import type { Diagnosis, FaultCode, FaultParams } from './fault.ts';

const types: Readonly<Record<NonNullable<FaultParams['expected']>, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
  bytes: 'the bytes of a file',
  nothing: 'left out',
  other: 'of another type',
};

/** Forms of texts: those of the contract, and every one that zod knows. */
const formats: ReadonlyMap<string, string> = new Map([
  ['uuid', 'a UUID, such as 01900000-0000-7000-8000-000000000000'],
  ['datetime', 'a time in UTC as ISO 8601 has it, such as 2026-01-31T09:30:00.000Z'],
  ['date', 'a day that there is, as YYYY-MM-DD'],
  ['time', 'a time of day, such as 09:30:00'],
  ['duration', 'a duration as ISO 8601 has it, such as P1DT12H'],
  ['url', 'a URL that begins with http:// or https://'],
  ['email', 'an e-mail address'],
  ['handle', 'lower-case letters, digits and inner hyphens, at most 39'],
  ['slug', 'lower-case letters, digits, hyphens and underscores, in parts divided by "/"'],
  ['label', 'a label: lower-case letters, digits, ".", "_" and "-", at most 36'],
  ['reference', 'a reference: [handle/]slug, and @label or #version'],
  ['language_tag', 'a language tag such as en or pt-BR'],
  ['placeholder_name', 'a letter, then letters, digits or underscores'],
  ['printable_ascii', 'printable ASCII: percent-encode the rest'],
  ['totp_code', 'the six digits that the authenticator shows'],
  ['ipv4', 'an IPv4 address, such as 192.0.2.1'],
  ['ipv6', 'an IPv6 address, such as 2001:db8::1'],
  ['cidrv4', 'a network of IPv4 addresses, such as 192.0.2.0/24'],
  ['cidrv6', 'a network of IPv6 addresses, such as 2001:db8::/32'],
  ['mac', 'a MAC address, such as 00:1a:2b:3c:4d:5e'],
  ['hostname', 'the name of a host, such as example.com'],
  ['base64', 'bytes in Base64'],
  ['base64url', 'bytes in Base64 for URLs'],
  ['hex', 'hexadecimal digits'],
  ['json', 'JSON'],
  ['json_string', 'JSON in a text'],
  ['jwt', 'a JSON Web Token'],
  ['e164', 'a telephone number, such as +15551234567'],
  ['currency_code', 'the code of a currency, such as EUR'],
  ['credit_card', 'the number of a credit card'],
  ['iban', 'an IBAN'],
  ['emoji', 'emoji and nothing else'],
  ['lowercase', 'without capital letters'],
  ['uppercase', 'in capital letters'],
]);

const listed = (values: readonly unknown[]): string => values.map((value) => JSON.stringify(value)).join(', ');

const amount = (count: number, unit: NonNullable<FaultParams['unit']>): string =>
  `${count} ${count === 1 ? unit.slice(0, -1) : unit}`;

function tooSmall({ minimum = 0, unit, exact, exclusive }: FaultParams): string {
  if (unit === undefined) return exclusive ? `Must be more than ${minimum}` : `Must be at least ${minimum}`;
  if (exact) return `Must have exactly ${amount(minimum, unit)}`;
  return minimum === 1 ? 'Must not be empty' : `Must have at least ${amount(minimum, unit)}`;
}

function tooBig({ maximum = 0, unit, exact, exclusive, maximumBytes }: FaultParams): string {
  if (unit === undefined) return exclusive ? `Must be less than ${maximum}` : `Must be at most ${maximum}`;
  if (exact) return `Must have exactly ${amount(maximum, unit)}`;
  const most = `Must have at most ${amount(maximum, unit)}`;
  if (unit === 'levels') return `${most}, one within the other`;
  if (unit === 'bytes') return `${most} as JSON, where a control character has six`;
  return maximumBytes === undefined ? most : `${most} and ${maximumBytes} bytes as JSON`;
}

const expectedOf = ({ values, expected }: FaultParams): string => {
  if (values === undefined) return types[expected ?? 'other'];
  return values.length === 1 ? listed(values) : `one of ${listed(values)}`;
};

const formatOf = ({ format = '' }: FaultParams): string =>
  formats.get(format) ?? 'of the form that the description has';

const either = (fields: readonly string[] = []): string => `Give either ${fields.join(' or ')}`;

/** The sentence of each code. They are all here, in words that tell a person what to do. */
const sentences: Readonly<Record<FaultCode, (params: FaultParams) => string>> = {
  required: (params) => {
    if (params.format !== undefined) return `Is required: it must be ${formatOf(params)}`;
    const isBare = params.expected === undefined && params.values === undefined;
    return isBare ? 'Is required' : `Is required: it must be ${expectedOf(params)}`;
  },
  invalid_type: (params) => `Must be ${expectedOf(params)}`,
  invalid_value: (params) => `Must be ${expectedOf(params)}`,
  invalid_format: (params) => `Must be ${formatOf(params)}`,
  too_small: tooSmall,
  too_big: tooBig,
  not_multiple_of: ({ divisor }) => `Must be a multiple of ${divisor}`,
  unrecognized_key: () => 'Is no field that is known here: leave it out',
  invalid_key: () => 'Has a name that is refused',
  invalid_union: () => 'Must be one of the forms that the description has',
  one_of_fields: ({ fields }) => either(fields),
  not_unique: () => 'Must name each one once',
  taken: () => 'Is taken: choose another one',
  reserved: () => 'Is reserved: choose another one',
  not_allowed: () => 'Must be left out here',
  not_of_kind: ({ kind }) => `Must be left out: a ${kind} prompt has none`,
  not_in_future: () => 'Must be in the future',
  nul_character: () => 'Must not contain NUL (U+0000)',
  broken_unicode: () => 'Must not contain half of a surrogate pair: the text is not well-formed Unicode',
  control_character: ({ character }) => `Must be one line without control characters; it contains ${character}`,
  direction_mark: ({ character }) =>
    `Must not contain marks that turn the direction of text around, such as ${character}; leave it out`,
  nothing_visible: () => 'Must contain at least one character that can be seen',
  name_too_long: ({ maximum }) => `Must not have names within it of more than ${maximum} characters`,
  not_kept: () => 'Must not contain what cannot be kept as it stands',
  invalid_schema: () => 'Must be a JSON Schema 2020-12 of the keywords that are known here',
  common_password: () => 'Is one of the passwords that are tried first',
  wrong_password: () => 'Is not the password of the account',
  own_address: () => 'Is the address of the account, which others know',
  same_password: () => 'Is the password that the account has',
  out_of_place: () => 'Must not stand here',
  invalid: () => 'Must be another value',
};

/** By the sentence of a text that was left out, the form that it has to have: of what was refused, zod keeps the sentence only. */
export const formatsBySentence: ReadonlyMap<string, string> = new Map(
  [...formats.keys()].map((format) => [sentences.required({ format }), format]),
);

/** What is said of a field by this code; in words of its own where there are better ones than those of the code. */
export const fault = (code: FaultCode, params: FaultParams = {}, message = sentences[code](params)): Diagnosis => ({
  code,
  params,
  message,
});
