import { type Database, storeWordsOf } from '@promptory/db';
import type { Transaction } from 'kysely';
import { contentHash, storedDocuments, type VersionedContent } from './versioned-content.ts';

export interface VersionWriting {
  readonly promptId: string;
  readonly authorId: string;
  readonly at: Date;
  readonly changeNote?: string | null;
}

/**
 * Makes the next version of a prompt and sets the prompt to it. The same content again makes none. The row lock of the
 * prompt is taken here, if the caller does not hold it yet, so that numbers have neither gaps nor duplicates.
 * @returns the latest version after it, and whether it was made now.
 */
export async function writeVersion(
  trx: Transaction<Database>,
  { promptId, authorId, at, changeNote = null }: VersionWriting,
  content: VersionedContent,
): Promise<{ version: number; written: boolean }> {
  const hash = contentHash(content);
  const stored = {
    title: content.title,
    description: content.description,
    content: content.content,
    ...storedDocuments(content),
    content_hash: hash,
  };
  const { version: latest, hash: latestHash } = await trx
    .selectFrom('prompts')
    .select(['version', 'content_hash as hash'])
    .where('id', '=', promptId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (latestHash.equals(hash)) return { version: latest, written: false };
  const version = latest + 1;
  await trx
    .updateTable('prompts')
    .set({
      ...stored,
      kind: content.messages === null ? 'text' : 'chat',
      version,
      sent_version: version,
      output_version: version,
      updated_at: at,
    })
    .where('id', '=', promptId)
    .execute();
  await trx
    .insertInto('prompt_versions')
    .values({ ...stored, prompt_id: promptId, version, author_id: authorId, change_note: changeNote, created_at: at })
    .execute();
  await storeWordsOf(trx, [promptId]);
  return { version, written: true };
}
