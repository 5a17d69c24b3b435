import { expect, it } from 'vitest';
import { scramVerifier } from './scram-verifier.ts';

it('is what PostgreSQL itself stores of a password with that salt', () => {
  // Written by PostgreSQL 18.4 for: CREATE ROLE … PASSWORD 'pencil'
  const stored =
    'SCRAM-SHA-256$4096:TEK+vVYfy+SuSzY1/JZRVw==$lw0HlO0QYtrVUZM/wn8Cu0YDo3Kmuf6uiiQAFoLQDvo=:9bVGJLCratpN2HBTZM/FYdpPFxy0Ur4d0zGjGb7akZk=';
  const salt = Buffer.from(stored.split(/[:$]/)[2] ?? '', 'base64');
  expect(scramVerifier('pencil', salt)).toBe(stored);
});

it('refuses a password that PostgreSQL would change before it hashes it', () => {
  for (const password of ['', 'pässword', 'tab\there']) expect(() => scramVerifier(password)).toThrow(RangeError);
});
