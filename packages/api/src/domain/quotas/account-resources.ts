import type { Database } from '@promptory/db';
import type { Transaction } from 'kysely';
import type { Db } from '../../context.ts';
import { type QuotaContext, type Quotas, quotaExceeded, quotasFrom, shareOfOthers } from './quota-limits.ts';

/** What an account holds of all that is counted as it changes, and what it may. */
export interface AccountResources {
  readonly used: Readonly<Record<'prompts' | 'versions' | 'storedBytes' | 'groups', number>>;
  readonly quotas: Quotas;
}

/**
 * Locks what is counted of an account until the transaction ends, so that of many at once none passes a quota. Whoever also
 * locks accounts, groups or prompts that are there locks those first; whoever makes prompts locks this before.
 */
export async function lockResources(
  trx: Transaction<Database>,
  ctx: QuotaContext,
  userId: string,
): Promise<AccountResources> {
  const row = await selectResources(trx, userId).forNoKeyUpdate().executeTakeFirst();
  if (row === undefined) {
    await trx
      .insertInto('account_resources')
      .values({ user_id: userId })
      .onConflict((on) => on.doNothing())
      .execute();
    return lockResources(trx, ctx, userId);
  }
  const { quotas, ...used } = row;
  return { used, quotas: quotasFrom(ctx, quotas) };
}

/** What an account holds as it stands now, without a lock. */
export async function findResources(db: Db, ctx: QuotaContext, userId: string): Promise<AccountResources> {
  const row = await selectResources(db, userId).executeTakeFirst();
  const { quotas, ...used } = row ?? { prompts: 0, versions: 0, storedBytes: 0, groups: 0, quotas: {} };
  return { used, quotas: quotasFrom(ctx, quotas) };
}

const selectResources = (db: Db, userId: string) =>
  db
    .selectFrom('account_resources')
    .select(['prompts', 'versions', 'stored_bytes as storedBytes', 'groups', 'quotas'])
    .where('user_id', '=', userId);

const COUNTED = ['prompts', 'versions', 'storedBytes', 'groups'] as const;
type Counted = (typeof COUNTED)[number];

/**
 * Refuses to add to what an account holds already.
 * @throws AppError quota.exceeded
 */
export function requireRoom({ used, quotas }: AccountResources, wanted: Partial<Record<Counted, number>>): void {
  for (const quota of COUNTED) {
    const more = wanted[quota];
    if (more === undefined || used[quota] + more <= quotas[quota]) continue;
    throw quotaExceeded(quota, { limit: quotas[quota], used: used[quota] });
  }
}

/** What an account will hold when that is added to it. */
export function withAdded(resources: AccountResources, added: Partial<Record<Counted, number>>): AccountResources {
  const used = { ...resources.used };
  for (const quota of COUNTED) used[quota] += added[quota] ?? 0;
  return { ...resources, used };
}

/**
 * Refuses a version that was just written and counted, where its prompt's owner now holds more than they may.
 * @throws AppError quota.exceeded
 */
export async function requireVersionFits(
  trx: Transaction<Database>,
  ctx: QuotaContext,
  { ownerId, authorId, version }: { ownerId: string; authorId: string; version: number },
): Promise<void> {
  const { used, quotas } = await lockResources(trx, ctx, ownerId);
  const isOwn = ownerId === authorId;
  const counted = { versionsPerPrompt: version, versions: used.versions, storedBytes: used.storedBytes };
  for (const quota of ['versionsPerPrompt', 'versions', 'storedBytes'] as const) {
    const limit = isOwn ? quotas[quota] : shareOfOthers(quotas[quota]);
    if (counted[quota] <= limit) continue;
    // Of what is counted by pieces, this one is not kept.
    const before = quota === 'storedBytes' ? Math.min(limit, counted[quota]) : counted[quota] - 1;
    throw quotaExceeded(quota, { limit, used: isOwn || quota === 'versionsPerPrompt' ? before : null });
  }
}

/** What a prompt to be counts as; by a few bytes less than it will be stored as. */
export const roomOf = (prompt: {
  readonly title: string;
  readonly description: string;
  readonly content: string;
  readonly messages: unknown;
  readonly config: unknown;
  readonly inputSchema: unknown;
  readonly outputSchema: unknown;
}) => ({
  prompts: 1,
  versions: 1,
  storedBytes:
    Buffer.byteLength(prompt.title) +
    Buffer.byteLength(prompt.description) +
    Buffer.byteLength(prompt.content) +
    jsonBytes(prompt.messages) +
    jsonBytes(prompt.config) +
    jsonBytes(prompt.inputSchema) +
    jsonBytes(prompt.outputSchema),
});

const jsonBytes = (value: unknown): number => (value === null ? 0 : Buffer.byteLength(JSON.stringify(value)));
