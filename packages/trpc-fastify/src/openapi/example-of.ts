import type { JsonSchema } from './document.ts';
import type { SchemaRegistry } from './schemas.ts';

type Resolve = SchemaRegistry['resolve'];

interface Place {
  resolve: Resolve;
  /** The name of the property that is being made, for texts that say something. */
  name: string;
  /** References that are being followed: one that comes again is a recursion. */
  open: ReadonlySet<string>;
  /** Whether objects have only the properties that they must have. */
  bare: boolean;
}

/**
 * A value that a JSON Schema accepts: its own `examples` or `example` where it has one, else made from its constraints,
 * always the same. Undefined where none is found (a pattern that no text at hand fits, `not`): no example is better than
 * a wrong one.
 */
export function exampleOf(schema: JsonSchema, resolve: Resolve, name = 'text'): unknown {
  return make(schema, { resolve, name, open: new Set(), bare: false });
}

/**
 * Examples to choose among: one of each branch of a union, through references, with all their properties first, then
 * without those that may be missing.
 */
export function examplesOf(schema: JsonSchema, resolve: Resolve): unknown[] {
  const own = authorExample(schema);
  if (own === undefined && typeof schema.$ref === 'string') return examplesOf(resolve(schema.$ref), resolve);
  const branches = own === undefined ? (unionOf(schema) ?? [schema]) : [schema];
  const place = { resolve, name: 'text', open: new Set<string>() };
  return [false, true]
    .flatMap((bare) => branches.map((branch) => make(branch, { ...place, bare })))
    .filter((example) => example !== undefined);
}

/** The example that the author of the schema wrote. */
export function authorExample({ examples, example }: JsonSchema): unknown {
  return Array.isArray(examples) && examples.length > 0 ? examples[0] : example;
}

function unionOf(schema: JsonSchema): JsonSchema[] | undefined {
  const branches = schema.anyOf ?? schema.oneOf;
  return Array.isArray(branches) ? (branches as JsonSchema[]) : undefined;
}

function make(schema: JsonSchema, place: Place): unknown {
  const own = authorExample(schema);
  if (own !== undefined) return own;
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if (schema.default !== undefined && typeof schema.default !== 'object') return schema.default;
  if (typeof schema.$ref === 'string') return follow(schema.$ref, place);
  const union = unionOf(schema);
  if (union !== undefined) return firstOf(union, place);
  if (schema.not !== undefined) return undefined;
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'object':
      return makeObject(schema, place);
    case 'array':
      return makeArray(schema, place);
    case 'string':
      return makeText(schema, place.name);
    case 'number':
    case 'integer':
      return makeNumber(schema);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return Array.isArray(schema.allOf) ? makeAll(schema.allOf as JsonSchema[], place) : place.name;
  }
}

function follow(ref: string, place: Place): unknown {
  if (place.open.has(ref)) return undefined;
  return make(place.resolve(ref), { ...place, open: new Set([...place.open, ref]) });
}

