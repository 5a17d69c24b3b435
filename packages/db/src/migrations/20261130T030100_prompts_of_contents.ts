import { type Kysely, sql } from 'kysely';

// An import looks for equal prompts of its account, hundreds at once. Where statistics are old, and an account is taken for a small one,
// the planner reads all of it for each content and sorts what is left: so this function says that the index of contents answers.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE FUNCTION public.prompts_of_contents(owner uuid, hashes text[], behind uuid[], most integer[])
    RETURNS TABLE (hash text, id uuid)
    LANGUAGE sql STABLE STRICT ROWS 500 SET enable_sort = off SET enable_seqscan = off SET enable_bitmapscan = off AS $$
      SELECT wanted.hash, found.id
      FROM unnest(hashes, behind, most) AS wanted (hash, behind, most), LATERAL (
        SELECT prompts.id FROM public.prompts
        WHERE user_id = owner AND content_hash = decode(wanted.hash, 'hex') AND deleted_at IS NULL AND prompts.id > wanted.behind
        ORDER BY deleted_at, prompts.id LIMIT wanted.most
      ) AS found
    $$
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.prompts_of_contents(uuid, text[], uuid[], integer[]) IS 'Of each content, by its hash in hexadecimal, the prompts of an account behind an id, in order and at most so many; none of the trash'`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP FUNCTION public.prompts_of_contents(uuid, text[], uuid[], integer[])`.execute(db);
}
