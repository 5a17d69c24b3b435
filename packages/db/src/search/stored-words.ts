import { type QueryExecutorProvider, sql } from 'kysely';
import { othersTurn } from '../others-turn.ts';
import { type PromptVectors, promptVectors, type SearchedPrompt } from './prompt-vectors.ts';

/** A prompt with what it is found by. */
export interface WordedPrompt extends SearchedPrompt {
  readonly id: string;
}

const NO_ID = '00000000-0000-0000-0000-000000000000';
/** So that a statement stays short also where the database is busy. */
const ROWS_A_STATEMENT = 250;
/** Characters that are read before others have their turn. */
const READ_A_TURN = 16_384;

/** Writes what the index of searches holds of prompts, whose rows stand in this transaction already. */
export async function storeWords(db: QueryExecutorProvider, prompts: readonly WordedPrompt[]): Promise<void> {
  for (let from = 0; from < prompts.length; from += ROWS_A_STATEMENT) {
    await storeSome(db, prompts.slice(from, from + ROWS_A_STATEMENT));
  }
}

async function storeSome(db: QueryExecutorProvider, prompts: readonly WordedPrompt[]): Promise<void> {
  const vectors: PromptVectors[] = [];
  let read = 0;
  for (const prompt of prompts) {
    read += prompt.content.length + prompt.description.length;
    if (read > READ_A_TURN) {
      await othersTurn();
      read = 0;
    }
    vectors.push(await promptVectors(prompt));
  }
  await sql`
    INSERT INTO prompt_words (prompt_id, indexed_at, names, texts)
    SELECT prompts.id, prompts.updated_at, given.names::tsvector, given.texts::tsvector
    FROM unnest(
      ${prompts.map(({ id }) => id)}::uuid[],
      ${vectors.map(({ names }) => names)}::text[],
      ${vectors.map(({ texts }) => texts)}::text[]
    ) AS given (id, names, texts)
    JOIN prompts ON prompts.id = given.id
    ON CONFLICT (prompt_id) DO UPDATE
    SET indexed_at = excluded.indexed_at, names = excluded.names, texts = excluded.texts
  `.execute(db);
}

/** The same for prompts as they stand in the database. */
export async function storeWordsOf(db: QueryExecutorProvider, ids: readonly string[]): Promise<void> {
  const { rows } = await sql<WordedPrompt>`
    SELECT id, title, coalesce(trashed_slug, slug) AS slug, category, description, content,
      ARRAY(SELECT tags.name FROM tags WHERE tags.prompt_id = prompts.id ORDER BY tags.name) AS tags
    FROM prompts WHERE id = ANY(${ids}::uuid[])
  `.execute(db);
  await storeWords(db, rows);
}

/**
 * Writes the words of prompts that somebody has changed since a time without writing them, as a release from before they were
 * kept does while it still runs.
 * @returns of how many
 */
export async function storeMissedWords(db: QueryExecutorProvider, since: Date): Promise<number> {
  let stored = 0;
  for (let last = NO_ID; ; ) {
    const { rows } = await sql<{ id: string }>`
      SELECT id FROM prompts
      WHERE updated_at >= ${since.toISOString()}::timestamptz AND deleted_at IS NULL AND id > ${last}::uuid
        AND NOT EXISTS (SELECT FROM prompt_words WHERE prompt_id = prompts.id AND indexed_at = prompts.updated_at)
      ORDER BY id LIMIT ${ROWS_A_STATEMENT}
    `.execute(db);
    if (rows.length > 0)
      await storeWordsOf(
        db,
        rows.map(({ id }) => id),
      );
    stored += rows.length;
    const end = rows.at(-1);
    if (end === undefined) return stored;
    last = end.id;
  }
}
