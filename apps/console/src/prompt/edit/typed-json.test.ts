import { describe, expect, it } from 'vitest';
import { readTyped, readTypedObject, writtenJson } from './typed-json.ts';

describe('JSON that is typed', () => {
  it.each([
    ['{ "b": 1, "a": [true, null, "x"] }'],
    ['{"temperature": 1.0, "top_p": 15e-1, "stop": "\\u0041\\n", "large": 9007199254740992, "small": 1E-7}'],
    ['{"10": 1, "20": 2, "name": {"1": 0.5}}'],
    ['{"digits": 0.1000000000000000000, "long": 123456789012345680000}'],
    ['"a \\"text\\" with { } : and , in it"'],
  ])('is what it says: %s', (text) => {
    expect(readTyped('Config', text)).toEqual(JSON.parse(text));
  });

  it.each([
    ['a number that would be rounded', '{"seed": 9007199254740993}', 'from 9007199254740993 on'],
    ['a fraction that would be', '[0.12345678901234567891]', 'from 0.12345678901234567891 on'],
    ['a number that no program holds', '{"a": 1e400}', 'from 1e400 on'],
    ['a name that stands twice', '{"a": 1, "a": 2}', 'from 1 on'],
    ['names whose order would be lost', '{"2": "b", "1": "a"}', 'from "2" on'],
  ])('is refused with %s', (_what, text, place) => {
    expect(() => readTyped('Config', text)).toThrow(new RegExp(`^Config: ${place.replaceAll('.', '\\.')}`));
  });

  it('is refused where it is none, in words that name the field', () => {
    expect(() => readTyped('Config', '{"a": }')).toThrow(/^Config: this is no JSON\. ./);
    expect(() => readTypedObject('Config', '[1]')).toThrow('Config: this must be a JSON object, in braces.');
  });

  it('is nothing where nothing is typed, and the other way round', () => {
    expect([readTypedObject('Config', ' \n'), writtenJson(null)]).toEqual([null, '']);
    const value = { properties: { a: { type: 'string' } } };
    expect(readTypedObject('Config', writtenJson(value))).toEqual(value);
  });
});
