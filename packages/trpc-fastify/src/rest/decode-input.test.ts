import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { inputDecoder, textDecoder } from './decode-input.ts';

const cases: Array<[name: string, schema: z.ZodType, raw: unknown, decoded: unknown]> = [
  ['a string stays', z.string(), '5', '5'],
  ['a uuid stays', z.uuid(), 'true', 'true'],
  ['an integer', z.int(), '42', 42],
  ['a negative number', z.number(), '-1.5e3', -1500],
  ['zero', z.number(), '0', 0],
  ['digits with a leading zero stay text', z.int(), '007', '007'],
  ['an empty text stays', z.int(), '', ''],
  ['a space stays', z.number(), ' 1', ' 1'],
  ['hexadecimal stays', z.number(), '0x10', '0x10'],
  ['Infinity stays', z.number(), 'Infinity', 'Infinity'],
  ['NaN stays', z.number(), 'NaN', 'NaN'],
  ['a number beyond the range is not finite, and refused', z.number(), '1e400', Number.POSITIVE_INFINITY],
  ['true', z.boolean(), 'true', true],
  ['false', z.boolean(), 'false', false],
  ['1 is no boolean', z.boolean(), '1', '1'],
  ['TRUE is no boolean', z.boolean(), 'TRUE', 'TRUE'],
  ['True is no boolean', z.boolean(), 'True', 'True'],
  ['yes is no boolean', z.boolean(), 'yes', 'yes'],
  ['an exponent makes no integer', z.int(), '1e1', '1e1'],
  ['nor one of a number that is one', z.number().int(), '1e1', '1e1'],
  ['nor of a literal', z.literal([10, 20]), '1e1', '1e1'],
  ['nor one with a default', z.int().min(1).max(100).default(20), '1E1', '1E1'],
  ['nor one in a list', z.array(z.int32()), ['1e1', '2'], ['1e1', 2]],
  ['a fraction of nothing makes no integer', z.int(), '10.0', '10.0'],
  ['nor does a plus', z.int(), '+10', '+10'],
  ['nor a minus before nothing', z.int(), '-0', '-0'],
  ['nor a space behind', z.int(), '10 ', '10 '],
  ['nor another script', z.int(), '１０', '１０'],
  ['nor separators', z.int(), '1_000', '1_000'],
  ['nor a group', z.int(), '1,000', '1,000'],
  ['a negative integer', z.int(), '-7', -7],
  ['an unsigned one', z.uint32(), '7', 7],
  ['an exponent makes a number', z.number(), '1e1', 10],
  ['and a number among literals', z.literal([0.5, 10]), '1e1', 10],
  ['a number that may be no integer wins', z.union([z.int(), z.number()]), '1.5', 1.5],
  ['fifteen digits, of which no number rounds any', z.int(), '123456789012345', 123_456_789_012_345],
  ['nor of fifteen characters of a fraction', z.number(), '-1.234567890123', -1.234567890123],
  ['sixteen stay text', z.int(), '1234567890123456', '1234567890123456'],
  ['so do sixteen characters of a fraction', z.number(), '-1.2345678901234', '-1.2345678901234'],
  ['an integer beyond what is kept stays text', z.int(), '9007199254740993', '9007199254740993'],
  ['optional', z.int().optional(), '5', 5],
  ['default', z.int().default(20), '5', 5],
  ['prefault', z.int().prefault(20), '5', 5],
  ['nullable', z.boolean().nullable(), 'true', true],
  ['nullable null stays text', z.boolean().nullable(), 'null', 'null'],
  ['readonly', z.int().readonly(), '5', 5],
  ['catch', z.int().catch(1), '5', 5],
  ['refined', z.int().refine(() => true), '5', 5],
  ['transformed: its input side', z.int().transform(String), '5', 5],
  ['piped: its input side', z.string().pipe(z.transform(Number)), '5', '5'],
  ['preprocessed: what it feeds', z.preprocess((value) => value, z.int()), '5', 5],
  ['stringbool stays text', z.stringbool(), 'true', 'true'],
  ['lazy', z.lazy(() => z.int()), '5', 5],
  ['branded', z.int().brand('n'), '5', 5],
  ['a numeric literal', z.literal([1, 2]), '2', 2],
  ['a text literal', z.literal('2'), '2', '2'],
  ['a text enum', z.enum(['1', 'b']), '1', '1'],
  ['number or boolean', z.union([z.number(), z.boolean()]), 'true', true],
  ['number or text is text', z.union([z.number(), z.string()]), '5', '5'],
  ['a list of one', z.array(z.string()), 'a', ['a']],
  ['a list of several', z.array(z.int()), ['1', '2', 'x'], [1, 2, 'x']],
  ['an optional list', z.array(z.boolean()).optional(), 'true', [true]],
  ['text or list: one stays', z.union([z.string(), z.array(z.string())]), 'a', 'a'],
  ['text or list: several', z.union([z.string(), z.array(z.string())]), ['a', 'b'], ['a', 'b']],
  ['a repeated scalar stays a list, to be refused', z.int(), ['1', '2'], ['1', '2']],
  ['a date stays text', z.iso.datetime(), '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
  ['an object stays text', z.object({}), '{}', '{}'],
  ['anything stays text', z.unknown(), '5', '5'],
];

describe('decoding a path or query text by its schema', () => {
  it.each(cases)('%s', (_name, schema, raw, decoded) => {
    expect(textDecoder([schema])(raw)).toEqual(decoded);
  });

  it('reads what any branch of a union of inputs would read', () => {
    expect(textDecoder([z.int(), z.boolean()])('true')).toBe(true);
    expect(textDecoder([z.int(), z.string()])('5')).toBe('5');
  });

  it('leaves the schema as strict as it was', () => {
    const schema = z.int();
    textDecoder([schema])('5');
    expect(schema.safeParse('5').success).toBe(false);
  });

  it('survives a schema that contains itself', () => {
    const tree: z.ZodType = z.lazy(() => z.union([z.int(), z.array(tree)]));
    expect(textDecoder([tree])('5')).toBe(5);
  });
});

describe('what a change builds on', () => {
  const Input = z.strictObject({ id: z.string(), revision: z.union([z.string(), z.array(z.string())]).optional() });
  const decode = inputDecoder(
    { method: 'PUT', path: '/notes/{id}', summary: 'Change', ifMatch: { tags: 'revision' } },
    Input,
  );
  const decoded = (ifMatch: string | undefined, revision?: unknown): unknown => {
    const body = revision === undefined ? {} : { revision };
    const request = { params: { id: '1' }, query: {}, body, headers: { 'if-match': ifMatch } };
    return Reflect.get(Object(decode(request as unknown as FastifyRequest)), 'revision');
  };

  it('is named by the whole of an ETag, and by its revision in the field beside it', () => {
    const hash = '.abcdefghijklmnopqrstu-';
    expect(decoded(`"a${hash}", "b"`)).toEqual([`a${hash}`, 'b']);
    expect(decoded(`"a${hash}", "b${hash}", "c.x${hash}"`, ['a', 'c', 'c.x', `b${hash}`])).toEqual([
      `a${hash}`,
      `b${hash}`,
      `c.x${hash}`,
    ]);
    expect(decoded(`"a${hash}"`, 'b')).toEqual([]);
  });

  it.each([
    ['nothing', undefined, undefined, undefined],
    ['the header', '"a", W/"b", "c"', undefined, ['a', 'c']],
    ['the field', undefined, 'a', 'a'],
    ['a star, which any is', '*', 'a', 'a'],
    ['one that both name', '"a"', 'a', ['a']],
    ['those that both name', '"a","b","c"', ['c', 'd', 'a'], ['a', 'c']],
    ['none that both name', '"a"', 'b', []],
    ['what the schema refuses', '"a"', 5, 5],
    ['a list that the schema refuses', '"a"', ['a', 5], ['a', 5]],
    ['nothing, as null', '"a"', null, null],
  ])('is named by %s', (_, ifMatch, field, expected) => {
    expect(decoded(ifMatch, field)).toEqual(expected);
  });
});
