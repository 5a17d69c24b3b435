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

/** What each bounds. */
const bounded: Readonly<Record<QuotaName, string>> = {
  prompts: 'Prompts, those in the trash included.',
  versions: 'Versions of all prompts together.',
  versionsPerPrompt: 'Versions of one prompt.',
  labelsPerPrompt: 'Labels of one prompt.',
  labelMovesPerPrompt: 'Moves in the history of the labels of one prompt.',
  storedBytes: 'Bytes of the texts of all versions together.',
  groups: 'Groups that the account owns.',
  membersPerGroup: 'Members and open invitations of one group.',
  invitations: 'Invitations that wait for an answer.',
  invitationsPerAddress: 'Of these, to one address.',
  favorites: 'Prompts that the account has marked.',
  apiKeys: 'API keys that are not revoked.',
  sessions: 'Sessions at once.',
  importsAtOnce: 'Imports that run at once.',
};

const each = <Schema extends z.ZodType>(amount: Schema) =>
  Object.fromEntries(QuotaName.options.map((name) => [name, amount.describe(bounded[name])])) as Record<
    QuotaName,
    Schema
  >;

/** Amounts that an administrator set for one account, in place of the server's. */
export const OwnQuotas = z.strictObject(each(Amount.optional())).meta({ id: 'OwnQuotas' });
export type OwnQuotas = z.infer<typeof OwnQuotas>;

/** Merged into what is set; null takes an amount back, so that the server's counts again. */
export const SetQuotasInput = z.strictObject(each(Amount.nullable().optional()));
export type SetQuotasInput = z.infer<typeof SetQuotasInput>;
