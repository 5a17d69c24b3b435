import { z } from 'zod';

/** What an account may pile up, and what of it is bounded. Each is settable for the server and for one account. */
export const QuotaName = z.enum([
  'prompts',
  'versions',
  'versionsPerPrompt',
  'labelsPerPrompt',
  'labelMovesPerPrompt',
  'storedBytes',
  'groups',
  'membersPerGroup',
  'invitations',
  'invitationsPerAddress',
  'favorites',
  'apiKeys',
  'sessions',
  'importsAtOnce',
]);
export type QuotaName = z.infer<typeof QuotaName>;

const Amount = z.int().min(0);

/** `used` is null where the quota is of each prompt, group or address. */
export const QuotaUse = z
  .strictObject({ quota: QuotaName, limit: Amount, used: Amount.nullable() })
  .meta({ id: 'QuotaUse' });
export type QuotaUse = z.infer<typeof QuotaUse>;

const each = <Schema extends z.ZodType>(amount: Schema) =>
  ({
    prompts: amount,
    versions: amount,
    versionsPerPrompt: amount,
    labelsPerPrompt: amount,
    labelMovesPerPrompt: amount,
    storedBytes: amount,
    groups: amount,
    membersPerGroup: amount,
    invitations: amount,
    invitationsPerAddress: amount,
    favorites: amount,
    apiKeys: amount,
    sessions: amount,
    importsAtOnce: amount,
  }) satisfies Record<QuotaName, Schema>;

/** Amounts that an administrator set for one account, in place of the server's. */
export const OwnQuotas = z.strictObject(each(Amount.optional())).meta({ id: 'OwnQuotas' });
export type OwnQuotas = z.infer<typeof OwnQuotas>;

/** Merged into what is set; null takes an amount back, so that the server's counts again. */
export const SetQuotasInput = z.strictObject(each(Amount.nullable().optional()));
export type SetQuotasInput = z.infer<typeof SetQuotasInput>;
