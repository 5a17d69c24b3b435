import { createHash } from 'node:crypto';
import type { Database } from '@promptory/db';
import type { Transaction } from 'kysely';

const MAX_SLUG_LENGTH = 150;

// Letters that Unicode does not take apart into a plain one and a mark.
const plainLetters: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
};

const cut = (slug: string, length: number): string => /^.*[^-]/s.exec(slug.slice(0, length))?.[0] ?? '';

/** A slug of at most 150 characters; a title that holds no Latin letter or digit gives `prompt-` and a short hash. */
export function slugFromTitle(title: string): string {
  const folded = title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[ßæœøđðþłħı]/g, (letter) => plainLetters[letter] ?? letter)
    .replace(/['’]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '');
  const slug = cut(folded, MAX_SLUG_LENGTH);
  return slug === '' ? `prompt-${createHash('sha256').update(title).digest('hex').slice(0, 8)}` : slug;
}

const numbered = (slug: string, number: number): string =>
  number === 1 ? slug : `${cut(slug, MAX_SLUG_LENGTH - 1 - String(number).length)}-${number}`;

/**
 * For each wanted slug, in order, one that `ownerId` does not use now: itself, or numbered -2, -3 and on. No two of the
 * answer are equal. Another transaction may take one before it is inserted; insertPrompts then asks again.
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
