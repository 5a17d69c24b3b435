import { describe, expect, it } from 'vitest';
import { placeOf, positionAt } from './feed-place.ts';

const position = { snapshot: '17:19:18', readAt: '2026-11-29T12:00:00.123Z', server: 'this database' };

describe('a place in the feed', () => {
  it('says as far as no transaction was under way, and when that was', () => {
    const found = positionAt(placeOf(position), position);
    expect(found).toEqual({ ...position, snapshot: '17:17:' });
    expect(placeOf(found ?? position)).toBe(placeOf(position));
  });

  it('is none of another database, also once others were asked about', () => {
    const other = { ...position, server: 'another' };
    for (const { server } of [other, position, other]) {
      expect(positionAt(placeOf(position), { server }) === null).toBe(server === 'another');
    }
    expect(placeOf(other)).not.toBe(placeOf(position));
  });

  const [xmin, at, server] = placeOf(position).split('-');
  it.each([
    ['no place at all', 'never'],
    ['an empty one', ''],
    ['one with more before it', `x${xmin}-${at}-${server}`],
    ['one with more behind it', `${xmin}-${at}-${server}0`],
    ['a transaction of nineteen digits', `${'1'.repeat(19)}-${at}-${server}`],
    ['a time of ten signs', `${xmin}-${'1'.repeat(10)}-${server}`],
    ['no transaction', `-${at}-${server}`],
  ])('is not made of %s', (_, place) => {
    expect(positionAt(place, position)).toBeNull();
  });

  it('takes the latest time that has a place', () => {
    expect(positionAt(`${xmin}-${'z'.repeat(9)}-${server}`, position)?.readAt).toBe('5188-04-22T11:04:28.415Z');
  });

  it('takes a transaction of eighteen digits', () => {
    expect(positionAt(`${'1'.repeat(18)}-${at}-${server}`, position)?.snapshot).toBe(
      `${'1'.repeat(18)}:${'1'.repeat(18)}:`,
    );
  });
});
