import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor, InvalidCursorError } from './cursor.ts';

const key = Buffer.alloc(32, 7);
const binding = 'alice, tagged a and b, by update';

describe('cursors', () => {
  it('give back the values they were made from', () => {
    const value = fc.oneof(
      fc.string({ maxLength: 40, unit: 'grapheme' }),
      fc.boolean(),
      fc.constant(null),
      fc.integer(),
    );
    fc.assert(
      fc.property(fc.array(value, { maxLength: 5 }), (values) => {
        expect(decodeCursor(key, binding, encodeCursor(key, binding, values))).toEqual(values);
      }),
    );
  });

  it('show neither the values nor their length, nor that two hold the same', () => {
    const cursorsOf = (values: (string | number)[]) =>
      [0, 1].map(() => Buffer.from(encodeCursor(key, binding, values), 'base64url'));
    const [few, again] = cursorsOf([7, 'an id']);
    const [many] = cursorsOf([7_000_000, 'an id']);
    expect(few?.equals(again as Buffer)).toBe(false);
    expect(few?.length).toBe(many?.length);
    expect(`${few?.toString('latin1')}${many?.toString('latin1')}`).not.toMatch(/an id|7000000/);
  });

  it('are bound to the caller, the filter and the sort that they were made for', () => {
    const cursor = encodeCursor(key, binding, ['x', 1]);
    expect(decodeCursor(key, binding, cursor)).toEqual(['x', 1]);
    for (const other of [binding.replace('alice', 'bob'), binding.replace('update', 'title'), `${binding} `, '']) {
      expect(() => decodeCursor(key, other, cursor)).toThrow(InvalidCursorError);
    }
  });

  it('are refused with another key', () => {
    expect(() => decodeCursor('another', binding, encodeCursor(key, binding, [1]))).toThrow(InvalidCursorError);
  });

  it('are refused after any one-character change, and however they are malformed', () => {
    const cursor = encodeCursor(key, binding, ['2026-11-22T09:00:00.000Z', 'abc']);
    for (let at = 0; at < cursor.length; at += 1) {
      const changed = `${cursor.slice(0, at)}${cursor[at] === 'A' ? 'B' : 'A'}${cursor.slice(at + 1)}`;
      expect(() => decodeCursor(key, binding, changed)).toThrow(InvalidCursorError);
    }
    for (const malformed of [
      '',
      'A',
      `${cursor}=`,
      `${cursor}A`,
      ` ${cursor}`,
      'A'.repeat(4_000),
      '😀',
      cursor.slice(0, 20),
    ]) {
      expect(() => decodeCursor(key, binding, malformed)).toThrow(InvalidCursorError);
    }
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => decodeCursor(key, binding, text)).toThrow(InvalidCursorError);
      }),
    );
  });
});
