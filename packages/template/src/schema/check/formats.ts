const DATE = /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d{1,9})?(?:[zZ]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
const LOCAL_PART = /^[\w!#$%&'*+\-/=?^`{|}~.]{1,64}$/;
const HOST_LABEL = /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/i;
const IPV4_PART = /^(?:0|[1-9]\d{0,2})$/;
const URI_START = /^[a-z][a-z\d+.-]{0,63}:/i;
const URI_CHARACTERS = /^[\w\-.~:/?#[\]@!$&'()*+,;=%]*$/;

/** The longest text that a format takes; URLs in use are shorter. */
const MAX_LENGTH = 8192;

const formats = new Map<string, { is: (text: string) => boolean; example: string }>([
  ['date', { is: isDate, example: '2026-01-31' }],
  ['time', { is: (text) => TIME.test(text), example: '09:30:00Z' }],
  ['date-time', { is: isDateTime, example: '2026-01-31T09:30:00Z' }],
  ['email', { is: isEmail, example: 'alice@example.com' }],
  ['hostname', { is: isHostname, example: 'example.com' }],
  ['ipv4', { is: isIpv4, example: '192.0.2.1' }],
  ['uri', { is: isUri, example: 'https://example.com/a' }],
  ['uuid', { is: (text) => UUID.test(text), example: '01900000-0000-7000-8000-000000000001' }],
]);

/** The formats that are checked; every other one is a note to the reader, as JSON Schema 2020-12 has it. */
export const checkedFormats: readonly string[] = [...formats.keys()];

/** Whether a text has a format: dates and times by RFC 3339, the rest by the plain forms of their RFCs. */
export function hasFormat(text: string, format: string): boolean {
  const known = formats.get(format);
  return known === undefined || (text.length <= MAX_LENGTH && known.is(text));
}

/** A text of each format that is checked. */
export const formatExamples: readonly string[] = Array.from(formats.values(), ({ example }) => example);

function isDate(text: string): boolean {
  const [, year, month, day] = DATE.exec(text) ?? [];
  return (
    day !== undefined && Number(day) <= new Date(Date.UTC(2000 + (Number(year) % 400), Number(month), 0)).getUTCDate()
  );
}

function isDateTime(text: string): boolean {
  return isDate(text.slice(0, 10)) && /^t$/i.test(text.charAt(10)) && TIME.test(text.slice(11));
}

function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, Math.max(at, 0));
  const dots = local.startsWith('.') || local.endsWith('.') || local.includes('..');
  return LOCAL_PART.test(local) && !dots && isHostname(text.slice(at + 1));
}

function isHostname(text: string): boolean {
  return text.length <= 253 && text.split('.').every((label) => HOST_LABEL.test(label));
}

function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => IPV4_PART.test(part) && Number(part) <= 255);
}

function isUri(text: string): boolean {
  return URI_START.test(text) && URI_CHARACTERS.test(text) && !/%(?![\da-f]{2})/i.test(text);
}
