import { expect, it } from 'vitest';
import { programLabel } from './program-label.ts';

it('is one number of six digits for a key and a prompt, which stays the same from release to release', () => {
  // By SHA-256 of both, worked out by another program.
  expect(programLabel('prompt', 'key')).toBe("somebody's program 673900");
  expect(programLabel('prompt', 'other')).toBe("somebody's program 972935");
  expect(programLabel('other', 'key')).toBe("somebody's program 123465");
});
