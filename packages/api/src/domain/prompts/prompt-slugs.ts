import { createHash, randomBytes, randomInt } from 'node:crypto';
import type { Database } from '@promptory/db';
import { sql, type Transaction } from 'kysely';
import { cutSlug, textToSlug } from '../slugs/text-to-slug.ts';

const MAX_SLUG_LENGTH = 150;
const MAX_NUMBER_DIGITS = 9;
/** What comes before a number may be so long. */
const MAX_STEM_LENGTH = MAX_SLUG_LENGTH - 1 - MAX_NUMBER_DIGITS;
/** No larger number is asked about: beyond it a slug ends in random letters. */
const LARGEST_PROBE = 2 ** 29;
const FIRM_ATTEMPTS = 2;
/** How often freeSlugs() is called for what others took before it was written. */
export const SLUG_ATTEMPTS = 20;

/** A slug of at most 150 characters; a title that holds no Latin letter or digit gives `prompt-` and a short hash. */
export function slugFromTitle(title: string): string {
  // The apostrophe of a contraction parts no words: don't → dont.
  const contracted = title.normalize('NFKD').replace(/['’]/g, '');
  const slug = cutSlug(textToSlug(contracted), MAX_SLUG_LENGTH);
  return slug === '' ? `prompt-${createHash('sha256').update(title).digest('hex').slice(0, 8)}` : slug;
}

/** What the numbers of a slug follow. Long ones are cut, at most once for all numbers, and end within no part. */
const stemOf = (slug: string): string =>
  slug.length <= MAX_STEM_LENGTH ? slug : (/^.*[a-z0-9_]/.exec(slug.slice(0, MAX_STEM_LENGTH))?.[0] ?? slug);

/**
 * For each wanted slug, in order, one that `ownerId` does not use now: itself for the first that wants it, for others
 * numbered -2, -3 and on. No two of the answer are equal. Three statements, whatever the number of prompts of one title.
 *
 * Another transaction may take one before it is inserted; insertPrompts then calls again with the next `attempt`, of which
 * later ones leave random gaps, so that many who want one slug at once do not meet again.
 */
export async function freeSlugs(
  trx: Transaction<Database>,
  ownerId: string,
  wanted: readonly string[],
  attempt = 1,
): Promise<string[]> {
  const taken = await slugsInUse(trx, ownerId, wanted);
  const free = [...wanted];
  const places = new Map<string, number[]>();
  for (const [place, slug] of wanted.entries()) {
    if (taken.has(slug)) {
      const stem = stemOf(slug);
      const others = places.get(stem);
      if (others === undefined) places.set(stem, [place]);
      else others.push(place);
    }
    taken.add(slug);
  }
  if (places.size === 0) return free;

  const starts = await freeNumbers(trx, ownerId, [...places.keys()]);
  const numbered = new Map<string, string[]>();
  for (const [stem, { length }] of places) {
    const start = starts.get(stem);
    if (start === undefined) continue;
    const first = start + (attempt > FIRM_ATTEMPTS ? randomInt(2 ** Math.min(attempt, 12)) : 0);
    // Twice as many as are needed: where others stand between, the rest gets random letters.
    numbered.set(
      stem,
      Array.from({ length: 2 * length + 1 }, (_, index) => `${stem}-${first + index}`),
    );
  }
  for (const slug of await slugsInUse(trx, ownerId, [...numbered.values()].flat())) taken.add(slug);
  for (const [stem, those] of places) {
    const usable = (numbered.get(stem) ?? []).filter((slug) => !taken.has(slug));
    for (const [index, place] of those.entries()) {
      free[place] = usable[index] ?? `${stem}-${randomBytes(4).toString('hex')}`;
    }
  }
  return free;
}

/** Those of `slugs` that prompts of `ownerId` have. */
export async function slugsInUse(
  trx: Transaction<Database>,
  ownerId: string,
  slugs: readonly string[],
): Promise<Set<string>> {
  const rows = await trx
    .selectFrom('prompts')
    .select('slug')
    .where('user_id', '=', ownerId)
    .where(sql<boolean>`slug = ANY(${[...new Set(slugs)]}::text[])`)
    .execute();
  return new Set(rows.map(({ slug }) => slug));
}

/**
 * Of each stem a number that is free and whose predecessor is taken: the one after the last, where they have no gaps. By
 * doubling and then halving, so that it asks the index some thirty times where a hundred thousand are taken. A stem
 * without a free number up to LARGEST_PROBE is left out.
 */
async function freeNumbers(
  trx: Transaction<Database>,
  ownerId: string,
  stems: readonly string[],
): Promise<Map<string, number>> {
  // OFFSET keeps the planner from asking once for each mention of `taken`.
  const { rows } = await sql<{ stem: string; number: number }>`
    WITH RECURSIVE search (stem, taken_number, number, found) AS (
      SELECT stem, 1, 2, false FROM unnest(${[...stems]}::text[]) AS stem
      UNION ALL
      SELECT stem,
        CASE WHEN taken THEN probe ELSE taken_number END,
        CASE WHEN NOT taken THEN probe WHEN found THEN number ELSE probe * 2 END,
        found OR NOT taken
      FROM (
        SELECT search.*, CASE WHEN found THEN (taken_number + number) / 2 ELSE number END AS probe FROM search
        WHERE CASE WHEN found THEN number - taken_number > 1 ELSE number <= ${LARGEST_PROBE}::integer END
      ) AS step, LATERAL (
        SELECT EXISTS (
          SELECT FROM prompts WHERE user_id = ${ownerId}::uuid AND slug = stem || '-' || probe
        ) AS taken OFFSET 0
      ) AS asked
    )
    SELECT stem, number FROM search WHERE found AND number - taken_number = 1
  `.execute(trx);
  return new Map(rows.map(({ stem, number }) => [stem, number]));
}
