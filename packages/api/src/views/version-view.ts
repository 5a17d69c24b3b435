import type { ChatMessage, PromptVersion } from '@promptory/schemas';
import { sql } from 'kysely';
import type { Db } from '../context.ts';
import { AppError } from '../errors.ts';
import { storedContent } from './stored-content.ts';
import { storedDocument, storedOutputSchema } from './stored-document.ts';
import { publicUser } from './user-view.ts';

type Json = Record<string, unknown>;
/** What is read alone, before it is said what it promises. */
export type Unsigned<T> = Omit<T, 'signature' | 'templateFault' | 'inputConflicts'>;

/** Versions with their authors, as a list shows them. Tables: `prompt_versions`, `prompts` and `author`. */
export function selectVersions(db: Db) {
  return db
    .selectFrom('prompt_versions')
    .innerJoin('prompts', 'prompts.id', 'prompt_versions.prompt_id')
    .innerJoin('users as author', 'author.id', 'prompt_versions.author_id')
    .select([
      'prompt_versions.version',
      'prompt_versions.title',
      'prompt_versions.change_note as changeNote',
      'prompt_versions.created_at as createdAt',
      publicUser('author').as('author'),
      sql<boolean>`prompt_versions.version = prompts.version`.as('isLatest'),
    ]);
}

/** The same, whole. */
export const selectWholeVersions = (db: Db) =>
  selectVersions(db).select([
    'prompt_versions.prompt_id as promptId',
    'prompt_versions.description',
    storedContent('prompt_versions').as('content'),
    storedDocument<ChatMessage[] | null>('prompt_versions', 'messages').as('messages'),
    storedDocument<Json>('prompt_versions', 'config').as('config'),
    storedDocument<Json | null>('prompt_versions', 'input_schema').as('inputSchema'),
    storedOutputSchema('prompt_versions').as('outputSchema'),
    sql<string>`encode(prompt_versions.content_hash, 'hex')`.as('contentHash'),
  ]);

/** Whether a row of `prompt_versions` is one of these, by two parameters whatever their number. */
export function isOneOfVersions(versions: readonly { readonly promptId: string; readonly version: number }[]) {
  const ids = versions.map(({ promptId }) => promptId);
  const numbers = versions.map(({ version }) => version);
  return sql<boolean>`(prompt_versions.prompt_id, prompt_versions.version)
    IN (SELECT * FROM unnest(${ids}::uuid[], ${numbers}::integer[]))`;
}

/**
 * One version, whoever asks: the caller has made sure that the prompt may be read.
 * @throws AppError prompt.version_not_found
 */
export async function getVersion(db: Db, promptId: string, version: number): Promise<Unsigned<PromptVersion>> {
  const found = await selectWholeVersions(db)
    .where('prompt_versions.prompt_id', '=', promptId)
    .where('prompt_versions.version', '=', version)
    .executeTakeFirst();
  if (found === undefined) throw new AppError('prompt.version_not_found');
  return found;
}
