import { type RawBuilder, sql } from 'kysely';

/** More than any messages have that can be written: see MAX_MESSAGES_BYTES. */
const MOST_BYTES = 640_000;
const SHOWN_CHARACTERS = 1_000;

/**
 * The content of a row of `prompts` or `prompt_versions`. Of a chat it follows from the messages; where those were written
 * before their bytes had a bound, it is cut, so that a prompt is never larger than an answer. Nothing is lost by that.
 */
export const storedContent = (table: 'prompts' | 'prompt_versions'): RawBuilder<string> => {
  const content = sql.ref(`${table}.content`);
  // The stored length comes first: it is known without the text.
  return sql<string>`CASE
    WHEN octet_length(${content}) > 100000 AND octet_length(${sql.ref(`${table}.messages`)}::text) > ${MOST_BYTES}::int
    THEN left(${content}, ${SHOWN_CHARACTERS}::int) ELSE ${content} END`;
};
