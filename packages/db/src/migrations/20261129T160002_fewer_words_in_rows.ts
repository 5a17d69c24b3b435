import { type Kysely, sql } from 'kysely';

const noteWords = (vectors: string) => sql`
  CREATE OR REPLACE FUNCTION public.note_prompt_words() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    NEW.search_title := public.fold_text(NEW.title);
    ${sql.raw(vectors)}
    RETURN NEW;
  END $$
`;

// Searches read prompt_words. The release before this one, while it still runs, finds what is written from now on by its
// title; its columns go with the next release. Making them took most of the time of writing a prompt.
export async function up(db: Kysely<unknown>): Promise<void> {
  await noteWords(`
    NEW.search_title_vector := to_tsvector('simple', public.search_words(NEW.title));
    NEW.search_vector := NEW.search_title_vector;`).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await noteWords(`
    NEW.search_title_vector := to_tsvector('simple', public.search_words(NEW.title))
      || to_tsvector('english', public.search_words(NEW.title));
    NEW.search_vector := setweight(to_tsvector('simple', public.search_words(NEW.title)), 'A')
      || setweight(to_tsvector('english', public.search_words(NEW.title)), 'A')
      || setweight(to_tsvector('simple', public.search_words(NEW.slug)), 'B')
      || setweight(to_tsvector('english', public.search_words(left(NEW.description, 5000))), 'C')
      || setweight(to_tsvector('english', public.search_words(left(NEW.content, 100000))), 'D');`).execute(db);
}
