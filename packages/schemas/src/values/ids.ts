import { z } from 'zod';
import { formatted } from '../faults/refusing.ts';

/** A UUID; those that Promptory makes are version 7. */
export const Id = z.uuid().max(36);
export type Id = z.infer<typeof Id>;

export const ById = z.strictObject({ id: Id });
export type ById = z.infer<typeof ById>;

/** A time as ISO 8601 with milliseconds, in UTC: `2026-01-31T09:30:00.000Z`. */
export const Timestamp = z.iso.datetime().max(40);
export type Timestamp = z.infer<typeof Timestamp>;

/** A user's name in references and addresses. */
export const Handle = z
  .string()
  .max(39, { abort: true })
  .check(formatted('handle', /^[a-z0-9](?:[a-z0-9-]{0,37}[a-z0-9])?$/))
  .describe('The name of an account in references and addresses: lower-case letters, digits and inner hyphens.');
export type Handle = z.infer<typeof Handle>;

/** A prompt's path-like name, unique for its owner: `support/triage`. */
export const Slug = z
  .string()
  .max(150, { abort: true })
  .check(formatted('slug', /^[a-z0-9][a-z0-9_-]*(?:\/[a-z0-9][a-z0-9_-]*)*$/))
  .describe('The name of a prompt in references, unique for its owner: `support/triage`.');
export type Slug = z.infer<typeof Slug>;

/** A version of a prompt, from 1. */
export const VersionNumber = z.int().min(1).max(2_147_483_647).describe('The number of a version, from 1.');

/** The version that a change builds on. */
export const BaseVersion = VersionNumber.describe(
  'The version that the change builds on: where it is no longer the latest, nothing is changed.',
);

/** What anyone who may see a user's work sees of the user. */
export const PublicUser = z
  .strictObject({ id: Id, handle: Handle, name: z.string().max(100), avatarUrl: z.string().max(2048).nullable() })
  .meta({ id: 'PublicUser' });
export type PublicUser = z.infer<typeof PublicUser>;
