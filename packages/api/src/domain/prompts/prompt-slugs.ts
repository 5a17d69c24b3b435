import { createHash } from 'node:crypto';
import type { Database } from '@promptory/db';
import type { Transaction } from 'kysely';
import { cutSlug, textToSlug } from '../slugs/text-to-slug.ts';

const MAX_SLUG_LENGTH = 150;

/** A slug of at most 150 characters; a title that holds no Latin letter or digit gives `prompt-` and a short hash. */
export function slugFromTitle(title: string): string {
  // The apostrophe of a contraction parts no words: don't → dont.
  const contracted = title.normalize('NFKD').replace(/['’]/g, '');
  const slug = cutSlug(textToSlug(contracted), MAX_SLUG_LENGTH);
  return slug === '' ? `prompt-${createHash('sha256').update(title).digest('hex').slice(0, 8)}` : slug;
}

const numbered = (slug: string, number: number): string =>
  number === 1 ? slug : `${cutSlug(slug, MAX_SLUG_LENGTH - 1 - String(number).length)}-${number}`;

/**
 * For each wanted slug, in order, one that `ownerId` does not use now: itself, or numbered -2, -3 and on. No two of the
 * answer are equal. Another transaction may take one before it is inserted; insertPrompts then calls again.
 */
export async function freeSlugs(
  trx: Transaction<Database>,
  ownerId: string,
  wanted: readonly string[],
): Promise<string[]> {
  const taken = new Set<string>();
  const known = new Set<string>();
  const lookUp = async (slugs: readonly string[]): Promise<void> => {
    const unknown = slugs.filter((slug) => !known.has(slug));
    if (unknown.length === 0) return;
    const rows = await trx
      .selectFrom('prompts')
      .select('slug')
      .where('user_id', '=', ownerId)
      .where('slug', 'in', unknown)
      .execute();
    for (const slug of unknown) known.add(slug);
    for (const { slug } of rows) taken.add(slug);
  };

  await lookUp([...new Set(wanted)]);
  const free: string[] = [];
  for (const base of wanted) {
    let number = 1;
    for (let ahead = 8; taken.has(numbered(base, number)); number += 1) {
      if (known.has(numbered(base, number + 1)) || taken.has(numbered(base, number + 1))) continue;
      // Looked up in growing windows: a slug taken a thousand times costs ten queries.
      await lookUp(Array.from({ length: ahead }, (_, index) => numbered(base, number + 1 + index)));
      ahead *= 2;
    }
    const slug = numbered(base, number);
    taken.add(slug);
    free.push(slug);
  }
  return free;
}
