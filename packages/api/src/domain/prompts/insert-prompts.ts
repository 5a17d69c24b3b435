import { type Database, newId, type StoredVectors, storeVectors, vectorsOf } from '@promptory/db';
import { sql, type Transaction } from 'kysely';
import { AppError, nameTaken } from '../../errors.ts';
import { firstSpellings, type Spellings } from './first-spellings.ts';
import { freeSlugs, SLUG_ATTEMPTS, slugFromTitle } from './prompt-slugs.ts';
import { contentHash, type VersionedContent } from './versioned-content.ts';

/** A prompt to be, with the content of its first version. Its kind follows from `messages`. */
export interface NewPrompt extends VersionedContent {
  /** `given` is taken or refused; `wanted` is numbered when it is in use. Without one it is made from the title. */
  readonly slug?: { readonly given: string } | { readonly wanted: string };
  readonly category: string | null;
  /** Those that are one name count once. */
  readonly tags: readonly string[];
  readonly isTemplate: boolean;
  readonly visibility: 'private' | 'public';
  readonly changeNote?: string | null;
  /** The hash of its content in hexadecimal, where somebody has made that already. */
  readonly hash?: string;
  /** What it was copied from. */
  readonly origin?: { readonly promptId: string; readonly version: number } | null;
}

export interface Writing {
  /** Who owns the prompts. */
  readonly ownerId: string;
  /** Who wrote the version. */
  readonly authorId: string;
  readonly at: Date;
}

export interface InsertedPrompt {
  readonly id: string;
  readonly slug: string;
}

const ROWS_A_STATEMENT = 500;
/** So that long prompts stay well within the statement timeout. */
const CHARACTERS_A_STATEMENT = 1_000_000;

interface Row {
  readonly id: string;
  readonly prompt: NewPrompt;
  readonly json: string;
  slug: string;
}

/**
 * Inserts prompts with their first versions and tags, in the order given. Made for an import too: 500 rows a statement.
 * @param store writes by what they are found, of those of one statement; in the transaction unless given
 * @throws AppError prompt.slug_taken when a given slug is in use; what is in the trash holds none.
 */
export async function insertPrompts(
  trx: Transaction<Database>,
  writing: Writing,
  prompts: readonly NewPrompt[],
  store: (vectors: StoredVectors[]) => Promise<void> | void = (vectors) => storeVectors(trx, vectors),
): Promise<InsertedPrompt[]> {
  const spellings = await firstSpellings(trx, writing, prompts);
  const rows = prompts.map((prompt): Row => {
    const id = newId();
    return { id, prompt, json: rowJson(id, prompt, spellings), slug: '' };
  });
  let waiting = rows;
  for (let attempt = 1; waiting.length > 0; attempt += 1) {
    if (attempt > SLUG_ATTEMPTS) throw new AppError('server.busy', { retryAfterSeconds: 1 });
    await chooseSlugs(trx, writing.ownerId, waiting, attempt);
    const inserted = new Set<string>();
    for (const statement of statementsOf(waiting)) {
      // By what they are found is read while the database writes them.
      const [ids, vectors] = await Promise.all([insertRows(trx, writing, statement), vectorsOf(statement.map(worded))]);
      for (const id of ids) inserted.add(id);
      await store(vectors.filter(({ id }) => inserted.has(id)));
    }
    waiting = waiting.filter((row) => !inserted.has(row.id));
    if (waiting.some(({ prompt }) => isGiven(prompt))) throw nameTaken('prompt.slug_taken');
  }
  return rows.map(({ id, slug }) => ({ id, slug }));
}

const worded = ({ id, slug, prompt }: Row) => ({ ...prompt, id, slug });

/** One prompt, as insertPrompts() does. */
export async function insertPrompt(
  trx: Transaction<Database>,
  writing: Writing,
  prompt: NewPrompt,
): Promise<InsertedPrompt> {
  const [inserted] = await insertPrompts(trx, writing, [prompt]);
  if (inserted === undefined) throw new Error('An inserted prompt was not answered.');
  return inserted;
}

const isGiven = ({ slug }: NewPrompt): boolean => slug !== undefined && 'given' in slug;

