import { retryTransaction } from '@promptory/db';
import type { Db } from '../context.ts';
import { type InsertedPrompt, insertPrompt, insertPrompts, type NewPrompt } from '../domain/prompts/insert-prompts.ts';
import type { Person } from './given.ts';

const plainPrompt = (title: string): NewPrompt => ({
  title,
  description: '',
  content: `About ${title}`,
  messages: null,
  config: {},
  inputSchema: null,
  category: null,
  tags: [],
  isTemplate: false,
  visibility: 'private',
});

const by = (owner: Person) => ({ ownerId: owner.id, authorId: owner.id, at: new Date() });

/** A private text prompt of `owner`, but for `parts`. */
export async function givenPrompt(
  db: Db,
  owner: Person,
  title: string,
  parts: Partial<NewPrompt> = {},
): Promise<InsertedPrompt> {
  return await retryTransaction(db, (trx) => insertPrompt(trx, by(owner), { ...plainPrompt(title), ...parts }));
}

/** So many private text prompts of `owner`. */
export async function givenPrompts(db: Db, owner: Person, count: number): Promise<InsertedPrompt[]> {
  const prompts = Array.from({ length: count }, (_, index) => plainPrompt(`Prompt ${index}`));
  return await retryTransaction(db, (trx) => insertPrompts(trx, by(owner), prompts));
}
