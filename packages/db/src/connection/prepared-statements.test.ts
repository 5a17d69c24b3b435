import { expect, it } from 'vitest';
import { PreparedStatements } from './prepared-statements.ts';

const useTimes = (statements: PreparedStatements, text: string, times: number): (string | undefined)[] =>
  Array.from({ length: times }, () => statements.nameOf(text));

it('names a statement at its fifth use, and by one name from then on', () => {
  const names = useTimes(new PreparedStatements(), 'select 1', 7);
  expect(names.slice(0, 4)).toEqual([undefined, undefined, undefined, undefined]);
  expect(new Set(names.slice(4))).toEqual(new Set(['promptory_1']));
});

it('names three hundred, whatever else is asked, and counts no more than two thousand', () => {
  const statements = new PreparedStatements();
  for (let index = 0; index < 300; index += 1) useTimes(statements, `select ${index}`, 5);
  expect(useTimes(statements, 'select now()', 20).at(-1)).toBeUndefined();
  expect(statements.nameOf('select 299')).toBe('promptory_300');

  // Four uses are forgotten with those of two thousand others.
  const fresh = new PreparedStatements();
  useTimes(fresh, 'select now()', 4);
  for (let index = 0; index < 2_000; index += 1) fresh.nameOf(`select ${index}`);
  expect(fresh.nameOf('select now()')).toBeUndefined();
});

it('gives another name to what it had forgotten, and to everything after an hour', () => {
  let now = 0;
  const statements = new PreparedStatements(() => now);
  expect(useTimes(statements, 'select 1', 5).at(-1)).toBe('promptory_1');
  statements.forget('select 1');
  expect(useTimes(statements, 'select 1', 5)).toEqual([undefined, undefined, undefined, undefined, 'promptory_2']);
  now = 3_600_000;
  expect(statements.nameOf('select 1')).toBe('promptory_2');
  now += 1;
  expect(useTimes(statements, 'select 1', 5)).toEqual([undefined, undefined, undefined, undefined, 'promptory_3']);
});

it('names nothing once it is turned off', () => {
  const statements = new PreparedStatements();
  useTimes(statements, 'select 1', 5);
  statements.turnOff();
  expect([statements.isOn, ...useTimes(statements, 'select 1', 6)]).toEqual([false, ...Array(6).fill(undefined)]);
});
