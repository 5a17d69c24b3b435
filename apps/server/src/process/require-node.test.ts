import { expect, it } from 'vitest';
import { nodeTooOld } from './require-node.ts';

it.each(['20.20.2', '22.17.1', '18.0.0'])('needs more than Node %s, and says so', (version) => {
  expect(nodeTooOld(version)).toBe(`This is Node ${version}: the server needs 22.18 or later.`);
});

it.each(['22.18.0', '24.0.0', '24.21.0'])('runs on Node %s', (version) => {
  expect(nodeTooOld(version)).toBeNull();
});
