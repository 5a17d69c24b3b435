import { type Database, newId, retryTransaction } from '@promptory/db';
import { sql, type Transaction } from 'kysely';
import { recordAudit } from '../../audit/record-audit.ts';
import type { Context, Db, Services } from '../../context.ts';
import { requireNewPassword } from '../../domain/accounts/account-input.ts';
import { insertAccount } from '../../domain/accounts/insert-account.ts';
import { insertPrompts, type NewPrompt } from '../../domain/prompts/insert-prompts.ts';
import { textOf } from '../../domain/prompts/versioned-content.ts';
import { type ExamplePrompt, exampleGroup, examplePrompts } from './example-prompts.ts';

export const DEMO_EMAIL = 'demo@promptory.example';

const command: Pick<Context, 'principal' | 'requestId' | 'client'> = {
  principal: { kind: 'anonymous', rejected: null },
  requestId: 'seed',
  client: { ip: '127.0.0.1', userAgent: null },
};

export interface SeededExamples {
  readonly userId: string;
  /** Whether the account was made now, and so has the given password. */
  readonly accountCreated: boolean;
  /** How many prompts were made now. */
  readonly promptsCreated: number;
}

/**
 * Makes a demo account with a verified address, public example prompts and a group of some of them. What is there already,
 * the trash included, stays as it is, the password too.
 * @throws AppError auth.password_too_weak
 */
export async function seedExamples(
  services: Pick<Services, 'db' | 'clock' | 'passwords'>,
  { password }: { password: string },
): Promise<SeededExamples> {
  const typed = requireNewPassword(password, DEMO_EMAIL);
  const known = await findDemoUser(services.db);
  const passwordHash = known === undefined ? await services.passwords.hash(typed) : '';
  return await retryTransaction(services.db, async (trx) => {
    const now = services.clock.now();
    const account = known ?? (await insertDemoUser(trx, passwordHash, now));
    const promptsCreated = await insertMissingPrompts(trx, account.userId, now);
    const groupCreated = await insertMissingGroup(trx, account.userId, now);
    const accountCreated = account.inserted;
    if (accountCreated || promptsCreated > 0 || groupCreated) {
      await recordAudit(
        trx,
        { ...command, clock: services.clock },
        {
          action: 'examples.seeded',
          targetType: 'user',
          targetId: account.userId,
          details: { accountCreated, promptsCreated, groupCreated },
        },
      );
    }
    return { userId: account.userId, accountCreated, promptsCreated };
  });
}

interface DemoUser {
  readonly userId: string;
  readonly inserted: boolean;
}

async function findDemoUser(db: Db): Promise<DemoUser | undefined> {
  const row = await db.selectFrom('users').select('id').where('email', '=', DEMO_EMAIL).executeTakeFirst();
  return row === undefined ? undefined : { userId: row.id, inserted: false };
}

async function insertDemoUser(trx: Transaction<Database>, passwordHash: string, now: Date): Promise<DemoUser> {
  const account = { email: DEMO_EMAIL, name: 'Demo', handle: 'demo', role: 'user', verified: true } as const;
  const inserted = await insertAccount(trx, { ...account, passwordHash }, now, { otherHandle: true });
  if (inserted.outcome === 'handle_taken') throw new Error('A handle that may be numbered is taken');
  return { userId: inserted.userId, inserted: inserted.outcome === 'inserted' };
}

async function insertMissingPrompts(trx: Transaction<Database>, userId: string, now: Date): Promise<number> {
  const ids = await promptIdsBySlug(trx, userId);
  const missing = examplePrompts.filter(({ slug }) => !ids.has(slug));
  await insertPrompts(trx, { ownerId: userId, authorId: userId, at: now }, missing.map(newPrompt));
  return missing.length;
}

function newPrompt(example: ExamplePrompt): NewPrompt {
  const { content, messages } = textOf(
    'messages' in example ? { kind: 'chat', messages: example.messages } : { content: example.content },
  );
  return {
    slug: { given: example.slug },
    title: example.title,
    description: example.description,
    content,
    messages,
    config: example.config ?? {},
    inputSchema: example.inputSchema ?? null,
    outputSchema: example.outputSchema ?? null,
    category: example.category,
    tags: example.tags,
    isTemplate: example.isTemplate ?? false,
    visibility: 'public',
  };
}

async function promptIdsBySlug(trx: Transaction<Database>, userId: string): Promise<Map<string, string>> {
  const rows = await trx
    .selectFrom('prompts')
    .select(['id', sql<string>`coalesce(trashed_slug, slug)`.as('slug')])
    .where('user_id', '=', userId)
    .where(sql<boolean>`coalesce(trashed_slug, slug) = ANY(${examplePrompts.map(({ slug }) => slug)}::text[])`)
    .execute();
  return new Map(rows.map(({ id, slug }) => [slug, id]));
}

async function insertMissingGroup(trx: Transaction<Database>, userId: string, now: Date): Promise<boolean> {
  const { name, description, slugs } = exampleGroup;
  const known = await trx
    .selectFrom('groups')
    .select('id')
    .where('user_id', '=', userId)
    .where('name', '=', name)
    .executeTakeFirst();
  if (known !== undefined) return false;
  const id = newId();
  await trx
    .insertInto('groups')
    .values({ id, name, description, user_id: userId, created_at: now, updated_at: now })
    .execute();
  const ids = await promptIdsBySlug(trx, userId);
  const entries = slugs.flatMap((slug) => ids.get(slug) ?? []);
  await trx
    .insertInto('group_prompts')
    .columns(['group_id', 'prompt_id', 'position', 'added_by', 'created_at'])
    .expression(sql`
      SELECT ${id}::uuid, prompt_id, place - 1, ${userId}::uuid, ${now.toISOString()}::timestamptz
      FROM unnest(${entries}::uuid[]) WITH ORDINALITY AS entries (prompt_id, place)
    `)
    .execute();
  return true;
}
