import { expect, it } from 'vitest';
import { aboutServer } from './try-connections.ts';

const answering = (version: string, isEncrypted: boolean | null = null) => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return aboutServer({ number: major * 10_000 + minor, version, isEncrypted });
};

it('refuses a PostgreSQL that is too old, and takes all from the oldest to the newest', () => {
  expect(() => answering('14.22')).toThrow('PostgreSQL 14.22 is too old: 15 to 18 will do');
  expect(answering('15.0')).toBe('PostgreSQL 15.0 answers, without TLS');
  expect(answering('18.4', true)).toBe('PostgreSQL 18.4 answers, over TLS');
});

it('says of a newer one that it was not tried', () => {
  expect(answering('19.0', false)).toBe(
    'PostgreSQL 19.0 answers, without TLS; it is newer than 18, the last that was tried',
  );
});
