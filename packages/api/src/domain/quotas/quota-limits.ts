import { OwnQuotas, type QuotaName } from '@promptory/schemas';
import type { Context, Db } from '../../context.ts';
import { type AppError, detailedError } from '../../errors.ts';

/** How much of each an account may hold, where nothing else is set for it. */
export type Quotas = Context['settings']['quotas'];

/** The quotas of staging and production unless set otherwise. */
export const defaultQuotas: Quotas = {
  prompts: 10_000,
  versions: 200_000,
  versionsPerPrompt: 1_000,
  labelsPerPrompt: 50,
  labelMovesPerPrompt: 10_000,
  storedBytes: 1_073_741_824,
  groups: 500,
  membersPerGroup: 500,
  invitations: 200,
  invitationsPerAddress: 20,
  favorites: 5_000,
  apiKeys: 100,
  sessions: 100,
  importsAtOnce: 4,
};

/** What actions need to know the server's quotas. */
export type QuotaContext = Pick<Context, 'settings'>;

/** The quotas of an account by what is stored of it; an amount that cannot be read counts as not set. */
export function quotasFrom({ settings }: QuotaContext, stored: unknown): Quotas {
  const own = OwnQuotas.safeParse(stored);
  return own.success ? { ...settings.quotas, ...own.data } : settings.quotas;
}

/** Of every ten that an account may hold, one is left to its owner alone: what editors add never stops them. */
export const shareOfOthers = (limit: number): number => Math.floor(limit * 0.9);

/** How much an account may hold of something that is counted where it is added. */
export async function findQuota(db: Db, ctx: QuotaContext, userId: string, quota: QuotaName): Promise<number> {
  const row = await db
    .selectFrom('account_resources')
    .select('quotas')
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return quotasFrom(ctx, row?.quotas)[quota];
}

const what: Readonly<Record<QuotaName, string>> = {
  prompts: 'prompts, those in the trash included',
  versions: 'versions of prompts',
  versionsPerPrompt: 'versions of one prompt',
  labelsPerPrompt: 'labels of one prompt',
  labelMovesPerPrompt: 'moves of labels of one prompt',
  storedBytes: 'bytes of prompts and their versions',
  groups: 'groups that it made',
  membersPerGroup: 'members of one group, those invited included',
  invitations: 'open invitations',
  invitationsPerAddress: 'open invitations of one address',
  favorites: 'favourites',
  apiKeys: 'API keys',
  sessions: 'sessions',
  importsAtOnce: 'imports at once',
};

/** Refuses more. `used`: what is there already; left out where it is somebody else's to know. */
export function quotaExceeded(quota: QuotaName, { limit, used }: { limit: number; used: number | null }): AppError {
  const amounts = used === null ? '' : ` (${used} of ${limit})`;
  return detailedError(
    'quota.exceeded',
    { quota, ...(used === null ? {} : { limit, used }) },
    { message: `The account holds as many ${what[quota]} as it may${amounts}.` },
  );
}
