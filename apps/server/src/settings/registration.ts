import type { Registration } from '@promptory/api/server';
import { normalizeEmailAddress } from '@promptory/auth';
import { z } from 'zod';
import { commaSeparated } from './forms/comma-separated.ts';
import { oneOf } from './forms/one-of.ts';

/** A domain as addresses have it: in lower case and punycode; null where no address has one like it. */
function normalizeDomain(text: string): string | null {
  const below = text.startsWith('*.');
  const address = normalizeEmailAddress(`a@${below ? text.slice(2) : text}`);
  return address === null ? null : `${below ? '*.' : ''}${address.slice(address.lastIndexOf('@') + 1)}`;
}

const Domains = z
  .string()
  .max(8192)
  .transform((text) => commaSeparated(text).map(normalizeDomain))
  .refine((domains) => domains.every((domain) => domain !== null), {
    message: 'must be domains separated by commas, such as example.com,*.example.com',
  })
  .transform((domains) => domains.filter((domain) => domain !== null));

export const RegistrationVariables = {
  REGISTRATION: oneOf(['open', 'invitation', 'domains', 'closed']).default('open'),
  REGISTRATION_DOMAINS: Domains.optional(),
};

/** What is missing of the two, or of no use. */
export const registrationFaults = (given: Readonly<Record<string, string | undefined>>): string[] =>
  (given.REGISTRATION === 'domains') === (given.REGISTRATION_DOMAINS !== undefined)
    ? []
    : ['REGISTRATION=domains and REGISTRATION_DOMAINS must be set together'];

export function registrationOf(read: {
  REGISTRATION: Registration['mode'];
  REGISTRATION_DOMAINS?: string[] | undefined;
}): Registration {
  const mode = read.REGISTRATION;
  return mode === 'domains' ? { mode, domains: read.REGISTRATION_DOMAINS ?? [] } : { mode };
}