async function chooseSlugs(
  trx: Transaction<Database>,
  ownerId: string,
  rows: readonly Row[],
  attempt: number,
): Promise<void> {
  const made: Row[] = [];
  for (const row of rows) {
    const { slug, title } = row.prompt;
    if (slug !== undefined && 'given' in slug) row.slug = slug.given;
    else {
      row.slug = slug === undefined ? slugFromTitle(title) : slug.wanted;
      made.push(row);
    }
  }
  if (made.length === 0) return;
  const wanted = made.map((row) => row.slug);
  for (const [index, slug] of (await freeSlugs(trx, ownerId, wanted, attempt)).entries()) {
    const row = made[index];
    if (row !== undefined) row.slug = slug;
  }
}

function rowJson(id: string, prompt: NewPrompt, spellings: Spellings): string {
  return JSON.stringify({
    id,
    title: prompt.title,
    description: prompt.description,
    content: prompt.content,
    messages: prompt.messages,
    config: prompt.config,
    input_schema: prompt.inputSchema,
    output_schema: prompt.outputSchema,
    content_hash: `\\x${prompt.hash ?? contentHash(prompt).toString('hex')}`,
    ...spellings.categoryChange(prompt),
    tags: spellings.tags(prompt.tags),
    is_template: prompt.isTemplate,
    visibility: prompt.visibility,
    change_note: prompt.changeNote ?? null,
    origin_prompt_id: prompt.origin?.promptId ?? null,
    origin_version: prompt.origin?.version ?? null,
  });
}

function* statementsOf(rows: readonly Row[]): Generator<Row[]> {
  let statement: Row[] = [];
  let characters = 0;
  for (const row of rows) {
    if (statement.length === ROWS_A_STATEMENT || (statement.length > 0 && characters > CHARACTERS_A_STATEMENT)) {
      yield statement;
      statement = [];
      characters = 0;
    }
    statement.push(row);
    characters += row.json.length;
  }
  if (statement.length > 0) yield statement;
}

/** The ids of those whose slug was free. One that another transaction is just inserting is waited for. */
async function insertRows(trx: Transaction<Database>, writing: Writing, rows: readonly Row[]): Promise<string[]> {
  const json = `[${rows.map((row) => row.json).join(',')}]`;
  const slugs = rows.map((row) => row.slug);
  const at = writing.at.toISOString();
  const { rows: inserted } = await sql<{ id: string }>`
    WITH input AS MATERIALIZED (
      SELECT given.*
      FROM ROWS FROM (
        json_to_recordset(${json}::json) AS (
          id uuid, title text, description text, content text, messages json, config json, input_schema json, output_schema json,
          content_hash bytea, category text, category_key text, tags json, is_template boolean, visibility text, change_note text,
          origin_prompt_id uuid, origin_version integer
        ),
        unnest(${slugs}::text[])
      ) AS given (
        id, title, description, content, messages, config, input_schema, output_schema, content_hash, category, category_key,
        tags, is_template, visibility, change_note, origin_prompt_id, origin_version, slug
      )
    ), inserted AS (
      INSERT INTO prompts (
        id, user_id, slug, title, description, content, kind, messages, config, input_schema, sent_messages, sent_config,
        sent_input_schema, output_schema, content_hash, category, category_key, is_template, visibility, version, sent_version,
        output_version, origin_prompt_id, origin_version, created_at, updated_at
      )
      SELECT id, ${writing.ownerId}::uuid, slug, title, description, content,
        CASE WHEN messages IS NULL THEN 'text' ELSE 'chat' END, messages::jsonb, config::jsonb, input_schema::jsonb,
        messages, config, input_schema, output_schema, content_hash, category, category_key, is_template, visibility, 1, 1, 1,
        origin_prompt_id, origin_version, ${at}::timestamptz, ${at}::timestamptz
      FROM input
      ON CONFLICT (user_id, slug) DO NOTHING
      RETURNING id
    ), versions AS (
      INSERT INTO prompt_versions (
        prompt_id, version, title, description, content, messages, config, input_schema, sent_messages, sent_config,
        sent_input_schema, output_schema, author_id, change_note, content_hash, created_at
      )
      SELECT id, 1, title, description, content, messages::jsonb, config::jsonb, input_schema::jsonb, messages, config,
        input_schema, output_schema, ${writing.authorId}::uuid, change_note, content_hash, ${at}::timestamptz
      FROM input JOIN inserted USING (id)
    ), tagged AS (
      INSERT INTO tags (prompt_id, name, name_key, user_id)
      SELECT id, tag.name, tag.key, ${writing.ownerId}::uuid
      FROM input JOIN inserted USING (id), json_to_recordset(tags) AS tag (name text, key text)
    )
    SELECT id FROM inserted
  `.execute(trx);
  return inserted.map((row) => row.id);
}
