import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import { EmailAddress, Handle, Label } from '../index.ts';
import { type FaultCode, FaultParams } from './fault.ts';
import { faultsOf } from './faults-of.ts';
import { sentenceOf } from './issue-fault.ts';

const refusalOf = (schema: z.ZodType, input: unknown): z.ZodError => {
  const { error } = schema.safeParse(input);
  if (error === undefined) throw new Error('The input is taken.');
  return error;
};

afterEach(() => {
  z.config({ customError: sentenceOf });
});

/** What zod itself says of an input. */
function wordsOfZod(schema: z.ZodType, input: unknown): string[] {
  z.config({ customError: () => undefined });
  const words = refusalOf(schema, input).issues.map(({ message }) => message);
  z.config({ customError: sentenceOf });
  return words;
}

const shapes = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('a'), x: z.string() }),
  z.strictObject({ type: z.literal('b') }),
]);

type Case = [schema: z.ZodType, input: unknown, code: FaultCode, params: FaultParams, message: string];

const cases: Case[] = [
  [z.string(), undefined, 'required', { expected: 'string' }, 'Is required: it must be a text'],
  [z.string(), 1, 'invalid_type', { expected: 'string' }, 'Must be a text, not a number'],
  [z.number(), 'x', 'invalid_type', { expected: 'number' }, 'Must be a number, not a text'],
  [
    z.number(),
    Number.NaN,
    'invalid_type',
    { expected: 'number' },
    'Must be a number, not one that JSON has no number for',
  ],
  [z.int(), 1.5, 'invalid_type', { expected: 'integer' }, 'Must be a whole number, not a number with a fraction'],
  [z.bigint(), 'x', 'invalid_type', { expected: 'integer' }, 'Must be a whole number, not a text'],
  [z.boolean(), 'yes', 'invalid_type', { expected: 'boolean' }, 'Must be true or false, not a text'],
  [z.null(), {}, 'invalid_type', { expected: 'null' }, 'Must be null, not an object'],
  [z.undefined(), [], 'invalid_type', { expected: 'nothing' }, 'Must be left out, not a list'],
  [z.never(), null, 'invalid_type', { expected: 'nothing' }, 'Must be left out, not null'],
  [z.strictObject({}), true, 'invalid_type', { expected: 'object' }, 'Must be an object, not true or false'],
  [z.record(z.string(), z.string()), [], 'invalid_type', { expected: 'object' }, 'Must be an object, not a list'],
  [z.array(z.string()), {}, 'invalid_type', { expected: 'array' }, 'Must be a list, not an object'],
  [z.tuple([z.string()]), 'x', 'invalid_type', { expected: 'array' }, 'Must be a list, not a text'],
  [z.date(), 'x', 'invalid_type', { expected: 'other' }, 'Must be of another type, not a text'],
  [z.string().optional().nonoptional(), undefined, 'required', {}, 'Is required'],
  [z.enum(['a', 'b']), 'c', 'invalid_value', { values: ['a', 'b'] }, 'Must be one of "a", "b"'],
  [z.enum(['a', 'b']), undefined, 'required', { values: ['a', 'b'] }, 'Is required: it must be one of "a", "b"'],
  [z.literal(7), 8, 'invalid_value', { values: [7] }, 'Must be 7'],
  [z.string().min(1), '', 'too_small', { minimum: 1, unit: 'characters' }, 'Must not be empty'],
  [z.string().min(2), 'x', 'too_small', { minimum: 2, unit: 'characters' }, 'Must have at least 2 characters'],
  [z.string().max(1), 'xy', 'too_big', { maximum: 1, unit: 'characters' }, 'Must have at most 1 character'],
  [
    z.string().length(2),
    'x',
    'too_small',
    { minimum: 2, unit: 'characters', exact: true },
    'Must have exactly 2 characters',
  ],
  [
    z.string().length(2),
    'xyz',
    'too_big',
    { maximum: 2, unit: 'characters', exact: true },
    'Must have exactly 2 characters',
  ],
  [z.array(z.int()).min(1), [], 'too_small', { minimum: 1, unit: 'items' }, 'Must not be empty'],
  [z.array(z.int()).max(1), [1, 2], 'too_big', { maximum: 1, unit: 'items' }, 'Must have at most 1 item'],
  [z.tuple([z.int(), z.int()]), [1, 2, 3], 'too_big', { maximum: 2, unit: 'items' }, 'Must have at most 2 items'],
  [z.set(z.int()).min(2), new Set([1]), 'too_small', { minimum: 2, unit: 'items' }, 'Must have at least 2 items'],
  [z.number().min(3), 2, 'too_small', { minimum: 3 }, 'Must be at least 3'],
  [z.number().gt(3), 3, 'too_small', { minimum: 3, exclusive: true }, 'Must be more than 3'],
  [z.int().max(3), 4, 'too_big', { maximum: 3 }, 'Must be at most 3'],
  [z.number().lt(3), 3, 'too_big', { maximum: 3, exclusive: true }, 'Must be less than 3'],
  [z.bigint().max(3n), 4n, 'too_big', { maximum: 3 }, 'Must be at most 3'],
  [z.number().multipleOf(5), 7, 'not_multiple_of', { divisor: 5 }, 'Must be a multiple of 5'],
  [z.strictObject({}), { x: 1 }, 'unrecognized_key', {}, 'Is no field that is known here: leave it out'],
  [
    z.record(z.string().min(2), z.int()),
    { x: 1 },
    'invalid_key',
    {},
    'Has a name that is refused. The name: Must have at least 2 characters',
  ],
  [
    z.map(z.string(), z.int()),
    new Map([['x', 'y']]),
    'invalid_type',
    { expected: 'number' },
    'Must be a number, not a text',
  ],
  [
    z.map(z.object({}), z.string()),
    new Map([[{}, 1]]),
    'invalid_type',
    { expected: 'string' },
    'Must be a text, not a number',
  ],
  [
    z.union([z.string(), z.int()]),
    true,
    'invalid_union',
    {},
    'Must be a text, not true or false, or: Must be a number, not true or false',
  ],
  [shapes, { type: 'c' }, 'invalid_value', { values: ['a', 'b'] }, 'Must be one of "a", "b"'],
  [shapes, {}, 'required', { values: ['a', 'b'] }, 'Is required: it must be one of "a", "b"'],
  [z.xor([z.string(), z.string()]), 'x', 'invalid_union', {}, 'Must be one of the forms that the description has'],
  [z.string().refine(() => false), 'x', 'invalid', {}, 'Must be another value'],
  [z.custom<string>(() => false), 'x', 'invalid', {}, 'Must be another value'],
  [z.string().refine(() => false, 'In its own words'), 'x', 'invalid', {}, 'In its own words'],
  [z.stringbool(), 'maybe', 'invalid_value', expect.anything(), expect.stringMatching(/^Must be one of "true", /)],
];

