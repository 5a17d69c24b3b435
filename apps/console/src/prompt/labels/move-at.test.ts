import { expect, it } from 'vitest';
import { faultOfLabel, readMove, withMove } from './move-at.ts';

it('keeps a move in the address beside what else is there', () => {
  const query = withMove('?version=2', { label: 'staging', to: 3 });
  expect(query).toBe('?version=2&move=staging&to=3');
  expect(readMove(query)).toEqual({ label: 'staging', to: 3 });
  expect(withMove(query, null)).toBe('?version=2');
  expect(readMove(withMove('', { label: 'staging', to: null }))).toEqual({ label: 'staging', to: null });
});

it('takes what no label or version is called for none', () => {
  expect(readMove('?version=2')).toBeNull();
  expect(readMove('?move=%3Cscript%3E&to=-1')).toEqual({ label: 'production', to: undefined });
  expect(readMove('?move=latest&to=1e99')).toEqual({ label: 'production', to: undefined });
});

it('says why a text is no label', () => {
  expect(faultOfLabel('eu.production_2-b')).toBeUndefined();
  for (const text of ['', 'Production', '-a', '7', 'latest', 'a'.repeat(37)]) expect(faultOfLabel(text)).toBeDefined();
});
