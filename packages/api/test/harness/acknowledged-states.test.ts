import { expect, it } from 'vitest';
import { visibleStates } from './acknowledged-states.ts';

const states = [
  { state: 'old', by: 'one', asked: 0, answered: 0 },
  { state: 'new', by: 'one', asked: 100, answered: 200 },
  { state: 'pending', by: 'two', asked: 900, answered: Number.POSITIVE_INFINITY },
];

it('lets the server that answered a change show nothing of before, from then on', () => {
  expect(visibleStates(states, 'one', 199, 250)).toEqual(['old', 'new']);
  expect(visibleStates(states, 'one', 200, 250)).toEqual(['new']);
});

it('lets others show it for a second more', () => {
  expect(visibleStates(states, 'two', 1_199, 1_199)).toEqual(['old', 'new', 'pending']);
  expect(visibleStates(states, 'two', 1_200, 1_200)).toEqual(['new', 'pending']);
});

it('lets whoever asks while a change is under way see it or not', () => {
  expect(visibleStates(states, 'one', 500, 899)).toEqual(['new']);
  expect(visibleStates(states, 'one', 500, 900)).toEqual(['new', 'pending']);
});
