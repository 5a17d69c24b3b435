import { expect, it } from 'vitest';
import { PreparedStatements } from './prepared-statements.ts';

/** Without what says of which text it is. */
const numberOf = (name: string | undefined): string | undefined => name?.replace(/_[\w-]{22}$/, '');

const unnamed = Array(4).fill(undefined);

const useTimes = (statements: PreparedStatements, text: string, times: number): (string | undefined)[] =>
  Array.from({ length: times }, () => statements.nameOf(text));

it('names a statement at its fifth use, and by one name from then on', () => {
  const names = useTimes(new PreparedStatements(), 'select 1', 7);
  expect(names.slice(0, 4)).toEqual([undefined, undefined, undefined, undefined]);
  expect(new Set(names.slice(4).map(numberOf))).toEqual(new Set(['promptory_1']));
  expect(new Set(names.slice(4)).size).toBe(1);
});

it('names three hundred, whatever else is asked, and counts no more than two thousand', () => {
  const statements = new PreparedStatements();
  for (let index = 0; index < 300; index += 1) useTimes(statements, `select ${index}`, 5);
  expect(useTimes(statements, 'select now()', 20).at(-1)).toBeUndefined();
  expect(numberOf(statements.nameOf('select 299'))).toBe('promptory_300');

  // Four uses are forgotten with those of two thousand others.
  const fresh = new PreparedStatements();
  useTimes(fresh, 'select now()', 4);
  for (let index = 0; index < 2_000; index += 1) fresh.nameOf(`select ${index}`);
  expect(fresh.nameOf('select now()')).toBeUndefined();
});

it('gives no name to two texts, of however many servers: behind a pooler they share sessions', () => {
  const [one, another] = [new PreparedStatements(), new PreparedStatements()];
  const name = useTimes(one, 'select 1', 5).at(-1);
  expect(name).toBeDefined();
  expect(useTimes(another, 'select 2', 5).at(-1)).not.toBe(name);
  expect(useTimes(new PreparedStatements(), 'select 1', 5).at(-1)).toBe(name);
});

it('gives another name to what it had forgotten, and to everything after an hour', () => {
  let now = 0;
  const statements = new PreparedStatements(() => now);
  expect(numberOf(useTimes(statements, 'select 1', 5).at(-1))).toBe('promptory_1');
  statements.forget('select 1');
  expect(useTimes(statements, 'select 1', 5).map(numberOf)).toEqual([...unnamed, 'promptory_2']);
  now = 3_600_000;
  expect(numberOf(statements.nameOf('select 1'))).toBe('promptory_2');
  now += 1;
  expect(useTimes(statements, 'select 1', 5).map(numberOf)).toEqual([...unnamed, 'promptory_3']);
});

it('names nothing once it is turned off', () => {
  const statements = new PreparedStatements();
  useTimes(statements, 'select 1', 5);
  statements.turnOff();
  expect([statements.isOn, ...useTimes(statements, 'select 1', 6)]).toEqual([false, ...Array(6).fill(undefined)]);
});
