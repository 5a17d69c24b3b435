import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isExact } from './exact-number.ts';
import { JsonFault, parseJson, readJson } from './parse-json.ts';

const again = (text: string): string => JSON.stringify(parseJson(text));

function faultOf(text: string): JsonFault {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof JsonFault) return error;
    throw error;
  }
  throw new Error(`${text} was taken`);
}

/** JSON as text, member by member, since an object could not hold every order; names are distinct within an object. */
const name = fc.oneof(
  fc.nat({ max: 20 }).map(String),
  fc.constantFrom('4294967294', '4294967295', '01', '-1', '1.5', 'toString', '', '"', '\\', '\n', 'é', '模型', '😀'),
  fc.string({ maxLength: 4 }),
);
const { document } = fc.letrec<{ document: string }>((tie) => ({
  document: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.oneof(
      fc.constantFrom('null', 'true', 'false', '""'),
      fc.integer().map(String),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
      fc.string().map((value) => JSON.stringify(value)),
    ),
    fc.array(tie('document'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
    fc
      .uniqueArray(fc.tuple(name, tie('document')), { maxLength: 6, selector: ([key]) => key })
      .map((members) => members.filter(([key]) => key !== '__proto__'))
      .map((members) => `{${members.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`),
  ),
}));

describe('parseJson', () => {
  it('gives what is written again as the same text, whatever the order of members', () => {
    fc.assert(
      fc.property(document, (text) => void expect(again(text)).toBe(text)),
      { numRuns: 2_000 },
    );
  });

  it.each([
    '{"2":1,"1":2}',
    '{"b":1,"0":2}',
    '{"10":1,"9":{"z":1,"3":[{"1":0,"0":1}]},"a":2}',
    '[{"1":1,"0":0},{"0":0,"1":1}]',
  ])('keeps the order of %s', (text) => {
    expect(again(text)).toBe(text);
    expect(JSON.stringify(readJson(text))).toBe(text);
  });

  it('reads what was written, whatever its names', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify({ value, ['__proto__']: 1 });
        expect(JSON.stringify(readJson(text))).toBe(text);
      }),
    );
  });

  it('passes over spaces and reads escaped names', () => {
    expect(again(' { "\\u0032" :\n1 , "1"\t: [ ] } ')).toBe('{"2":1,"1":[]}');
  });

  it.each([
    ['1.0', '1'],
    ['1e2', '100'],
    ['0.1', '0.1'],
    ['1E-7', '1e-7'],
    ['9007199254740992', '9007199254740992'],
    ['1.7976931348623157e308', '1.7976931348623157e+308'],
    ['5e-324', '5e-324'],
    ['1e23', '1e+23'],
    ['0e400', '0'],
  ])('takes %s as the same value %s', (literal, written) => {
    expect(again(literal)).toBe(written);
  });

  it.each([
    '9007199254740993',
    '12345678901234567890',
    '1e400',
    '-1e400',
    '1e-400',
    '-0',
    '-0.0',
    '-0e5',
    '0.1000000000000000055511151231257827',
    '3.14159265358979323846',
  ])('refuses %s, and names its place', (literal) => {
    const fault = faultOf(`{"a":[0,{"b":${literal}}]}`);
    expect(fault.message).toContain(literal);
    expect(fault.path).toBe('a.1.b');
  });

  it('refuses no number that JavaScript writes', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(isExact(String(value))).toBe(true);
        expect(isExact(value.toExponential())).toBe(true);
      }),
    );
  });

  it('takes a whole number exactly where its digits are written again', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (value) => {
        expect(isExact(String(value))).toBe(String(Number(value)) === String(value));
      }),
    );
  });

  it.each([
    ['{"a":{"b":1,"b":1}}', 'a.b', '"b" twice'],
    ['{"a":1,"\\u0061":2}', 'a', '"a" twice'],
    ['{"x":{"__proto__":{}}}', 'x.__proto__', '"__proto__"'],
    ['{"title":"T","\\u005f_proto__":1}', '__proto__', '"__proto__"'],
    ['{"constructor":{"prototype":{}}}', 'constructor', '"constructor"'],
  ])('refuses %s', (text, path, message) => {
    const fault = faultOf(text);
    expect(fault.path).toBe(path);
    expect(fault.message).toContain(message);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('takes a constructor that holds nothing of a prototype', () => {
    expect(again('{"constructor":"x","prototype":1}')).toBe('{"constructor":"x","prototype":1}');
  });

  it.each(['', '{', '{"a":}', '[1,]', 'NaN', '01', "{'a':1}"])('says that %j is not JSON, and where', (text) => {
    expect(faultOf(text)).toMatchObject({
      path: null,
      message: expect.stringMatching(/^not JSON: at line 1, column \d there must be /),
    });
  });

  it('reads every number of what is stored, also of such as are refused now', () => {
    for (const text of ['{"10":9007199254740993}', '{"\\u0061":[1e400,0.10000000000000000555]}']) {
      expect(readJson(text)).toEqual(JSON.parse(text));
    }
  });

  it('reads names that JSON.parse takes for others once it has read a backslash as one', () => {
    for (const text of ['{"k":null,"\\\\":0}', '{"k":null,"\\n":0}', '{"k":null,"\\"":0}', '{"k":null,"\\u0001":0}']) {
      expect(again(text)).toBe(text);
      expect(JSON.stringify(readJson(text))).toBe(text);
    }
  });

  it('keeps the order also of what is added later, behind the rest', () => {
    const value = Object.assign(Object(parseJson('{"2":1,"1":2}')), { more: 3 });
    expect(JSON.stringify(value)).toBe('{"2":1,"1":2,"more":3}');
  });

  it('keeps the order of a mebibyte of small objects', () => {
    const text = `[${Array.from({ length: 20_000 }, (_, index) => `{"2":${index},"1":[${index}]}`).join(',')}]`;
    expect(again(text)).toBe(text);
  });
});