/** Of the first branch that has one; null only where nothing else is left. */
function firstOf(branches: readonly JsonSchema[], place: Place): unknown {
  const found = branches.map((branch) => make(branch, place)).filter((example) => example !== undefined);
  return found.find((example) => example !== null) ?? found[0];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function makeAll(parts: readonly JsonSchema[], place: Place): unknown {
  const made = parts.map((part) => make(part, place));
  return made.every(isRecord) ? Object.assign({}, ...made) : undefined;
}

function makeObject(schema: JsonSchema, place: Place): unknown {
  const made: Record<string, unknown> = {};
  const properties = (schema.properties ?? {}) as Record<string, JsonSchema>;
  const required = (schema.required ?? []) as string[];
  for (const [name, property] of Object.entries(properties)) {
    if (place.bare && !required.includes(name)) continue;
    const example = make(property, { ...place, name });
    if (example !== undefined) made[name] = example;
  }
  const others = schema.additionalProperties;
  if (isRecord(others)) {
    const named = isRecord(schema.propertyNames) ? make(schema.propertyNames, { ...place, name: 'name' }) : 'name';
    const names = schema.required === undefined && typeof named === 'string' ? [named] : required;
    for (const name of names) {
      const example = Object.hasOwn(made, name) ? undefined : make(others, { ...place, name });
      if (example !== undefined) made[name] = example;
    }
  }
  return required.every((name) => Object.hasOwn(made, name)) ? made : undefined;
}

function makeArray(schema: JsonSchema, place: Place): unknown {
  const made: unknown[] = [];
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema as { minItems?: number; maxItems?: number };
  for (const item of (schema.prefixItems ?? []) as JsonSchema[]) made.push(make(item, place));
  if (made.includes(undefined)) return undefined;
  const item = isRecord(schema.items) ? make(schema.items, place) : undefined;
  const wanted = Math.min(Math.max(made.length === 0 ? 1 : made.length, minItems), maxItems);
  while (item !== undefined && made.length < wanted) made.push(item);
  if (schema.uniqueItems === true && made.length > 1) return undefined;
  return made.length >= minItems ? made : undefined;
}

function makeNumber(schema: JsonSchema): number | undefined {
  const minimum = (schema.minimum ?? Number.NEGATIVE_INFINITY) as number;
  const maximum = (schema.maximum ?? Number.POSITIVE_INFINITY) as number;
  const above = (schema.exclusiveMinimum ?? Number.NEGATIVE_INFINITY) as number;
  const below = (schema.exclusiveMaximum ?? Number.POSITIVE_INFINITY) as number;
  const step = (schema.multipleOf ?? (schema.type === 'integer' ? 1 : undefined)) as number | undefined;
  const low = Math.max(minimum, above);
  const high = Math.min(maximum, below);
  const near = step === undefined ? [] : [Math.ceil(low / step) * step, Math.floor(low / step) * step + step];
  const fits = (value: number): boolean =>
    Number.isFinite(value) &&
    value >= minimum &&
    value <= maximum &&
    value > above &&
    value < below &&
    (step === undefined || Number.isInteger(value / step));
  const found = [1, step ?? 0, ...near, 0, low, high, low + 1, high - 1, (low + high) / 2].filter(fits);
  return found.includes(1) ? 1 : found.sort((a, b) => Math.abs(a) - Math.abs(b))[0];
}

const BY_FORMAT: Readonly<Record<string, string>> = {
  uuid: '01900000-0000-7000-8000-000000000001',
  'date-time': '2026-01-15T09:30:00Z',
  date: '2026-01-15',
  duration: 'PT15M',
  email: 'ada@example.com',
  uri: 'https://example.com/',
  'uri-reference': '/example',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  cidrv4: '192.0.2.0/24',
  cidrv6: '2001:db8::/32',
  base64: 'ZXhhbXBsZQ==',
  base64url: 'ZXhhbXBsZQ',
  e164: '+15550100000',
  emoji: '👋',
  jwt: 'eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2lnbmF0dXJl',
};

/** For patterns: something of each common alphabet, the most descriptive first. */
const PLAIN = [
  'example',
  'Example',
  'EXAMPLE',
  'a',
  'A',
  '1',
  '10',
  '2026',
  '123456',
  '1.0.0',
  '0a',
  'en',
  'en-GB',
  '#336699',
];

function makeText(schema: JsonSchema, name: string): string | undefined {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema as { minLength?: number; maxLength?: number };
  const parts = [schema, ...((schema.allOf ?? []) as JsonSchema[])];
  const patterns = parts.flatMap(({ pattern }) => (typeof pattern === 'string' ? [new RegExp(pattern, 'u')] : []));
  const format = typeof schema.format === 'string' ? BY_FORMAT[schema.format] : undefined;
  const words =
    name
      .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
      .replace(/[_.-]+/g, ' ')
      .trim()
      .toLowerCase() || 'text';
  const title = words.charAt(0).toUpperCase() + words.slice(1);
  const known = /(?:^| )email$/.test(words) ? 'ada@example.com' : title;
  const texts = format === undefined ? [known, title, words.replaceAll(' ', '-'), words, ...PLAIN] : [format, ...PLAIN];
  return texts
    .map((text) => fitted(text, minLength, maxLength))
    .find((text) => patterns.every((pattern) => pattern.test(text)) && (format === undefined || text === format));
}

/** The text, repeated or cut until its length (in code points, as JSON Schema counts) is in the bounds. */
function fitted(text: string, minLength: number, maxLength: number): string {
  const points = [...text];
  const repeated = points.length >= minLength ? points : [...`${text} `.repeat(Math.ceil(minLength / points.length))];
  return repeated.slice(0, Math.max(minLength, Math.min(points.length, maxLength))).join('');
}
