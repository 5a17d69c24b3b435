import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../json-value.ts';
import { inputTypesOf, typeScriptOf } from './typescript-of.ts';

const type = (schema: JsonValue) =>
  typeScriptOf(schema, 'T')
    .replace(/^export type T = /, '')
    .replace(/;\n$/, '');

describe('typeScriptOf', () => {
  it('writes objects with their descriptions, and a name for what is referred to', () => {
    const schema: JsonValue = {
      type: 'object',
      description: 'A ticket.',
      properties: {
        title: { type: 'string', description: 'What it is about.\nIn one line.' },
        'due-at': { type: ['string', 'null'], default: null, deprecated: true },
        children: { type: 'array', items: { $ref: '#/$defs/tree' } },
      },
      required: ['title', 'id'],
      additionalProperties: false,
      $defs: { tree: { type: 'object', properties: { children: { type: 'array', items: { $ref: '#/$defs/tree' } } } } },
    };
    expect(typeScriptOf(schema, 'Ticket')).toBe(`/** A ticket. */
export type Ticket = {
  /**
   * What it is about.
   * In one line.
   */
  title: string;
  /**
   * @deprecated
   * @default null
   */
  "due-at"?: string | null;
  children?: TicketTree[];
  id: unknown;
};
export type TicketTree = {
  children?: TicketTree[];
};
`);
  });

  it.each<[JsonValue, string]>([
    [true, 'unknown'],
    [false, 'never'],
    [{}, 'unknown'],
    [{ type: 'integer' }, 'number'],
    [{ enum: ['a', 1, null, { b: [true] }] }, '"a" | 1 | null | { b: [true] }'],
    [{ type: 'string', enum: ['a', 1] }, '"a"'],
    [{ type: 'array', items: { type: ['string', 'null'] } }, '(string | null)[]'],
    [{ type: 'array', items: { enum: ['|', ']'] } }, '("|" | "]")[]'],
    [
      { type: 'array', prefixItems: [{ type: 'string' }, { type: 'null' }], minItems: 1, items: false },
      '[string, null?]',
    ],
    [{ type: 'array', prefixItems: [{ type: 'string' }], items: { type: 'null' } }, '[string?, ...null[]]'],
    [{ type: 'object' }, '{\n  [name: string]: unknown;\n}'],
    [{ type: 'object', additionalProperties: { type: 'number' } }, '{\n  [name: string]: number;\n}'],
    [{ type: 'object', additionalProperties: false }, '{\n  [name: string]: never;\n}'],
    [
      {
        type: 'object',
        patternProperties: { '^n': { type: 'number' }, '^t': { type: 'string' } },
        additionalProperties: false,
      },
      '{\n  [name: string]: number | string;\n}',
    ],
    [{ type: 'object', patternProperties: { '^n': { type: 'number' } } }, '{\n  [name: string]: unknown;\n}'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'string | null'],
    [{ allOf: [{ enum: ['a', 'b'] }, { type: 'string' }] }, '("a" | "b") & string'],
  ])('writes %j', (schema, expected) => {
    expect(type(schema)).toBe(expected);
  });

  it('writes of inputs what a caller gives', () => {
    const properties: JsonValue = { tone: { type: 'string', default: 'warm' }, word: { type: 'string' } };
    const schema: JsonValue = { type: 'object', properties, required: ['tone', 'word'] };
    expect(inputTypesOf(schema, 'T')).toBe(
      'export type T = {\n  /** @default "warm" */\n  tone?: string;\n  word: string;\n};\n',
    );
    expect(inputTypesOf({ type: 'object' }, 'T')).toBe('export type T = {\n  [name: string]: never;\n};\n');
  });

  it('lets nothing out of a string, a comment or a name', () => {
    const hostile = '*/ export const x = 1; /* "`\u2028@ts-ignore\n@deprecated \u202e';
    const described = typeScriptOf({ type: 'string', description: hostile }, 'T');
    expect(described.match(/\*\//g)).toHaveLength(1);
    expect(described).not.toMatch(/[\u2028\u202e]|(?:^|\s)@/);
    const named = typeScriptOf({ type: 'object', properties: { [hostile]: { const: hostile } } }, 'T');
    expect(named.split('\n')).toHaveLength(4);
    expect(named).not.toMatch(/[\u2028\u202e]/);
    expect(() => typeScriptOf(true, 'string')).toThrow(TypeError);
    expect(() => typeScriptOf(true, 'A;B')).toThrow(TypeError);
  });
});