it.each(cases)(
  'tells of %o that refuses %o a code, its parameters and a sentence',
  (schema, input, code, params, message) => {
    const faults = faultsOf(refusalOf(schema, input));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ code, message });
    expect(faults[0]?.params).toEqual(params);
    expect(FaultParams.safeParse(faults[0]?.params).error).toBeUndefined();
    if (message !== 'In its own words') expect(wordsOfZod(schema, input)).not.toContain(faults[0]?.message);
  },
);

it('meets every kind of issue that zod has', () => {
  const kinds = new Set(cases.flatMap(([schema, input]) => refusalOf(schema, input).issues.map(({ code }) => code)));
  const known: Record<z.core.$ZodIssueCode, true> = {
    invalid_type: true,
    too_big: true,
    too_small: true,
    invalid_format: true,
    not_multiple_of: true,
    unrecognized_keys: true,
    invalid_union: true,
    invalid_key: true,
    invalid_element: true,
    invalid_value: true,
    custom: true,
  };
  expect([...kinds, 'invalid_format'].sort()).toEqual(Object.keys(known).sort());
});

const formats: z.ZodType[] = [
  z.email(),
  z.url(),
  z.emoji(),
  z.uuid(),
  z.guid(),
  z.nanoid(),
  z.cuid2(),
  z.ulid(),
  z.xid(),
  z.ksuid(),
  z.ipv4(),
  z.ipv6(),
  z.mac(),
  z.cidrv4(),
  z.cidrv6(),
  z.base64(),
  z.base64url(),
  z.e164(),
  z.jwt(),
  z.hostname(),
  z.hex(),
  z.iso.datetime(),
  z.iso.date(),
  z.iso.time(),
  z.iso.duration(),
  z.string().lowercase(),
  z.string().regex(/^[a-z]$/),
  z.string().startsWith('é'),
  z.string().endsWith('é'),
  z.string().includes('é'),
  z.templateLiteral(['a', z.int()]),
];

it.each(formats)('tells of a text that has not the form %o which it is, in words that are not zod’s', (schema) => {
  const [fault, ...others] = faultsOf(refusalOf(schema, 'NOT a fit välue!\n'));
  expect(others).toEqual([]);
  const { format } = fault?.params ?? {};
  expect(fault).toMatchObject({ code: 'invalid_format', message: expect.stringMatching(/^Must be /) });
  expect(format).toMatch(/^[a-z0-9_]+$/);
  expect(wordsOfZod(schema, 'NOT a fit välue!\n')).not.toContain(fault?.message);
});

it.each([
  ['uuid', z.uuid()],
  ['datetime', z.iso.datetime().max(40)],
  ['handle', Handle],
  ['handle', Handle.describe('another one')],
  ['label', Label],
  ['email', EmailAddress],
])('says of a text that is left out what form it has to have: %s', (format, schema) => {
  const [left] = faultsOf(refusalOf(z.strictObject({ field: schema }), {}));
  expect(left).toMatchObject({ code: 'required', params: { expected: 'string', format } });
  const [refused] = faultsOf(refusalOf(z.strictObject({ field: schema }), { field: '@ @' }));
  expect(left?.message).toBe(refused?.message.replace('Must be', 'Is required: it must be'));
  const [other] = faultsOf(refusalOf(z.strictObject({ field: schema }), { field: 1 }));
  expect(other).toMatchObject({ code: 'invalid_type', params: { expected: 'string' } });
});
