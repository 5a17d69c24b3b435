import type { Scope } from '@promptory/client';

/** What each scope of a key is for, in the order of how often it is wanted. */
export const scopes: readonly (readonly [Scope, string])[] = [
  ['prompts:read', 'Find, read and render prompts'],
  ['prompts:write', 'Write prompts, and delete them'],
  ['labels:write', 'Move labels: choose what production is'],
  ['groups:read', 'See groups'],
  ['groups:write', 'Make, arrange and share groups'],
  ['usage:read', 'See how prompts are used'],
  ['account:read', 'See the account'],
];

/** Days that a key may live; null for as long as it is not revoked. */
export const lives = [30, 90, 365, null] as const;
export type Life = (typeof lives)[number];

export const endOf = (life: Life, now: number): string | null =>
  life === null ? null : new Date(now + life * 86_400_000).toISOString();
