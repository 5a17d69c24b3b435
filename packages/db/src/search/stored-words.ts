import { type QueryExecutorProvider, sql } from 'kysely';
import { othersTurn } from '../others-turn.ts';
import { type PromptVectors, promptVectors, type SearchedPrompt } from './prompt-vectors.ts';

/** A prompt with what it is found by. */
export interface WordedPrompt extends SearchedPrompt {
  readonly id: string;
}

const NO_ID = '00000000-0000-0000-0000-000000000000';
/** So that a statement stays short also where the database is busy. */
const ROWS_A_STATEMENT = 500;
/**
 * In kilobytes. Each look-up reads all that is yet to be put into an index, so little is left behind; what one statement writes is put in
 * by its last row, all at once: most words stand in many of its rows.
 */
const LEFT_BEHIND = '64';
const WHILE_WRITING = '65536';
/** Characters that are read before others have their turn. */
const READ_A_TURN = 16_384;

/** Writes what the index of searches holds of prompts, whose rows stand in this transaction already. */
export async function storeWords(db: QueryExecutorProvider, prompts: readonly WordedPrompt[]): Promise<void> {
  for (let from = 0; from < prompts.length; from += ROWS_A_STATEMENT) {
    await storeVectors(db, await vectorsOf(prompts.slice(from, from + ROWS_A_STATEMENT)));
  }
}

/** What the index of searches holds of a prompt. */
export interface StoredVectors extends PromptVectors {
  readonly id: string;
}

/** Makes what the index of searches holds of prompts; others have their turn meanwhile. */
export async function vectorsOf(prompts: readonly WordedPrompt[]): Promise<StoredVectors[]> {
  const vectors: StoredVectors[] = [];
  let read = 0;
  for (const prompt of prompts) {
    read += prompt.content.length + prompt.description.length;
    if (read > READ_A_TURN) {
      await othersTurn();
      read = 0;
    }
    vectors.push({ id: prompt.id, ...(await promptVectors(prompt)) });
  }
  return vectors;
}

/**
 * Writes it, by one statement; the rows of the prompts stand there already.
 * @param newSince of prompts that were made at that time, in a transaction that has ended: what is another one meanwhile stays
 */
export async function storeVectors(
  db: QueryExecutorProvider,
  vectors: readonly StoredVectors[],
  newSince: Date | null = null,
): Promise<void> {
  if (vectors.length === 0) return;
  const isMeant = newSince === null ? sql`true` : sql`prompts.updated_at = ${newSince.toISOString()}::timestamptz`;
  const ifThere =
    newSince === null
      ? sql`UPDATE SET indexed_at = excluded.indexed_at, names = excluded.names, texts = excluded.texts`
      : sql`NOTHING`;
  await sql`
    INSERT INTO prompt_words (prompt_id, indexed_at, names, texts)
    SELECT id, updated_at, names, texts
    FROM (
      SELECT prompts.id, prompts.updated_at, given.names, given.texts,
        set_config(
          'gin_pending_list_limit',
          CASE WHEN row_number() OVER () < count(*) OVER () THEN ${WHILE_WRITING} ELSE ${LEFT_BEHIND} END,
          true
        ) AS list
      FROM unnest(
        ${vectors.map(({ id }) => id)}::uuid[],
        ${arrayOfVectors(vectors.map(({ names }) => names))}::tsvector[],
        ${arrayOfVectors(vectors.map(({ texts }) => texts))}::tsvector[]
      ) AS given (id, names, texts)
      JOIN prompts ON prompts.id = given.id AND ${isMeant}
    ) AS worded
    WHERE list IS NOT NULL
    ON CONFLICT (prompt_id) DO ${ifThere}
  `.execute(db);
}

const TSVECTOR = 3614;

/** An array of them, as `array_recv` reads it. */
function arrayOfVectors(vectors: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(20);
  for (const [at, value] of [1, 0, TSVECTOR, vectors.length, 1].entries()) head.writeInt32BE(value, at * 4);
  const parts: Uint8Array[] = [head];
  for (const vector of vectors) {
    const length = Buffer.allocUnsafe(4);
    length.writeInt32BE(vector.length);
    parts.push(length, vector);
  }
  return Buffer.concat(parts);
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
